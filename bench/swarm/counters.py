"""The counters that a person watches while a swarm runs, counted event by event."""

from collections.abc import Iterable

from bench.swarm import events


class SwarmCounters:
    """Online, searching and matched are of this moment, the rest since the beginning."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._matches: set[str] = set()
        self.lines = 0
        self.returns = 0

    @property
    def matches(self) -> int:
        return len(self._matches)

    @property
    def online(self) -> int:
        return len(self._states) - self.count("offline")

    def count(self, state: str) -> int:
        """Visitors who are "idle", "searching", "matched" or "offline"."""
        return sum(one == state for one in self._states.values())

    def take(self, happened: Iterable[events.Event]) -> None:
        for event in happened:
            self._take(event)

    def _take(self, event: events.Event) -> None:
        match event:
            case events.Came():
                self.returns += event.visitor in self._states
                self._states[event.visitor] = "matched" if event.resumed else "idle"
            case events.Met():
                self._states[event.visitor] = "matched"
                self._matches.add(event.match)
            case events.Searches():
                self._states[event.visitor] = "searching"
            case events.Stopped() | events.MatchEnded():
                self._states[event.visitor] = "idle"
            case events.Lost():
                self._states[event.visitor] = "offline"
            case events.Gone():
                self._states.pop(event.visitor, None)
            case events.Heard():
                self.lines += 1
