"""Whose turn it is to say again that their match goes on: everybody in a few seconds, a few at a time."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from math import ceil

from services.contract.ids import VisitorId

EVERY = 4.0
"""Seconds in which each has had a turn. So a partner whose goodbye was lost is known to be gone soon."""

_TURNS = 40


class Reminders:
    """Of one gateway. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._round: deque[VisitorId] = deque()
        self._began = 0.0
        self._share = 0

    def turn(self, visitors: Callable[[], Collection[VisitorId]], now: float) -> Iterator[VisitorId]:
        """The next few. Call some ten times a second."""
        if not self._round and now - self._began >= EVERY:
            self._round.extend(visitors())
            self._began = now
            self._share = ceil(len(self._round) / _TURNS)
        for _ in range(min(self._share, len(self._round))):
            yield self._round.popleft()
