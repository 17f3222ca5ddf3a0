"""Invariant 4: who searches while a compatible other does meets somebody; who wants to come back can."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import inf

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.half_seen_matches import HalfSeenMatches
from bench.swarm.checker.match_views import Matches, MatchView
from bench.swarm.checker.searches import Search
from bench.swarm.checker.violations import Violation


def check_waits(
    searches: Sequence[Search],
    matches: Matches,
    history: Sequence[events.Event],
    disturbances: Disturbances,
    bounds: Bounds,
) -> Iterator[Violation]:
    """Check that two who may meet do not both search for longer than until the last stage.

    The wishes of a swarm differ in the mode alone.
    """
    limit = bounds.widest_age + bounds.sweep + bounds.margin
    long = [one for one in searches if one.until - one.since > limit]
    strangers = _Strangers(matches, HalfSeenMatches(searches, matches, bounds), history, bounds)
    starved: set[tuple[str, float]] = set()
    for one, other in combinations(long, 2):
        since, until = max(one.since, other.since), min(one.until, other.until)
        if one.mode != other.mode or one.visitor == other.visitor or until - since <= limit:
            continue
        since = strangers.since(one.visitor, other.visitor, since)
        names = (one.visitor, other.visitor)
        if not disturbances.overdue(since, until, limit, "searches", names):
            continue
        for search in (one, other):
            if (search.visitor, search.since) not in starved:
                starved.add((search.visitor, search.since))
                at = disturbances.deadline(since, limit, "searches", names)
                yield _violation(search, other if search is one else one, at)


def _violation(search: Search, other: Search, at: float) -> Violation:
    waited = f"{search.visitor} has searched for {search.until - search.since:.1f} s"
    names = (search.visitor, other.visitor)
    return Violation(4, at, f"{waited} while {other.visitor} searched, too", names)


TOO_FAST = 4429
"""The close code that says to come back much later."""


def check_returns(
    history: Iterable[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that a visitor who dials, for the first time or after a lost socket, is welcomed in time."""
    outside: dict[str, float] = {}
    inside: set[str] = set()
    for event in history:
        match event:
            case events.Dials() if event.visitor not in inside:
                outside.setdefault(event.visitor, event.at)
            case events.Lost():
                inside.discard(event.visitor)
                if event.code != TOO_FAST:
                    outside[event.visitor] = event.at
            case events.Gone():
                outside.pop(event.visitor, None)
            case events.Came():
                inside.add(event.visitor)
                since = outside.pop(event.visitor, event.at)
                yield from _late(event.visitor, since, event.at, disturbances, bounds)
    for visitor, since in outside.items():
        yield from _late(visitor, since, disturbances.end, disturbances, bounds)


def _late(
    visitor: str, since: float, until: float, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    limit = bounds.back + bounds.margin
    if disturbances.overdue(since, until, limit, "calls", (visitor,)):
        what = f"{visitor} could not come in, or back, for {until - since:.1f} s"
        at = disturbances.deadline(since, limit, "calls", (visitor,))
        yield Violation(4, at, what, (visitor,))


def _parted(side: MatchView, sockets: Sequence[events.Came | events.Lost], bounds: Bounds) -> float:
    """Return when every gateway knows that this side has left.

    Where the last word may be lost with the socket, that is when they say hello again, or the grace is over.
    """
    left = side.left if side.left < inf else side.beliefs[-1].at
    after = [event for event in sockets if event.at >= left]
    if not after or isinstance(after[0], events.Came) or after[0].at > left + bounds.margin:
        return left
    over = after[0].at + bounds.grace
    return min((over, *(event.at for event in after if isinstance(event, events.Came))))


class _Strangers:
    """Says from when on two visitors may meet."""

    def __init__(
        self, matches: Matches, unseen: HalfSeenMatches, history: Sequence[events.Event], bounds: Bounds
    ) -> None:
        self._parted: dict[frozenset[str], list[tuple[float, float]]] = defaultdict(list)
        self._bar = bounds.parted
        blocked = {event.match for event in history if isinstance(event, events.Blocked)}
        self._barred = {
            frozenset((one.visitor, other.visitor)) for one, other in matches.pairs() if one.match in blocked
        }
        sockets: dict[str, list[events.Came | events.Lost]] = defaultdict(list)
        for event in history:
            if isinstance(event, events.Came | events.Lost):
                sockets[event.visitor].append(event)
        for match, sides in matches.sides.items():
            met = max(side.met for side in sides)
            left = [_parted(side, sockets[side.visitor], bounds) for side in sides]
            left += matches.skipped.get(match, {}).values()
            one = sides[0].visitor
            for other in matches.told(match) - {one} or unseen.partners(sides[0]):
                self._parted[frozenset((one, other))].append((met, max(left)))

    def since(self, one: str, other: str, at: float) -> float:
        """`at`, or later."""
        pair = frozenset((one, other))
        if pair in self._barred:
            return inf
        return max((at, *(left + self._bar for met, left in self._parted[pair] if met < at)))
