"""Who parted from whom at other gateways: it is needed when one of them dies with all that it knew."""

from collections import deque
from collections.abc import Iterable

from services.contract.limits import PARTED

MOST = 100_000
"""Partings. Beyond them the first is forgotten first: some 20 MB."""


class Rumours:
    """Of one gateway. Visitors are named by their keys; times are monotonic seconds."""

    def __init__(self) -> None:
        self._partings: deque[tuple[float, int, int]] = deque()
        self._of: dict[int, dict[int, float]] = {}

    def __len__(self) -> int:
        return len(self._partings)

    def hear(self, partings: Iterable[tuple[int, int]], now: float) -> None:
        """Pairs who have just parted."""
        self.learn([(one, other, 0.0) for one, other in partings], now)

    def learn(self, partings: Iterable[tuple[int, int, float]], now: float) -> None:
        """Pairs who have parted so many seconds ago."""
        for one, other, ago in partings:
            self._partings.append((now - ago, one, other))
            self._of.setdefault(one, {})[other] = now - ago
            self._of.setdefault(other, {})[one] = now - ago
        self.forget(now)

    def told(self, now: float) -> list[tuple[int, int, float]]:
        """All of them, as `learn` takes them."""
        return [(one, other, now - at) for at, one, other in self._partings]

    def about(self, visitor: int) -> list[tuple[int, float]]:
        """From whom they parted, and when."""
        return list(self._of.get(visitor, {}).items())

    def forget(self, now: float) -> None:
        """What bars nobody any more."""
        while self._partings and (now - self._partings[0][0] >= PARTED or len(self._partings) > MOST):
            at, one, other = self._partings.popleft()
            self._drop(one, other, at)
            self._drop(other, one, at)

    def _drop(self, one: int, other: int, at: float) -> None:
        known = self._of.get(one, {})
        if known.get(other) == at:
            del known[other]
            if not known:
                del self._of[one]
