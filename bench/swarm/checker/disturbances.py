"""Finds the times that do not count for a visitor because a fault struck the servers."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.swarm.events import Came, Dials, Event, Finished, Healed, Measured, Struck

Topic = Literal["calls", "presence", "searches", "reports"]
"""`calls`: what goes on within a match. `presence`: whether gateways hear of each other."""

HARMLESS = frozenset(("jump",))
"""Faults that excuse nothing."""

SLOW = frozenset(("delay",))
"""Faults of a wire on which all arrives, only later: nobody is to be taken for gone."""

AFTERMATH = 1.0
"""Seconds after the end of a fault in which a connection that it broke comes back."""

FATAL = frozenset(("kill", "terminate"))
"""Faults after which a service is gone until it is started again."""


class Places:
    """Knows which gateways each visitor was at, or tried to reach, and when."""

    def __init__(self) -> None:
        self._times: dict[str, list[float]] = defaultdict(list)
        self._origins: dict[str, list[str]] = defaultdict(list)

    def add(self, event: Came | Dials) -> None:
        self._times[event.visitor].append(event.at)
        self._origins[event.visitor].append(event.origin)

    def was_at(self, visitor: str, origin: str, since: float, until: float) -> bool:
        """Return whether they were there at any time between. Unknown visitors may have been."""
        times = self._times.get(visitor)
        if times is None:
            return True
        first = max(bisect_right(times, since) - 1, 0)
        return origin in self._origins[visitor][first : bisect_right(times, until)]


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A disturbance of some topics, at `origin` alone, or everywhere if that is empty."""

    began: float
    healed: float
    topics: frozenset[Topic]
    origin: str = ""
    number: int = 0
    """The number of the fault."""
    everywhere: frozenset[Topic] = frozenset()
    """Topics in which it concerns all, whatever their gateway."""


@dataclass(frozen=True, slots=True)
class Disturbances:
    """Knows the end of the history, and which faults disturbed whom from when until when."""

    end: float
    disturbances: Sequence[Disturbance] = ()
    places: Places = field(default_factory=Places)

    def deadline(
        self, since: float, limit: float, topic: Topic, visitors: Collection[str] = (), afresh: float = 0.0
    ) -> float:
        """Return when what began at `since` and may take `limit` must be over.

        Every disturbance of the gateways of these visitors (of any, when none are named), and every one
        that was nowhere in particular, starts it afresh. Where it then may take `afresh`, which is longer,
        the aftermath counts, too: what is told in it may be lost.
        """
        deadline = since + limit
        aftermath = AFTERMATH if afresh else 0.0
        afresh = max(limit, afresh)
        for one in self.disturbances:
            near = since <= one.healed + aftermath and one.began <= deadline
            if near and one.healed + afresh > deadline and self._concerns(one, topic, visitors, since):
                deadline = one.healed + afresh
        return deadline

    def overdue(
        self,
        since: float,
        until: float,
        limit: float,
        topic: Topic,
        visitors: Collection[str] = (),
        afresh: float = 0.0,
    ) -> bool:
        """Return whether what went on from `since` to `until` took too long."""
        deadline = self.deadline(since, limit, topic, visitors, afresh)
        return until > deadline and self.end > deadline

    def disturbances_of(self, topic: Topic, visitors: Collection[str]) -> Iterator[tuple[float, float]]:
        """Yield from when until when something was done to the gateways of these visitors."""
        for one in self.disturbances:
            if self._concerns(one, topic, visitors):
                yield one.began, one.healed

    def disturbed(
        self, since: float, until: float, topic: Topic, visitors: Collection[str], but: int = -1
    ) -> bool:
        """Return whether a fault, `but` not this one, struck at any time between."""
        return any(
            self._concerns(one, topic, visitors)
            for one in self.disturbances
            if one.began <= until and one.healed >= since and one.number != but
        )

    def _concerns(
        self, one: Disturbance, topic: Topic, visitors: Collection[str], since: float = float("inf")
    ) -> bool:
        """Consider also a gateway that they have left `since`.

        It alone knows who their partner was, and is told where they are only when it can be reached.
        """
        if topic not in one.topics:
            return False
        if not one.origin or not visitors or topic in one.everywhere:
            return True
        began = min(since, one.began)
        return any(self.places.was_at(name, one.origin, began, one.healed) for name in visitors)


def read_disturbances(history: Sequence[Event], outages: bool = False) -> Disturbances:
    """Return the disturbances of a history. A sudden fault is over at once, and its repair is another one.

    With `outages` a sudden fault lasts until its repair.
    """
    end, places = 0.0, Places()
    found: list[Disturbance] = []
    open_faults: dict[int, Struck] = {}
    for event in history:
        end = event.at
        if isinstance(event, Struck) and event.fault not in HARMLESS:
            if event.sudden and not outages:
                found.append(_disturbance(event, event.at, event.at))
            open_faults[event.number] = event
        elif isinstance(event, Healed) and event.number in open_faults:
            struck = open_faults.pop(event.number)
            moment = struck.sudden and not outages
            found.append(_disturbance(struck, event.at if moment else struck.at, event.at))
        elif isinstance(event, Came | Dials):
            places.add(event)
        elif isinstance(event, Finished):
            break
    found += [_disturbance(one, one.at, end) for one in open_faults.values() if outages or not one.sudden]
    found += _blackouts(history, end)
    return Disturbances(end, sorted(found, key=lambda one: (one.began, one.healed)), places)


def _blackouts(history: Iterable[Event], end: float) -> Iterator[Disturbance]:
    """Between the kill of the last matcher and the start of the first nobody meets anybody."""
    matchers = set(_matchers_in(history))
    dead: dict[int, str] = {}
    since = end
    for event in history:
        if isinstance(event, Struck) and event.fault in FATAL and event.target in matchers:
            dead[event.number] = event.target
            since = min(since, event.at) if set(dead.values()) == matchers else end
        elif isinstance(event, Healed) and dead.pop(event.number, "") and since < end:
            yield Disturbance(since, event.at, frozenset(("searches",)))
            since = end
    if since < end:
        yield Disturbance(since, end, frozenset(("searches",)))


def _matchers_in(history: Iterable[Event]) -> Iterator[str]:
    """Yield the measured matchers. Without measurements only struck ones are known, which may not be all."""
    for event in history:
        if isinstance(event, Measured) and event.process.startswith("matcher"):
            yield event.process


def _disturbance(struck: Struck, began: float, healed: float) -> Disturbance:
    # Who waits at a gateway without NATS is offered to all, and each who is paired with them tries in vain.
    without_nats = "~nats" in struck.target and struck.fault not in SLOW
    in_vain: frozenset[Topic] = frozenset(("searches",) if without_nats else ())
    deaf: frozenset[Topic] = frozenset(("presence",) if struck.fault in SLOW else ())
    topics = _topics(struck.target) - deaf
    return Disturbance(began, healed, topics, struck.origin, struck.number, in_vain)


def _topics(target: str) -> frozenset[Topic]:
    """Return the topics that a service, or the far end of a connection, is part of."""
    name, _, number = target.rpartition("~")[2].partition("-")
    match name:
        case "matcher":
            return frozenset(("searches",))
        case "reports" | "database" | "postgres":
            return frozenset(("reports",))
        case "nats" if target == name and not number:
            return frozenset(("calls", "searches"))  # all gateways lose it alike, so nobody is to be blamed
        case "nats":
            return frozenset(("calls", "presence", "searches"))
        case _:
            return frozenset(("calls", "presence", "searches", "reports"))
