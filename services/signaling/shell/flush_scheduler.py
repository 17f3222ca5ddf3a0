"""Decides when to flush: a single item at once, many items together."""

import asyncio
from collections.abc import Callable


class FlushScheduler:
    """Calls `flush` once for many calls of `request`.

    After a quiet time the first call flushes in the same turn of the loop. Later calls gather until `window`
    seconds after the last flush, or `busy_window` seconds while there are `busy_rate` calls a second or more.
    Wake-ups cost more than bytes, so a busy process wakes rarely.
    """

    LOOK_BACK = 0.025
    """Seconds over which the rate of calls is measured."""

    def __init__(
        self, window: float, busy_window: float, busy_rate: float, flush: Callable[[], None]
    ) -> None:
        self._calm_window = window
        self._busy_window = busy_window
        self._busy_rate = busy_rate
        self._window = window
        self._flush = flush
        self._count = 0
        self._counted_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._scheduled = False
        self._flushing_soon = False
        self._last = 0.0

    def request(self) -> None:
        self._count += 1
        if self._scheduled:
            return
        self._scheduled = True
        wait = self._last + self._window - self._loop.time()
        if wait <= 0:
            self._loop.call_soon(self._run)
        else:
            self._loop.call_later(wait, self._run)

    def flush_soon(self) -> None:
        """Flush everything in this turn of the loop, because somebody waits for it."""
        self._count += 1
        if not self._flushing_soon:
            self._flushing_soon = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._scheduled = self._flushing_soon = False
        self._last = self._loop.time()
        self._update_window(self._last)
        self._flush()

    def _update_window(self, now: float) -> None:
        elapsed = now - self._counted_since
        if elapsed >= self.LOOK_BACK:
            busy = self._count >= self._busy_rate * elapsed
            self._window = self._busy_window if busy else self._calm_window
            self._count = 0
            self._counted_since = now
