"""Standings in memory that pass the port tests of the real ones."""

from collections.abc import Callable

from services.contract.ids import VisitorId
from services.signaling.core.messages import Banned


class MemoryStandings:
    """A `Standings` in memory, with the methods of the adapter that `__main__` calls."""

    known = True

    def __init__(self, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._standings: dict[VisitorId, tuple[str, float]] = {}
        self._on_loss: Callable[[VisitorId], None]

    def start(self, on_loss: Callable[[VisitorId], None]) -> None:
        self._on_loss = on_loss

    async def stop(self) -> None:
        """Do nothing, for no task runs."""

    def decide(self, visitor: VisitorId, level: str, seconds: int) -> None:
        """Set the standing of a visitor for `seconds`, or for ever if 0."""
        self._standings[visitor] = (level, self._wall_clock() + seconds if seconds else float("inf"))
        if level in ("banned", "restricted"):
            self._on_loss(visitor)

    def ban(self, visitor: VisitorId) -> Banned | None:
        return Banned("nudity", False, "decision", "appeal") if self._is(visitor, "banned") else None

    def restricted(self, visitor: VisitorId) -> bool:
        return self._is(visitor, "restricted")

    def _is(self, visitor: VisitorId, level: str) -> bool:
        decided, until = self._standings.get(visitor, ("good", 0.0))
        return decided == level and self._wall_clock() < until
