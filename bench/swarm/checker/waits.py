"""Invariant 4: who searches while a compatible other does meets somebody; who wants to come back can."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import inf

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds, Clock
from bench.swarm.checker.sides import Matches
from bench.swarm.checker.violations import Violation


@dataclass(frozen=True, slots=True)
class Search:
    """One visitor, searching without interruption."""

    visitor: str
    mode: str
    since: float
    until: float
    met: bool = False
    broken_off: bool = False
    """The socket was lost."""


def read_searches(history: Iterable[events.Event], end: float) -> Iterator[Search]:
    """In the order in which they ended."""
    running: dict[str, events.Searches] = {}
    for event in history:
        match event:
            case events.Searches() | events.Met() | events.Stopped() | events.Lost() | events.Gone():
                began = running.pop(event.visitor, None)
                if began:
                    met, lost = isinstance(event, events.Met), isinstance(event, events.Lost | events.Gone)
                    yield Search(event.visitor, began.mode, began.at, event.at, met, lost)
                if isinstance(event, events.Searches):
                    running[event.visitor] = event
    for began in running.values():
        yield Search(began.visitor, began.mode, began.at, end)


def check_waits(
    searches: Iterable[Search],
    matches: Matches,
    history: Iterable[events.Event],
    clock: Clock,
    bounds: Bounds,
) -> Iterator[Violation]:
    """The wishes of a swarm differ in the mode alone."""
    limit = bounds.widest_age + bounds.sweep + bounds.margin
    long = [one for one in searches if one.until - one.since > limit]
    strangers = _Strangers(matches, history, bounds)
    starved: set[tuple[str, float]] = set()
    for one, other in combinations(long, 2):
        since, until = max(one.since, other.since), min(one.until, other.until)
        if one.mode != other.mode or one.visitor == other.visitor or until - since <= limit:
            continue
        since = strangers.since(one.visitor, other.visitor, since)
        for search in (one, other):
            if clock.overdue(since, until, limit) and (search.visitor, search.since) not in starved:
                starved.add((search.visitor, search.since))
                yield _violation(search, other if search is one else one, clock.deadline(since, limit))


def _violation(search: Search, other: Search, at: float) -> Violation:
    waited = f"{search.visitor} has searched for {search.until - search.since:.1f} s"
    names = (search.visitor, other.visitor)
    return Violation(4, at, f"{waited} while {other.visitor} searched, too", names)


TOO_FAST = 4429
"""The close code that says to come back much later."""


def check_returns(history: Iterable[events.Event], clock: Clock, bounds: Bounds) -> Iterator[Violation]:
    """Every lost socket is followed by a welcome."""
    lost: dict[str, events.Lost] = {}
    for event in history:
        if isinstance(event, events.Lost) and event.code != TOO_FAST:
            lost[event.visitor] = event
        elif isinstance(event, events.Gone):
            lost.pop(event.visitor, None)
        elif isinstance(event, events.Came) and event.visitor in lost:
            yield from _late(lost.pop(event.visitor), event.at, clock, bounds)
    for one in lost.values():
        yield from _late(one, clock.end, clock, bounds)


def _late(lost: events.Lost, until: float, clock: Clock, bounds: Bounds) -> Iterator[Violation]:
    limit = bounds.back + bounds.margin
    if clock.overdue(lost.at, until, limit):
        what = f"{lost.visitor} could not come back for {until - lost.at:.1f} s"
        yield Violation(4, clock.deadline(lost.at, limit), what, (lost.visitor,))


class _Strangers:
    """From when on two visitors may meet."""

    def __init__(self, matches: Matches, history: Iterable[events.Event], bounds: Bounds) -> None:
        self._parted: dict[frozenset[str], list[float]] = defaultdict(list)
        self._bar = bounds.parted
        blocked = {event.match for event in history if isinstance(event, events.Blocked)}
        self._barred = {
            frozenset((one.visitor, other.visitor)) for one, other in matches.pairs() if one.match in blocked
        }
        for one, other in matches.pairs():
            # Where a browser's last word was lost, its gateway parts the two when the grace is over.
            left = [side.left if side.left < inf else side.beliefs[-1].at for side in (one, other)]
            self._parted[frozenset((one.visitor, other.visitor))].append(max(left) + bounds.grace)

    def since(self, one: str, other: str, at: float) -> float:
        """`at`, or later."""
        pair = frozenset((one, other))
        if pair in self._barred:
            return inf
        return max((at, *(left + self._bar for left in self._parted[pair])))
