"""How often something may happen: a few times at once, and so many times a second on average."""

from math import inf

from msgspec import Struct


class Rate(Struct, frozen=True):
    """So many at once, and so many a second on average."""

    per_second: float
    burst: float


UNLIMITED = Rate(inf, 1)

_ROUNDING = 1e-6
"""Seconds by which sums of times may be off; nobody is held for so little."""


def drawn(full: float, rate: Rate, now: float, amount: int = 1) -> tuple[float, float]:
    """So much of a bucket full at `full`: 0, or seconds until it is there; and when it is full now."""
    full = max(full, now)
    wait = full - now - (rate.burst - amount) / rate.per_second
    return (wait, full) if wait > _ROUNDING else (0.0, full + amount / rate.per_second)


class Allowance:
    """Of who waits for their turn, such as a visitor's searches. Times are monotonic seconds."""

    __slots__ = ("_full", "_rate", "_turn")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = 0.0  # when nothing of the allowance will be in use any more
        self._turn = 0.0

    def turn(self, now: float) -> float:
        """When the next search may go out: `now`, or later. Whoever asks again before, keeps their turn."""
        if self._turn <= now:
            interval = 1 / self._rate.per_second
            self._full = max(self._full, now)
            turn = self._full - (self._rate.burst - 1) * interval
            self._turn = turn if turn > now + _ROUNDING else now
            self._full += interval
        return self._turn
