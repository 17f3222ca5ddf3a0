"""What holds for a visitor when a case is dismissed, or when a decision is taken back. Pure.

Decisions come in the order of their sequence, the newest first. The last that is not silent is what holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.ids import CaseId, DecisionId

from .records import Decision, Level, NewDecision


@dataclass(frozen=True, slots=True)
class Dismissal:
    """`silent`: what holds was not decided in the case. `restored`: what holds again without the case."""

    silent: bool
    restored: Decision | None = None


def last(made: Sequence[Decision]) -> Decision | None:
    return next((one for one in made if not one.silent), None)


def dismissal(made: Sequence[Decision], case: CaseId, now: int) -> Dismissal:
    """Lifts what was decided in the case itself, by triage, and nothing else. `now` in Unix milliseconds."""
    held = last(made)
    if held is not None and held.case != case:
        return Dismissal(silent=held.level is not Level.GOOD)
    before = last([one for one in made if one.case != case])
    if before is None or not before.holds(now):
        return Dismissal(silent=False)
    return Dismissal(silent=True, restored=before)


def before(decision: Decision, made: Sequence[Decision]) -> Decision | None:
    """What held until `decision`."""
    return last([one for one in made if one.sequence < decision.sequence])


def again(held: Decision | None, instead_of: NewDecision, reason: str, by: str, now: int) -> NewDecision:
    """What held is decided anew if it still would hold, else that nothing does.

    It is still of whoever decided it, who so answers no appeal against it, and of the same case. `now` in
    Unix milliseconds.
    """
    if held is None or not held.holds(now):
        held = None
    return NewDecision(
        id=DecisionId(""),
        visitor=instead_of.visitor,
        level=held.level if held else Level.GOOD,
        rule=held.rule if held else "",
        reason=reason,
        automated=held.automated if held else False,
        made_at=now,
        until=held.until if held else 0,
        moderator=held.moderator if held else by,
        statement=held.statement if held else "",
        evidence=held.evidence if held else instead_of.evidence,
        policy=held.policy if held else "",
        case=held.case if held else CaseId(""),
    )
