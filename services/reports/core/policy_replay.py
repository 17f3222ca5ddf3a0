"""Replays past cases under two policies, and compares what each would have done with what people decided.

It replays the reports as they were filed: a policy that acts sooner might have prevented some of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.contract.ids import VisitorId

from .policy import Policy
from .records import Dismissal, Level, Reason
from .review import Action, review
from .scoring import ReportFacts, choose_weighed


@dataclass(frozen=True, slots=True)
class ReplayCase:
    """The reports about one visitor in the order of time, up to a person's decision if there is one.

    `decided` is the level that the person chose last; `GOOD` dismisses the reports.
    """

    visitor: VisitorId
    reports: tuple[ReportFacts, ...]
    decided: Level | None = None
    dismissal: Dismissal = Dismissal.UNFOUNDED
    """Why the person dismissed them, if they did."""


@dataclass(frozen=True, slots=True)
class AutomaticAction:
    """Describes a decision that a policy makes without a person. `at` and `until` are Unix milliseconds."""

    at: int
    until: int
    level: Level
    rule: Reason


class ReviewOutcome(StrEnum):
    """Says whether a person confirmed an automatic action."""

    UPHELD = "upheld"
    """The person decided the same level or a stricter one."""
    SOFTENED = "softened"
    """The person decided a milder level, but did not dismiss the reports."""
    OVERTURNED = "overturned"
    UNCLEAR = "unclear"
    """The person could not tell whether it was right, and lifted it."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """Counts what one policy would have done in all cases."""

    policy: str
    """The version of the policy."""
    actions: Mapping[tuple[Level, ReviewOutcome], int]
    """How often each happened. What never happened is missing."""
    missed: int
    """The number of visitors against whom a person acted and the policy had not."""


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """A case in which the two policies do not do the same."""

    case: ReplayCase
    before: tuple[AutomaticAction, ...]
    after: tuple[AutomaticAction, ...]

    @property
    def delay(self) -> float | None:
        """How many seconds later the second policy first acts, negative if sooner; None unless both act."""
        return (self.after[0].at - self.before[0].at) / 1000 if self.before and self.after else None


@dataclass(frozen=True, slots=True)
class PolicyReplay:
    """The two policies side by side; `before` is the first of them."""

    cases: int
    before: PolicyOutcome
    after: PolicyOutcome
    differences: tuple[CaseDifference, ...]

    @property
    def sooner(self) -> list[float]:
        """By how many seconds the second policy acts first, for each case in which it does."""
        return [-one.delay for one in self.differences if one.delay and one.delay < 0]

    @property
    def later(self) -> list[float]:
        """By how many seconds the second policy acts later, for each case in which it does."""
        return [one.delay for one in self.differences if one.delay and one.delay > 0]


def replay(cases: Iterable[ReplayCase], before: Policy, after: Policy) -> PolicyReplay:
    """Replay every case under both policies."""
    replayed = [(case, actions(case, before), actions(case, after)) for case in cases]
    return PolicyReplay(
        cases=len(replayed),
        before=_outcome(before, [(case, first) for case, first, _ in replayed]),
        after=_outcome(after, [(case, second) for case, _, second in replayed]),
        differences=tuple(CaseDifference(*one) for one in replayed if one[1] != one[2]),
    )


def actions(case: ReplayCase, policy: Policy) -> tuple[AutomaticAction, ...]:
    """Return what `policy` does as the reports come in; an extension of an action is part of that action.

    It takes about 10 ms for each report of a large case.
    """
    taken: list[AutomaticAction] = []
    for number, report in enumerate(case.reports, 1):
        action = review(choose_weighed(case.reports[:number]), policy, report.filed_at).action
        if action:
            _take(action, report.filed_at, taken)
    return tuple(taken)


def review_outcome(action: AutomaticAction, case: ReplayCase) -> ReviewOutcome:
    """Compare an action with what a person decided in the end."""
    decided = case.decided
    if decided is None:
        return ReviewOutcome.UNDECIDED
    if decided is Level.GOOD:
        unclear = case.dismissal is Dismissal.UNCLEAR
        return ReviewOutcome.UNCLEAR if unclear else ReviewOutcome.OVERTURNED
    return ReviewOutcome.UPHELD if decided >= action.level else ReviewOutcome.SOFTENED


def _take(action: Action, now: int, taken: list[AutomaticAction]) -> None:
    last = taken[-1] if taken and taken[-1].until > now else None
    if last and not action.exceeds(last.level, last.until, now):
        return
    new = AutomaticAction(now, now + action.seconds * 1000, action.level, action.rule)
    if last and last.level is new.level:
        taken[-1] = replace(last, until=new.until)
    else:
        taken.append(new)


def _outcome(
    policy: Policy, replayed: Iterable[tuple[ReplayCase, tuple[AutomaticAction, ...]]]
) -> PolicyOutcome:
    counts: Counter[tuple[Level, ReviewOutcome]] = Counter()
    missed = 0
    for case, taken in replayed:
        counts.update((one.level, review_outcome(one, case)) for one in taken)
        missed += not taken and case.decided is not None and case.decided is not Level.GOOD
    return PolicyOutcome(policy.version, dict(counts), missed)
