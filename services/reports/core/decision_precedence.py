"""What holds for a visitor when a case is dismissed, or when a decision is taken back. Pure.

Decisions come in the order of their sequence, the newest first. The last that is not silent is what holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.ids import CaseId, DecisionId

from .records import Decision, Level, NewDecision


@dataclass(frozen=True, slots=True)
class DismissalEffect:
    """`silent`: what holds was not decided in the case. `restored`: what holds again without the case."""

    silent: bool
    restored: Decision | None = None


def in_force(decisions: Sequence[Decision]) -> Decision | None:
    return next((one for one in decisions if not one.silent), None)


def dismissal_effect(decisions: Sequence[Decision], case: CaseId, now: int) -> DismissalEffect:
    """Lifts what was decided in the case itself, by triage, and nothing else. `now` in Unix milliseconds."""
    held = in_force(decisions)
    if held is not None and held.case != case:
        return DismissalEffect(silent=held.level is not Level.GOOD)
    before = in_force([one for one in decisions if one.case != case])
    if before is None or not before.holds(now):
        return DismissalEffect(silent=False)
    return DismissalEffect(silent=True, restored=before)


def in_force_before(decision: Decision, decisions: Sequence[Decision]) -> Decision | None:
    """What held until `decision`."""
    return in_force([one for one in decisions if one.sequence < decision.sequence])


def restored_decision(
    held: Decision | None, replaced: NewDecision, reason: str, actor: str, now: int
) -> NewDecision:
    """What held is decided anew if it still would hold, else that nothing does.

    It is still of whoever decided it, who so answers no appeal against it, and of the same case. `now` in
    Unix milliseconds.
    """
    if held is None or not held.holds(now):
        held = None
    return NewDecision(
        id=DecisionId(""),
        visitor=replaced.visitor,
        level=held.level if held else Level.GOOD,
        rule=held.rule if held else "",
        reason=reason,
        automated=held.automated if held else False,
        made_at=now,
        until=held.until if held else 0,
        moderator=held.moderator if held else actor,
        statement=held.statement if held else "",
        evidence=held.evidence if held else replaced.evidence,
        policy=held.policy if held else "",
        case=held.case if held else CaseId(""),
    )
