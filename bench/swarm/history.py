"""The record of everything that happens."""

import time
from collections.abc import Callable

from bench.swarm.events import Event, Finished


class History:
    """Events in the order in which they happened. `now` is seconds since it was opened."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.events: list[Event] = []
        self._clock = clock
        self._opened = clock()
        self._finished = False

    @property
    def now(self) -> float:
        return self._clock() - self._opened

    def record(self, event: Event) -> None:
        """Add what has happened; nothing is added after the end."""
        if not self._finished:
            self.events.append(event)

    def finish(self) -> None:
        self.record(Finished(self.now))
        self._finished = True
