"""What is to happen later to a visitor's session: one queue for each delay, of which there are few."""

from collections import deque
from collections.abc import Iterator

from services.contract.ids import VisitorId

from .events import Event


class Timers:
    """Of one gateway; times are monotonic seconds. Nothing is cancelled: a late event changes nothing."""

    def __init__(self) -> None:
        self._queues: dict[float, deque[tuple[float, VisitorId, Event]]] = {}

    def set(self, seconds: float, visitor: VisitorId, event: Event, now: float) -> None:
        self._queues.setdefault(seconds, deque()).append((now + seconds, visitor, event))

    def due(self, now: float) -> Iterator[tuple[VisitorId, Event]]:
        """What has become due. Cheap: call it often."""
        for queue in list(self._queues.values()):  # what is due may set the first timer of another delay
            while queue and queue[0][0] <= now:
                _, visitor, event = queue.popleft()
                yield visitor, event
