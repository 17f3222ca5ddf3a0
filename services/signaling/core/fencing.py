"""Keeps the newest places of visitors who have left a gateway, so that older messages are recognised."""

from services.contract.ids import Place, VisitorId
from services.contract.limits import REMATCH_COOLDOWN

RETENTION = REMATCH_COOLDOWN
"""Seconds for which a place is kept: longer than any message is delayed, or a paused process is trusted."""

CAPACITY = 50_000
"""Visitors of whom a place is kept. They take some 10 MB."""


class FencingTable:
    """The newest known place of each visitor who has left one gateway. Times are monotonic seconds."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._places: dict[VisitorId, tuple[Place, float]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def newest(self, visitor: VisitorId) -> Place | None:
        known = self._places.get(visitor)
        return known[0] if known else None

    def record(self, visitor: VisitorId, place: Place, now: float) -> None:
        """Keep that the visitor is or was at this place, unless a newer place of theirs is known."""
        known = self._places.pop(visitor, None)
        self._places[visitor] = (max(place, known[0]) if known else place, now)
        if len(self._places) > self._capacity:
            del self._places[next(iter(self._places))]

    def expire(self, now: float) -> None:
        """Drop the places that were recorded too long ago. It is cheap, so call it often."""
        while self._places:
            visitor, (_, recorded) = next(iter(self._places.items()))
            if now - recorded < RETENTION:
                return
            del self._places[visitor]
