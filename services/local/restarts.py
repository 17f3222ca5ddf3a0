"""When a process of `zufall run` that has ended starts again, and when it has ended too often."""

from collections import deque

FIRST_PAUSE = 0.5
"""Seconds until the first restart. The pause doubles with each end within `PERIOD`."""
MOST_ENDS, PERIOD = 5, 60.0
"""A process that ends so often within so many seconds does not start again."""


class Restarts:
    """Counts the ends of one process."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)

    def pause_after(self, now: float) -> float | None:
        """Return the seconds until a restart after an end at `now`, or None if it has ended too often."""
        self._ends.append(now)
        recent = sum(now - end < PERIOD for end in self._ends)
        return FIRST_PAUSE * 2 ** (recent - 1) if recent < MOST_ENDS else None
