"""A wall clock that does not follow the jumps of the system's clock at once.

A broken time server may set a clock wrong by hours, and right again soon. Meanwhile what lives an hour would
end, and what is made would be worth nothing to others.
"""

import time
from collections.abc import Callable

_JUMP = 30.0
"""Seconds by which the system's clock may go another way than expected between two looks. More is a jump."""

_PATIENCE = 300.0
"""Seconds after which a jump counts. Until then it may be undone."""


class SteadyClock:
    """Tells the time in Unix seconds. A jump of the system's clock counts once it has lasted five minutes."""

    def __init__(
        self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()
        self._jumped_at: float | None = None

    def __call__(self) -> float:
        now, offset = self._monotonic(), self._wall() - self._monotonic()
        if abs(offset - self._offset) > _JUMP and not self._has_lasted(now):
            return now + self._offset
        self._offset, self._jumped_at = offset, None
        return now + offset

    def _has_lasted(self, now: float) -> bool:
        """Return whether the clock jumped `_PATIENCE` ago. The first call after a jump notes when it was."""
        if self._jumped_at is None:
            self._jumped_at = now
        return now - self._jumped_at >= _PATIENCE
