"""Whose turn it is to confirm that their match is alive: each match once in three seconds."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import ceil, inf

from services.contract.ids import GatewayId, VisitorId

EVERY = 3.0
"""Seconds in which each match has had its turn, so that a partner whose goodbye was lost is gone soon."""

_TURNS = 30


class Confirmations:
    """The rounds of one gateway. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._round: deque[VisitorId] = deque()
        self._began = 0.0
        self._share = 0

    def hurry(self) -> None:
        """Everybody has their turn at once: what was told of late may be lost."""
        self._round.clear()
        self._began = -inf

    def turn(
        self, matches: Callable[[], Iterable[tuple[GatewayId, VisitorId]]], now: float
    ) -> Iterator[VisitorId]:
        """The next visitors. `matches` tells who is matched, with the partner's gateway.

        Those with partners at one gateway follow each other, so they leave in one message. Call it ten times
        a second.
        """
        if not self._round and now - self._began >= EVERY:
            self._round.extend(visitor for _, visitor in sorted(matches()))
            everybody = self._began == -inf
            self._share = len(self._round) if everybody else ceil(len(self._round) / _TURNS)
            self._began = now
        for _ in range(min(self._share, len(self._round))):
            yield self._round.popleft()
