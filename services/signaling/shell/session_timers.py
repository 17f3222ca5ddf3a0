"""The timers of sessions, in one queue for each delay, of which there are few."""

from collections import deque
from collections.abc import Iterator
from math import inf

from services.contract.ids import VisitorId

from ..core.events import Event

PAUSE = 1.0
"""Seconds without a call that count as a pause of this process. For as long after it no timer is due, so that
the gateway first reads what others sent meanwhile and what they answer now."""


class SessionTimers:
    """Holds events until they are due. None is cancelled, for a late event changes nothing.

    All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._queues: dict[float, deque[tuple[float, VisitorId, Event]]] = {}
        self._last_call = inf
        self._caught_up_at = 0.0

    def set(self, seconds: float, visitor: VisitorId, event: Event, now: float) -> None:
        self._queues.setdefault(seconds, deque()).append((now + seconds, visitor, event))

    def is_catching_up(self, now: float) -> bool:
        """Return whether this process was paused and is still reading what others sent meanwhile."""
        return now - self._last_call > PAUSE or now < self._caught_up_at

    def catch_up(self, now: float) -> None:
        """Read what others sent while the bus was away before any timer is due."""
        self._caught_up_at = now + PAUSE

    @property
    def caught_up_at(self) -> float:
        """The time at which the process has read what others sent during its last pause."""
        return self._caught_up_at

    def due(self, now: float) -> Iterator[tuple[VisitorId, Event]]:
        """Yield the events that have become due, each with its visitor. Call this often."""
        if now - self._last_call > PAUSE:
            self._caught_up_at = now + PAUSE
        self._last_call = now
        if now < self._caught_up_at:
            return
        for queue in list(self._queues.values()):  # an event may set the first timer of another delay
            while queue and queue[0][0] <= now:
                _, visitor, event = queue.popleft()
                yield visitor, event
