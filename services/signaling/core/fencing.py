"""The newest places of visitors who have left a gateway, so that what comes later is known to be older."""

from services.contract.ids import Place, VisitorId
from services.contract.limits import REMATCH_COOLDOWN

RETENTION = REMATCH_COOLDOWN
"""Seconds for which a place is kept: longer than any message is on its way, or a paused process believed."""

MOST = 50_000
"""Visitors; beyond them the first is forgotten first. They take some 10 MB."""


class FencingTable:
    """Belongs to one gateway. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._places: dict[VisitorId, tuple[Place, float]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def newest(self, visitor: VisitorId) -> Place | None:
        """The newest place of the visitor that was learned, if any is kept."""
        known = self._places.get(visitor)
        return known[0] if known else None

    def record(self, visitor: VisitorId, place: Place, now: float) -> None:
        """The visitor is, or was, at this place; an older one than is known changes nothing."""
        known = self._places.pop(visitor, None)
        self._places[visitor] = (max(place, known[0]) if known else place, now)
        if len(self._places) > MOST:
            del self._places[next(iter(self._places))]

    def expire(self, now: float) -> None:
        """Forget what was learned too long ago. Cheap: call it often."""
        while self._places:
            visitor, (_, learned) = next(iter(self._places.items()))
            if now - learned < RETENTION:
                return
            del self._places[visitor]
