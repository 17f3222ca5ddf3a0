"""Invariant 3: never one who was blocked or parted from just now, but by a rewind that both asked for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bench.swarm import events
from bench.swarm.checker.bounds import Bounds
from bench.swarm.checker.clock import Clock, read_clock
from bench.swarm.checker.sides import Matches, Side, read_matches
from bench.swarm.checker.violations import Violation
from bench.swarm.checker.witnesses import TELLING, Witnesses

SKEW = 0.5
"""Seconds between what a gateway and what a browser calls the same moment."""

Encounter = tuple[Side, Side]


def check_repeats(
    matches: Matches, history: Sequence[events.Event], clock: Clock, bounds: Bounds
) -> Iterator[Violation]:
    """What gateways could not know any more is no violation; `count_forgotten` says how often that was."""
    witnesses = Witnesses(history)
    for former, latter in _too_soon(matches, history, bounds):
        known = _stayed(former, latter) or witnesses.any_left(_parted(former), _met(latter))
        if known and not _forgotten(former, latter, clock):
            apart = _met(latter) - _parted(former)
            yield _violation(former, latter, f"met again {apart:.1f} s after they parted")


def count_forgotten(history: Sequence[events.Event], bounds: Bounds) -> int:
    """How often two met again too soon, because nobody could tell their new gateways that they had parted.

    Where no gateway is left that had heard of it, there is nothing to count.
    """
    clock, witnesses = read_clock(history), Witnesses(history)
    return sum(
        _forgotten(former, latter, clock) and witnesses.any_left(_parted(former), _met(latter))
        for former, latter in _too_soon(read_matches(history), history, bounds)
    )


def _too_soon(
    matches: Matches, history: Iterable[events.Event], bounds: Bounds
) -> Iterator[tuple[Encounter, Encounter]]:
    """Every two visitors, from one encounter to the next."""
    asked = {(event.visitor, event.match) for event in history if isinstance(event, events.Asked)}
    for encounters in _by_visitors(matches).values():
        for former, latter in pairwise(encounters):
            wanted = all((side.visitor, side.match) in asked for side in former)
            if _met(latter) - _parted(former) < bounds.parted - SKEW and not wanted:
                yield former, latter


def _parted(encounter: Encounter) -> float:
    return min(side.left for side in encounter)


def _by_visitors(matches: Matches) -> dict[frozenset[str], list[Encounter]]:
    found: dict[frozenset[str], list[Encounter]] = defaultdict(list)
    for one, other in matches.pairs():
        found[frozenset((one.visitor, other.visitor))].append((one, other))
    for encounters in found.values():
        encounters.sort(key=_met)
    return found


def _met(encounter: Encounter) -> float:
    return min(side.met for side in encounter)


def _stayed(former: Encounter, latter: Encounter) -> bool:
    """Whether one of the two is still at the process where they parted: that is enough to keep them apart."""
    now = {side.visitor: side.met_on for side in latter}
    return any(side.gateway == now[side.visitor] for side in former)


def _forgotten(former: Encounter, latter: Encounter, clock: Clock) -> bool:
    """A gateway remembers whom its visitors parted from, and tells all others at once.

    So it is forgotten only by two who are both elsewhere now, and who parted while a gateway that they were
    on, or are on, was struck or cut off.
    """
    if _stayed(former, latter):
        return False
    parted, at = _parted(former), clock.places.at
    origins = {at(side.visitor, parted) for side in former} | {at(one.visitor, one.met) for one in latter}
    return any(
        "calls" in one.topics
        and one.began <= parted + TELLING
        and one.healed >= parted - TELLING
        and one.origin in ("", *origins)
        for one in clock.disturbances
    )


def check_blocks(matches: Matches, history: Iterable[events.Event]) -> Iterator[Violation]:
    """A block counts once the gateway has ended the match for it, or has been told again with a welcome."""
    since: dict[frozenset[str], float] = {}
    pending: dict[str, set[str]] = defaultdict(set)
    for event in history:
        match event:
            case events.Blocked():
                pending[event.visitor].add(event.match)
            case events.Ended(reason="blocked") if event.match in pending[event.visitor]:
                _count(since, matches, event.match, event.at)
                pending[event.visitor].discard(event.match)
            case events.Came():
                for blocked in pending.pop(event.visitor, ()):
                    _count(since, matches, blocked, event.at)
    for visitors, encounters in _by_visitors(matches).items():
        for former, latter in pairwise(encounters):
            if _met(latter) > since.get(visitors, float("inf")):
                yield _violation(former, latter, "met again although one had blocked the other")


def _count(since: dict[frozenset[str], float], matches: Matches, match: str, at: float) -> None:
    visitors = frozenset(side.visitor for side in matches.sides.get(match, ()))
    since.setdefault(visitors, at)


def _violation(former: Encounter, latter: Encounter, what: str) -> Violation:
    one, other = latter
    names = (one.visitor, other.visitor)
    matches = (former[0].match, one.match)
    return Violation(3, _met(latter), f"{names[0]} and {names[1]} {what}", names, matches)
