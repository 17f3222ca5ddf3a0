"""What follows by itself from the reports about one visitor, as a decision that is always temporary. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.contract.ids import DecisionId, VisitorId

from .policy import Policy
from .records import DAY_MS, LastStanding, NewDecision
from .review import Action, Urgency, review
from .scoring import ReportFacts

EVIDENCE_HOLD = 365 * DAY_MS
"""Milliseconds for which everything about a minor, or with a picture that a list knows, is kept, whatever is
decided: the police may ask for it."""

MINOR_OFFSET = 1e9
"""Above whatever heat there is in this millennium."""

FLAGS_ONLY_OFFSET = -1e9
"""As far beneath it."""


@dataclass(frozen=True, slots=True)
class CaseEvaluation:
    """What becomes of a case: its place in the queue, and what holds from now on, if anything is to.

    What evidence the decision rests on is for the store to add.
    """

    urgency: float
    decision: NewDecision | None
    held_until: int = 0
    """Unix milliseconds before which nothing of the case is deleted."""


QueueScore = Callable[[Sequence[ReportFacts], int], float]
"""Where a case with these complaints stands in the queue, at a time in Unix milliseconds; decides nothing."""

CaseEvaluator = Callable[[Sequence[ReportFacts], LastStanding | None], CaseEvaluation]
"""Of all complaints of a case, and the last decision about the accused, which may not hold any more."""


class Triage:
    """Weighs cases under one policy. `new_id` names decisions."""

    def __init__(self, policy: Policy, new_id: Callable[[], str]) -> None:
        self._policy = policy
        self._new_id = new_id

    def judge(self, accused: VisitorId, now: int) -> CaseEvaluator:
        """For the case about `accused` that a report joins at `now` (ms)."""

        def judged(complaints: Sequence[ReportFacts], last: LastStanding | None) -> CaseEvaluation:
            verdict = review(complaints, self._policy, now)
            action = verdict.action
            acts = action is not None and _adds(action, last, now)
            decision = self._decision(accused, action, now) if action and acts else None
            held_until = now + EVIDENCE_HOLD if verdict.urgency.minor else 0
            return CaseEvaluation(_place(verdict.urgency), decision, held_until)

        return judged

    def place(self, complaints: Sequence[ReportFacts], now: int) -> float:
        """Where a case stands in the queue at `now` (ms), which decides nothing."""
        return _place(review(complaints, self._policy, now).urgency)

    def _decision(self, accused: VisitorId, action: Action, now: int) -> NewDecision:
        return NewDecision(
            id=DecisionId(self._new_id()),
            visitor=accused,
            level=action.level,
            rule=action.rule.name.lower(),
            reason="",
            automated=True,
            made_at=now,
            until=now + action.seconds * 1000,
            policy=self._policy.version,
        )


def _place(urgency: Urgency) -> float:
    """One number that orders the queue as urgencies do."""
    first = MINOR_OFFSET if urgency.minor else 0.0
    return max(0.0, urgency.heat) + (first if urgency.minor or urgency.person else FLAGS_ONLY_OFFSET)


def _adds(action: Action, last: LastStanding | None, now: int) -> bool:
    return last is None or action.exceeds(last.level, last.until, now)
