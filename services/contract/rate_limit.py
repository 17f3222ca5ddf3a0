"""How often something may happen: a few times at once, and so many times a second on average."""

from math import inf

from msgspec import Struct


class Rate(Struct, frozen=True):
    """So many at once, and so many a second on average."""

    per_second: float
    burst: float


UNLIMITED = Rate(inf, 1)

ROUNDING = 1e-6
"""Seconds by which sums of times may be off; nobody is held for so little."""


def drawn(full: float, rate: Rate, now: float, amount: int = 1) -> tuple[float, float]:
    """So much of a bucket full at `full`: 0, or seconds until it is there; and when it is full now."""
    full = max(full, now)
    wait = full - now - (rate.burst - amount) / rate.per_second
    return (wait, full) if wait > ROUNDING else (0.0, full + amount / rate.per_second)
