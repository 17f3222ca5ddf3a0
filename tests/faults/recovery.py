"""Reads from a history how fast an installation recovers."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf

from bench.swarm import events
from bench.swarm.checker.disturbances import read_disturbances
from bench.swarm.checker.match_views import MatchView, read_matches
from bench.swarm.checker.searches import read_searches

CALLS_IN, SEARCHES_IN = 5.0, 3.0
"""The design's limits for calls and searches, in seconds."""
JUDGED = 20.0
"""Seconds after a fault at which a call that has not gone on counts as lost."""
Visitors = tuple[str, ...]
LEAVING = ("next", "stop", "gone")
"""Reasons for an end that people chose."""


@dataclass(slots=True)
class Times:
    """Seconds of each recovery, and the number of those that failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def total(self) -> int:
        return len(self.seconds) + self.failed

    def add(self, seconds: float) -> None:
        """Add a recovery. Infinite seconds mean that it failed."""
        if seconds == inf:
            self.failed += 1
        else:
            self.seconds.append(seconds)

    def share_within(self, limit: float) -> float:
        """Return the share that recovered within the limit, 1 if nothing had to recover."""
        return sum(one <= limit for one in self.seconds) / self.total if self.total else 1.0

    def quantile(self, share: float) -> float:
        """Return a quantile of the seconds, infinite if a smaller share recovered."""
        ranked = sorted(self.seconds) + [inf] * self.failed
        return ranked[max(ceil(share * len(ranked)) - 1, 0)] if ranked else 0.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """The recoveries of one run."""

    faults: dict[str, int]
    """How often each kind of fault struck each kind of target."""
    calls: dict[str, Times]
    """For each kind of fault of a gateway, the times until both sides of its calls heard each other again."""
    searches: Times
    """The times until those who searched met somebody, after a matcher was killed."""
    killed_calls: Times = field(default_factory=Times)
    killed_searches: Times = field(default_factory=Times)
    """The times after a kill that no other fault disturbed, for which the design's limits are meant."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The shares that must recover in time, if there were enough to recover."""

    calls: float = 0.99
    searches: float = 0.98
    least: int = 100


def shortfalls(recovery: Recovery, bars: Bars) -> list[str]:
    """Return what recovered too slowly after the kill of a gateway or a matcher."""
    found = []
    for what, times, limit, bar in [
        ("calls of killed gateways", recovery.killed_calls, CALLS_IN, bars.calls),
        ("searches after a matcher was killed", recovery.killed_searches, SEARCHES_IN, bars.searches),
    ]:
        share = times.share_within(limit)
        if times.total >= bars.least and share < bar:
            found.append(f"{share:.1%} of {times.total} {what} went on within {limit:.0f} s, not {bar:.0%}")
    return found


def assert_recovered(recovery: Recovery, delay: float, share: float = 0.9) -> None:
    """Check the recoveries of a short run, in which another fault may strike the same calls and searches.

    Such a fault delays a recovery by up to `delay` seconds.
    """
    for times, limit in [(recovery.calls.get("kill", Times()), CALLS_IN), (recovery.searches, SEARCHES_IN)]:
        assert times.total > 0, "nothing was there to recover"
        assert times.share_within(limit + delay) >= share, f"too few within {limit + delay:.0f} s: {times}"


def read_recovery(history: Sequence[events.Event], origins: Mapping[str, str]) -> Recovery:
    """Return the recoveries of a history. `origins` are those of the gateways, by their names in faults."""
    found = Recovery(defaultdict(int), defaultdict(Times), Times())
    talks, disturbances = _Talks(history), read_disturbances(history, outages=True)
    for struck in history:
        if not isinstance(struck, events.Struck):
            continue
        found.faults[f"{struck.fault} {_kind_of(struck.target)}"] += 1
        if struck.target in origins:
            for seconds, visitors in talks.recoveries(struck.at, origins[struck.target]):
                found.calls[struck.fault].add(seconds)
                alone = not disturbances.disturbed(
                    struck.at, struck.at + CALLS_IN, "calls", visitors, struck.number
                )
                if struck.fault == "kill" and alone:
                    found.killed_calls.add(seconds)
        elif struck.fault == "kill" and struck.target.startswith("matcher"):
            until = struck.at + SEARCHES_IN
            for seconds, visitors in _meetings(history, struck.at):
                found.searches.add(seconds)
                if not disturbances.disturbed(struck.at, until, "searches", visitors, struck.number):
                    found.killed_searches.add(seconds)
    return found


def _kind_of(target: str) -> str:
    return "~".join(part.partition("-")[0] for part in target.split("~"))


class _Talks:
    """Finds where each visitor was connected, and when they heard each other."""

    def __init__(self, history: Iterable[events.Event]) -> None:
        self._end = 0.0
        self._pairs = list(read_matches(history).pairs())
        self._places: dict[str, list[tuple[float, str]]] = defaultdict(list)
        said: dict[tuple[str, str, int], float] = {}
        self._heard: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for event in history:
            self._end = event.at
            match event:
                case events.Came():
                    self._places[event.visitor].append((event.at, event.origin))
                case events.Said():
                    said[event.match, event.visitor, event.number] = event.at
                case events.Heard():
                    at = said.get((event.match, event.of, event.number), 0.0)
                    self._heard[event.match, event.visitor].append((at, event.at))

    def recoveries(self, struck: float, origin: str) -> Iterator[tuple[float, Visitors]]:
        """Yield the seconds of each call with a side on `origin`, and whose it was; `inf` for a lost call.

        A call that a person ended soon, or that the run ended too early for, says nothing.
        """
        for sides in self._pairs:
            if not all(side.at(struck).here == "in" and side.at(struck).partner_here for side in sides):
                continue
            if origin not in (self._place(side.visitor, struck) for side in sides):
                continue
            again = max(self._hears_again(side, struck) for side in sides)
            until = min(self._end, *(side.left for side in sides))
            visitors = (sides[0].visitor, sides[1].visitor)
            if again < inf:
                yield again - struck, visitors
            elif (until < self._end and not _chosen(sides)) or until - struck > JUDGED:
                yield inf, visitors
            elif until < self._end and until - struck > CALLS_IN:
                yield until - struck, visitors  # they left before it went on: it took no less

    def _place(self, visitor: str, at: float) -> str:
        places = self._places[visitor]
        return places[bisect_right(places, (at, "~")) - 1][1]

    def _hears_again(self, side: MatchView, struck: float) -> float:
        """Return when they hear a line that was said after `struck`."""
        heard = self._heard.get((side.match, side.visitor), ())
        return min((at for said, at in heard if said > struck), default=inf)


def _chosen(sides: tuple[MatchView, MatchView]) -> bool:
    first = min(sides, key=lambda side: side.left)
    return first.how in LEAVING or first.how in ("ended next", "ended stop", "ended blocked")


def _meetings(history: Sequence[events.Event], struck: float) -> Iterator[tuple[float, Visitors]]:
    """Yield the seconds of each visitor who was searching then, or began to within a second."""
    end = history[-1].at
    for search in read_searches(history, end):
        if search.since <= struck + 1 and search.until > struck:
            if search.met:
                yield search.until - max(struck, search.since), (search.visitor,)
            elif search.until - struck > 2 * SEARCHES_IN and not search.broken_off:
                yield inf, (search.visitor,)
