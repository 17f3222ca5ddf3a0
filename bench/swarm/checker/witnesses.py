"""Which gateways know that two have parted: all that were there, and who has asked one of these since."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from bench.swarm.checker.clock import FATAL, HARMLESS, SLOW
from bench.swarm.events import Came, Dials, Event, Healed, Struck

TELLING = 1.0
"""Seconds in which every gateway has heard of a parting."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A gateway can neither hear nor tell.

    When it was killed, nor does it remember; when it was paused, it hears all as soon as it goes on.
    """

    origin: str
    began: float
    healed: float
    fault: str

    def touches(self, since: float, until: float) -> bool:
        return self.began <= until and self.healed >= since


class Witnesses:
    """The gateways of one history, by their origins."""

    def __init__(self, history: Iterable[Event]) -> None:
        self._origins: set[str] = set()
        self._outages: list[Outage] = []
        struck: dict[int, Struck] = {}
        for event in history:
            if isinstance(event, Came | Dials):
                self._origins.add(event.origin)
            elif isinstance(event, Struck) and _deafens(event):
                struck[event.number] = event
            elif isinstance(event, Healed) and event.number in struck:
                self._add(struck.pop(event.number), event.at)
        for event in struck.values():
            self._add(event, inf)

    def any_left(self, parted: float, until: float) -> bool:
        """Whether a gateway still knows at `until`, if all that could hear of the parting did."""
        knowing = self._origins - self._unaware(parted, until)
        for at, outage in self._deaths(parted, until):
            if at == outage.began:
                knowing.discard(outage.origin)
            elif knowing - self._out(at, at):
                knowing.add(outage.origin)
        return bool(knowing)

    def _add(self, struck: Struck, healed: float) -> None:
        self._outages.append(Outage(struck.origin, struck.at, healed, struck.fault))

    def _unaware(self, parted: float, until: float) -> set[str]:
        """Who has not heard of it, neither at once nor after a pause."""
        return {
            one.origin
            for one in self._outages
            if one.touches(parted, parted + TELLING)
            and (one.fault != "pause" or one.healed + TELLING > until)
        }

    def _out(self, since: float, until: float) -> set[str]:
        return {one.origin for one in self._outages if one.touches(since, until)}

    def _deaths(self, since: float, until: float) -> list[tuple[float, Outage]]:
        """And when they were there again, in the order of time."""
        moments = [(at, one) for one in self._outages if one.fault in FATAL for at in (one.began, one.healed)]
        return sorted(
            ((at, one) for at, one in moments if since <= at <= until), key=lambda moment: moment[0]
        )


def _deafens(struck: Struck) -> bool:
    """Whether a gateway, or its wire to NATS, was struck."""
    far_end = struck.target.partition("~")[2]
    deaf = struck.fault not in HARMLESS | SLOW
    return bool(struck.origin) and deaf and far_end.partition("-")[0] in ("", "nats")
