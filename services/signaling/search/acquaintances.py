"""Whom a visitor has met and whom they blocked, by keys, the latest ones."""

from collections.abc import Iterable
from math import inf

from services.contract.ids import VisitorId, visitor_key
from services.contract.limits import MOST_PARTNERS, PARTED, REMEMBERED

_CLOCKS = 0.5
"""Seconds."""


class Acquaintances:
    """Belongs to one visitor. Times are monotonic seconds."""

    __slots__ = ("_blocked", "_parted")

    def __init__(self) -> None:
        self._parted: dict[int, float] = {}
        self._blocked: dict[int, None] = {}

    @property
    def partners(self) -> tuple[tuple[int, float], ...]:
        """Former partners with when they were parted from, the latest last."""
        return tuple(self._parted.items())

    @property
    def blocked(self) -> tuple[int, ...]:
        return tuple(self._blocked)

    def blocks(self, visitor: VisitorId) -> bool:
        return visitor_key(visitor) in self._blocked

    def bars(self, visitor: VisitorId, now: float) -> bool:
        """Whether they must not meet now. The matcher's clock may be some milliseconds ahead of ours."""
        parted = self._parted.get(visitor_key(visitor), -inf)
        return self.blocks(visitor) or now - parted < PARTED - _CLOCKS

    def met(self, visitor: VisitorId) -> bool:
        return visitor_key(visitor) in self._parted

    def part(self, partner: VisitorId, now: float) -> None:
        key = visitor_key(partner)
        self._parted.pop(key, None)
        self._parted[key] = now
        while len(self._parted) > REMEMBERED:
            oldest = next(iter(self._parted))
            if len(self._parted) <= MOST_PARTNERS and self._parted[oldest] > now - PARTED:
                break
            del self._parted[oldest]

    def learn(self, parted: Iterable[tuple[int, float]], blocked: Iterable[int]) -> bool:
        """What another gateway knew: whom they parted from and when, whom they blocked. Whether it is new."""
        before = (self._parted, self._blocked)
        latest = sorted({**dict(parted), **self._parted}.items(), key=lambda one: one[1])
        self._parted = dict(latest[-MOST_PARTNERS:])
        self._blocked = dict(list({**dict.fromkeys(blocked), **self._blocked}.items())[-REMEMBERED:])
        return before != (self._parted, self._blocked)

    def block(self, visitor: VisitorId) -> None:
        self._blocked[visitor_key(visitor)] = None
        if len(self._blocked) > REMEMBERED:
            del self._blocked[next(iter(self._blocked))]
