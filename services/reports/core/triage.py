"""Turns a review into what becomes of a case: its place in the queue, and at most a temporary decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.contract.ids import DecisionId, VisitorId

from .policy import Policy
from .records import DAY_MS, Decision, Evidence, LastStanding, Level, NewDecision, Reason, SpamObservation
from .review import Action, QueueGroup, Urgency, review
from .scoring import ReportFacts
from .spam import STATEMENTS, spam_action

UNCONFIRMED_HOLD = 30 * DAY_MS
"""Milliseconds for which a case is kept whole after somebody reported a minor, whatever is decided."""

EVIDENCE_HOLD = 365 * DAY_MS
"""Milliseconds for which it is kept once a person decided that it is about a minor, or a list has a picture.

The police may ask for it."""

TRIAGE_EVIDENCE = Evidence.REPORTS | Evidence.FLAGS
"""The evidence that a decision of triage may name, for it looks at nothing that came with a report."""

MINOR_OFFSET = 1e9
"""This is more than any heat in this millennium."""

KNOWN_OFFSET = 2e9

FLAGS_ONLY_OFFSET = -1e9
"""This is less than any heat in this millennium."""

FLOOD_OFFSET = -2e9

FLOOD_BELOW = -1.5e9
"""Every score below this is that of a case in a flood."""

_OFFSETS = {
    QueueGroup.KNOWN: KNOWN_OFFSET,
    QueueGroup.MINOR: MINOR_OFFSET,
    QueueGroup.PEOPLE: 0.0,
    QueueGroup.FLAGS: FLAGS_ONLY_OFFSET,
    QueueGroup.FLOOD: FLOOD_OFFSET,
}


@dataclass(frozen=True, slots=True)
class CaseEvaluation:
    """Holds the result of triage for a case. The store adds the case to the decision."""

    queue_score: float
    """Cases with a higher score are looked at first."""
    decision: NewDecision | None
    """The decision that follows without a person, if any."""
    held_until: int = 0
    """Unix milliseconds before which nothing of the case is deleted."""


QueueScore = Callable[[Sequence[ReportFacts], int], float]
"""Computes the score of a case with these reports in the queue, at a time in Unix milliseconds."""

SpamEvaluator = Callable[[Sequence[Decision]], NewDecision | None]
"""Returns what follows from signs of spam, given the last decisions about the visitor, the newest first."""

CaseEvaluator = Callable[[Sequence[ReportFacts], LastStanding | None], CaseEvaluation]
"""Evaluates all reports of a case, given the last decision about the accused, which may have expired."""


class Triage:
    """Evaluates cases under one policy. `new_id` makes the id of a decision."""

    def __init__(self, policy: Policy, new_id: Callable[[], str]) -> None:
        self._policy = policy
        self._new_id = new_id

    def evaluator(self, accused: VisitorId, now: int) -> CaseEvaluator:
        """Return the evaluator of the case about `accused` at `now` (Unix milliseconds)."""

        def evaluate(reports: Sequence[ReportFacts], last: LastStanding | None) -> CaseEvaluation:
            verdict = review(reports, self._policy, now)
            action = verdict.action
            acts = action is not None and (last is None or action.exceeds(last.level, last.until, now))
            decision = self._decision(accused, action, now) if action and acts else None
            return CaseEvaluation(_queue_score(verdict.urgency), decision, _held_until(reports, now))

        return evaluate

    def spam_evaluator(self, observed: SpamObservation, now: int) -> SpamEvaluator:
        """Return what decides about a visitor of whom a gateway told at `now` (Unix milliseconds)."""

        def evaluate(last: Sequence[Decision]) -> NewDecision | None:
            rules = self._policy.spam
            action = spam_action(observed.sign, rules, last, now) if rules else None
            if action is None:
                return None
            seen = f"{observed.sign.name.lower()}, {observed.count} times, seen by a gateway"
            decision = self._decision(observed.visitor, action, now)
            told, template = STATEMENTS[observed.sign], observed.sign.name.lower()
            return replace(decision, device=observed.device, reason=seen, statement=told, template=template)

        return evaluate

    def queue_score(self, reports: Sequence[ReportFacts], now: int) -> float:
        """Compute the score of a case in the queue at `now` (Unix milliseconds), and decide nothing."""
        return _queue_score(review(reports, self._policy, now).urgency)

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
            evidence=action.evidence,
            policy=self._policy.version,
        )


def confirmed_until(decision: NewDecision) -> int:
    """Return until when a person's decision keeps its case (Unix milliseconds), 0 if it keeps nothing."""
    confirms = decision.rule == Reason.MINOR.name.lower() and decision.level is not Level.GOOD
    return decision.made_at + EVIDENCE_HOLD if confirms else 0


def _held_until(reports: Sequence[ReportFacts], now: int) -> int:
    if any(one.known for one in reports):
        return now + EVIDENCE_HOLD
    return now + UNCONFIRMED_HOLD if any(one.reason is Reason.MINOR for one in reports) else 0


def _queue_score(urgency: Urgency) -> float:
    """Map urgencies to numbers in the same order."""
    return max(0.0, urgency.heat) + _OFFSETS[urgency.group]
