"""What two policies would have done by themselves in past cases, and what people decided there.

Pure. It replays the reports that were filed: a policy that acts sooner might have prevented some of them.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.contract.ids import VisitorId

from .policy import Policy
from .records import Level, Reason
from .review import Action, ReportFacts, review
from .scoring import MAX_REPORTS_WEIGHED


@dataclass(frozen=True, slots=True)
class HumanDecision:
    """What a person decided in the end; `GOOD` dismisses the complaints. `at` in Unix milliseconds."""

    at: int
    level: Level


@dataclass(frozen=True, slots=True)
class ReplayCase:
    """The complaints about one visitor in the order of time, up to what a person decided, if anything."""

    visitor: VisitorId
    complaints: tuple[ReportFacts, ...]
    decided: HumanDecision | None = None


@dataclass(frozen=True, slots=True)
class AutomaticAction:
    """What a policy does by itself, from `at` `until` (Unix milliseconds)."""

    at: int
    until: int
    level: Level
    rule: Reason


class ReviewOutcome(StrEnum):
    """What a person made of what a policy did."""

    UPHELD = "upheld"
    """The person decided the same or more."""
    SOFTENED = "softened"
    """The person decided less, but dismissed nothing."""
    OVERTURNED = "overturned"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """What one policy would have done in all cases."""

    policy: str
    """Its version."""
    actions: Mapping[tuple[Level, ReviewOutcome], int]
    """What is not in here did not happen."""
    missed: int
    """Visitors whom a person set apart and for whom the policy did nothing before."""


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
        """By how many seconds, in each case in which both act and the second one first."""
        return [-one.delay for one in self.differences if one.delay and one.delay < 0]

    @property
    def later(self) -> list[float]:
        """By how many seconds, in each case in which both act and the second one later."""
        return [one.delay for one in self.differences if one.delay and one.delay > 0]


def replay(cases: Sequence[ReplayCase], before: Policy, after: Policy) -> PolicyReplay:
    """Every case under both policies."""
    taken = [(case, actions(case, before), actions(case, after)) for case in cases]
    return PolicyReplay(
        cases=len(cases),
        before=_outcome(before, [(case, first) for case, first, _ in taken]),
        after=_outcome(after, [(case, second) for case, _, second in taken]),
        differences=tuple(CaseDifference(*one) for one in taken if one[1] != one[2]),
    )


def actions(case: ReplayCase, policy: Policy) -> tuple[AutomaticAction, ...]:
    """What `policy` does at each complaint; prolonging what holds is no action of its own.

    Takes about 4 ms for each complaint of a large case.
    """
    taken: list[AutomaticAction] = []
    kinds = [deque[ReportFacts](maxlen=MAX_REPORTS_WEIGHED) for _ in range(3)]
    for complaint in case.complaints:
        kinds[_rank(complaint)].append(complaint)
        # As `HEAVIEST_FIRST` in cases.py.
        weighed = [one for kind in kinds for one in reversed(kind)][:MAX_REPORTS_WEIGHED]
        action = review(weighed, policy, complaint.filed_at).action
        if action:
            _act(action, complaint.filed_at, taken)
    return tuple(taken)


def _rank(complaint: ReportFacts) -> int:
    if complaint.reason is Reason.MINOR:
        return 0
    return 2 if complaint.flag else 1


def _act(action: Action, now: int, taken: list[AutomaticAction]) -> None:
    last = taken[-1] if taken and taken[-1].until > now else None
    if last and not action.exceeds(last.level, last.until, now):
        return
    new = AutomaticAction(now, now + action.seconds * 1000, action.level, action.rule)
    if last and last.level is new.level:
        taken[-1] = replace(last, until=new.until)
    else:
        taken.append(new)


def review_outcome(taken: AutomaticAction, decided: HumanDecision | None) -> ReviewOutcome:
    if decided is None:
        return ReviewOutcome.UNDECIDED
    if decided.level is Level.GOOD:
        return ReviewOutcome.OVERTURNED
    return ReviewOutcome.UPHELD if decided.level >= taken.level else ReviewOutcome.SOFTENED


def _outcome(policy: Policy, done: Iterable[tuple[ReplayCase, tuple[AutomaticAction, ...]]]) -> PolicyOutcome:
    counts: Counter[tuple[Level, ReviewOutcome]] = Counter()
    missed = 0
    for case, taken in done:
        counts.update((one.level, review_outcome(one, case.decided)) for one in taken)
        missed += not taken and case.decided is not None and case.decided.level is not Level.GOOD
    return PolicyOutcome(policy.version, dict(counts), missed)
