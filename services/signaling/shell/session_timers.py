"""Timers of visitors' sessions: one queue for each delay, of which there are few."""

from collections import deque
from collections.abc import Iterator
from math import inf

from services.contract.ids import VisitorId

from ..core.events import Event

PAUSE = 1.0
"""Seconds without a call after which this process was paused, and for which nothing is due then: what others
have told meanwhile, and what they answer now, comes first."""


class SessionTimers:
    """The timers of one gateway, in monotonic seconds. Nothing is cancelled: a late event changes nothing."""

    def __init__(self) -> None:
        self._queues: dict[float, deque[tuple[float, VisitorId, Event]]] = {}
        self._called = inf
        self._caught_up_at = 0.0

    def set(self, seconds: float, visitor: VisitorId, event: Event, now: float) -> None:
        self._queues.setdefault(seconds, deque()).append((now + seconds, visitor, event))

    def is_catching_up(self, now: float) -> bool:
        """Whether this process was paused until just now: what others told meanwhile is still coming in."""
        return now - self._called > PAUSE or now < self._caught_up_at

    def catch_up(self, now: float) -> None:
        """The bus was away until now: what others told meanwhile comes first."""
        self._caught_up_at = now + PAUSE

    @property
    def caught_up_at(self) -> float:
        """When the process has heard what was told during its last pause."""
        return self._caught_up_at

    def due(self, now: float) -> Iterator[tuple[VisitorId, Event]]:
        """Yield what has become due. Cheap: call it often."""
        if now - self._called > PAUSE:
            self._caught_up_at = now + PAUSE
        self._called = now
        if now < self._caught_up_at:
            return
        for queue in list(self._queues.values()):  # what is due may set the first timer of another delay
            while queue and queue[0][0] <= now:
                _, visitor, event = queue.popleft()
                yield visitor, event
