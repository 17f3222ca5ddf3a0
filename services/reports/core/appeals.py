"""Answers appeals: how an appeal stands afterwards, and the decision that lets the visitor in again."""

from services.contract.ids import DecisionId

from .records import Appeal, AppealState, Decision, DecisionCause, Level, NewDecision


def decided_appeal(decision: DecisionId, overturn: bool, answer: str, moderator: str, now: int) -> Appeal:
    """Return the appeal as decided at `now` (Unix milliseconds). The store keeps its text and filing time."""
    return Appeal(
        decision=decision,
        text="",
        filed_at=0,
        state=AppealState.OVERTURNED if overturn else AppealState.UPHELD,
        answer=answer,
        moderator=moderator,
        decided_at=now,
    )


def lifting_decision(decision: Decision, id: DecisionId, appeal: Appeal) -> NewDecision:
    """Return the decision that lifts `decision` because the appeal against it was right."""
    return NewDecision(
        id=id,
        visitor=decision.visitor,
        level=Level.GOOD,
        rule="",
        reason=f"the appeal against {decision.id} was right",
        automated=False,
        made_at=appeal.decided_at,
        until=0,
        moderator=appeal.moderator,
        statement=appeal.answer,
        cause=DecisionCause.APPEALED,
    )
