"""Looks that were not done at once take turns, so that nobody starves behind a crowd that may not meet."""

from collections import deque
from collections.abc import Iterator

from .partner_scan import PartnerScan
from .ticket_queue import WaitingTicket

_SPARE = 1024
"""Looks of tickets that left, which may be kept besides as many as there were when they were thrown out."""


class DeferredScans:
    """Those under way, the oldest first; `steps` of them are taken in one turn."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._under_way: deque[PartnerScan] = deque()
        self._most = _SPARE
        self._young: PartnerScan | None = None

    def __len__(self) -> int:
        return len(self._under_way)

    def add(self, look: PartnerScan) -> None:
        self._under_way.append(look)
        if len(self._under_way) > self._most:
            self._under_way = deque(look for look in self._under_way if not look.finished)
            self._most = 2 * len(self._under_way) + _SPARE

    def turn(self) -> Iterator[tuple[PartnerScan, WaitingTicket | None]]:
        """Some milliseconds of work: the looks that went on, and the partner if it found one.

        The oldest look and a young one go on by turns: whoever has just come does not wait for a crowd of
        hopeless ones, and nobody for ever. The young one goes on until it ends, and then the newest is next:
        if each newcomer took the turn of the one before, none would come to an end.
        """
        for step in range(self._steps):
            look = self._next(old=step % 2 == 0)
            if look is None:
                return
            yield look, look.go_on()

    def _next(self, old: bool) -> PartnerScan | None:
        """The oldest of those that have not ended, or the young one."""
        if not old and self._young is not None and not self._young.finished:
            return self._young
        end = 0 if old else -1
        while self._under_way and self._under_way[end].finished:
            del self._under_way[end]
        look = self._under_way[end] if self._under_way else None
        if not old:
            self._young = look
        return look
