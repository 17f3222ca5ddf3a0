"""Delivery from page to page: what one side of a match writes waits, numbered, until it is acknowledged.

Pure. Times are seconds on one clock, `inf` is never.
"""

from collections import deque
from math import inf

FIRST_REPEAT, LONGEST_REPEAT = 3.0, 30.0
"""Seconds until the oldest line is said again; each next time it is twice as long."""
MOST_WAITING = 60

Line = tuple[int, bytes]
"""Its number, from 1, and its frame."""


class Outgoing:
    """The lines of one visitor in one match."""

    def __init__(self) -> None:
        self.last = 0
        """The number of the last line."""
        self.acknowledged = 0
        self.due = inf
        """When the oldest is to be said again, if nothing comes before."""
        self._waiting: deque[Line] = deque()
        self._pause = FIRST_REPEAT
        self._recovering = False

    @property
    def full(self) -> bool:
        """Whether no further line may be said."""
        return len(self._waiting) >= MOST_WAITING

    def add(self, frame: bytes, now: float) -> None:
        """One more line is said."""
        self.last += 1
        self._waiting.append((self.last, frame))
        if len(self._waiting) == 1:
            self._start(now)

    def acknowledge(self, number: int, now: float) -> list[Line]:
        """The partner's page has everything up to `number`; returns what is to be said again at once.

        Once the oldest line had to be repeated, those after it may be lost as well: each answer calls for
        the next one, until none waits.
        """
        if not self.acknowledged < number <= self.last:
            return []
        self.acknowledged = number
        while self._waiting and self._waiting[0][0] <= number:
            self._waiting.popleft()
        self._recovering = self._recovering and bool(self._waiting)
        self._start(now)
        return [self._waiting[0]] if self._recovering else []

    def all_again(self, now: float) -> list[Line]:
        """Both are there again: all that waits is said once more, in order."""
        self._recovering = False
        self._start(now)
        return list(self._waiting)

    def repeat(self, now: float) -> list[Line]:
        """The oldest, when it is due."""
        if now < self.due:
            return []
        self._recovering = True
        self._pause = min(2 * self._pause, LONGEST_REPEAT)
        self.due = now + self._pause
        return [self._waiting[0]]

    def _start(self, now: float) -> None:
        self._pause = FIRST_REPEAT
        self.due = now + self._pause if self._waiting else inf
