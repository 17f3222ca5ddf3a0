"""Invariant 3: never one who was blocked or parted from just now, but by a rewind that both asked for.

Each side carries what bars the other in its memory, so nothing that is done to gateways excuses a repeat.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.disturbances import Disturbances
from bench.swarm.checker.encounters import Encounter, read_encounters
from bench.swarm.checker.match_views import Matches
from bench.swarm.checker.violations import Violation

SKEW = 0.5
"""Seconds between what a gateway and what a browser calls the same moment."""


def check_repeats(matches: Matches, history: Iterable[events.Event], bounds: Bounds) -> Iterator[Violation]:
    """Check that two who part do not meet again for a minute, unless both asked for it."""
    asked: dict[tuple[str, str], float] = {}
    for event in history:
        if isinstance(event, events.Asked):
            asked.setdefault((event.visitor, event.match), event.at)
    for encounters in _by_visitors(matches).values():
        for former, latter in pairwise(encounters):
            times = [asked.get((visitor, former.match), latter.met) for visitor in former.visitors]
            apart = latter.met - former.parted
            if apart < bounds.parted - SKEW and not max(times) < latter.met:
                yield _violation(former, latter, f"met again {apart:.1f} s after they parted")


def check_blocks(matches: Matches, history: Iterable[events.Event]) -> Iterator[Violation]:
    """Check that two do not meet again once one of them has blocked the other.

    A block counts when the gateway has ended the match for it, or when the memory names it.
    """
    since: dict[str, float] = {}
    for event in history:
        if isinstance(event, events.Remembered) or (
            isinstance(event, events.MatchEnded) and event.reason == "blocked"
        ):
            since.setdefault(event.match, event.at)
    for encounters in _by_visitors(matches).values():
        counts = min((since[one.match] for one in encounters if one.match in since), default=float("inf"))
        for former, latter in pairwise(encounters):
            if latter.met > counts:
                yield _violation(former, latter, "met again although one had blocked the other")


def check_remembered(
    history: Iterable[events.Event], disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    """Check that a memory names a block soon after it was sent, or repeated after a welcome."""
    waiting: dict[str, dict[str, float]] = defaultdict(dict)
    online: set[str] = set()
    for event in history:
        match event:
            case events.Blocked():
                waiting[event.visitor][event.match] = event.at
            case events.Remembered():
                since = waiting[event.visitor].pop(event.match, event.at)
                yield from _late(event.visitor, event.match, since, event.at, disturbances, bounds)
            case events.Came():
                online.add(event.visitor)
                waiting[event.visitor] = dict.fromkeys(waiting[event.visitor], event.at)
            case events.Lost() | events.Gone() if event.visitor in online:
                online.discard(event.visitor)
                for blocked, since in waiting[event.visitor].items():
                    yield from _late(event.visitor, blocked, since, event.at, disturbances, bounds)
    for visitor in online:
        for blocked, since in waiting[visitor].items():
            yield from _late(visitor, blocked, since, disturbances.end, disturbances, bounds)


def _late(
    visitor: str, match: str, since: float, until: float, disturbances: Disturbances, bounds: Bounds
) -> Iterator[Violation]:
    limit = bounds.agree + bounds.margin
    if disturbances.overdue(since, until, limit, "calls", (visitor,)):
        at = disturbances.deadline(since, limit, "calls", (visitor,))
        what = f"no memory of {visitor} names the block of {match} for {until - since:.1f} s"
        yield Violation(3, at, what, (visitor,), (match,))


def _by_visitors(matches: Matches) -> dict[frozenset[str], list[Encounter]]:
    """Return the encounters of every two visitors, in the order in which they met."""
    found: dict[frozenset[str], list[Encounter]] = defaultdict(list)
    for encounter in read_encounters(matches):
        found[frozenset(encounter.visitors)].append(encounter)
    for encounters in found.values():
        encounters.sort(key=lambda one: one.met)
    return found


def _violation(former: Encounter, latter: Encounter, what: str) -> Violation:
    one, other = latter.visitors
    return Violation(
        3, latter.met, f"{one} and {other} {what}", latter.visitors, (former.match, latter.match)
    )
