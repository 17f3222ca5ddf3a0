"""Coalescing that adapts: a lone item leaves at once, a crowd leaves together."""

import asyncio
from collections.abc import Callable


class Gather:
    """Calls `flush` once for all the times that `wanted()` was called.

    The first call after a quiet spell flushes in the same turn of the loop; later ones gather until
    `window` seconds after the flush before, or `busy_window` when that flush carried `CROWD` calls or more.
    Wake-ups cost more than bytes, so a busy process wakes rarely.
    """

    CROWD = 4

    def __init__(self, window: float, busy_window: float, flush: Callable[[], None]) -> None:
        self._windows = (window, busy_window)
        self._window = window
        self._flush = flush
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._scheduled = False
        self._last = 0.0

    def wanted(self) -> None:
        self._count += 1
        if self._scheduled:
            return
        self._scheduled = True
        wait = self._last + self._window - self._loop.time()
        if wait <= 0:
            self._loop.call_soon(self._run)
        else:
            self._loop.call_later(wait, self._run)

    def _run(self) -> None:
        self._scheduled = False
        self._last = self._loop.time()
        self._window = self._windows[self._count >= self.CROWD]
        self._count = 0
        self._flush()
