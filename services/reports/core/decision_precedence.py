"""Finds the decision in force after a dismissal or an undo.

Decisions are ordered by sequence, the newest first. The newest one that is not silent is in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.ids import CaseId, DecisionId

from .records import Decision, DecisionCause, Evidence, Level, NewDecision


@dataclass(frozen=True, slots=True)
class DismissalEffect:
    """A silent dismissal changes nothing. `restored` is the decision that is in force again."""

    silent: bool
    restored: Decision | None = None


def in_force(decisions: Sequence[Decision]) -> Decision | None:
    return next((one for one in decisions if not one.silent), None)


def dismissal_effect(decisions: Sequence[Decision], case: CaseId, now: int) -> DismissalEffect:
    """Return what a dismissal does. It lifts only what triage decided in the same case."""
    held = in_force(decisions)
    if held is not None and held.case != case:
        return DismissalEffect(silent=held.level is not Level.GOOD)
    before = in_force([one for one in decisions if one.case != case])
    if before is None or not before.holds(now):
        return DismissalEffect(silent=False)
    return DismissalEffect(silent=True, restored=before)


def in_force_before(decision: Decision, decisions: Sequence[Decision]) -> Decision | None:
    """Return the decision that was in force before `decision`."""
    return in_force([one for one in decisions if one.sequence < decision.sequence])


def restored_decision(
    held: Decision | None, replaced: NewDecision, cause: DecisionCause, reason: str, actor: str, now: int
) -> NewDecision:
    """Return a decision that restores `held`, or one of level good if that has ended.

    It keeps the moderator, who may then not answer an appeal against it, and the case.
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
        evidence=held.evidence if held else Evidence(0),
        policy=held.policy if held else "",
        case=held.case if held else CaseId(""),
        cause=cause,
        template=held.template if held else "",
        addition=held.addition if held else "",
        language=held.language if held else "",
        reporters_told=held.reporters_told if held else 0,
        confirmed_by=held.confirmed_by if held else "",
    )
