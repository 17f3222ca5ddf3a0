"""The generic cell rate algorithm (GCRA): the one rate limiter of all services.

It admits what a token bucket admits, but keeps a single number, the theoretical arrival time. Source: ITU-T
I.371, annex A.1 (virtual scheduling algorithm), and the same in ATM Forum Traffic Management 4.0.
"""

from math import inf

from msgspec import Struct


class Rate(Struct, frozen=True):
    """A limit: at most `burst` at once, and `per_second` on average."""

    per_second: float
    burst: float


UNLIMITED = Rate(inf, 1)

_ROUNDING = 1e-6
"""Seconds by which sums of times may be off. Nobody waits for less."""


def gcra(tat: float, rate: Rate, now: float, amount: float = 1) -> tuple[float, float]:
    """Admit `amount` now or not at all; return the seconds until it would be admitted, and the new `tat`.

    The first is 0 if it is admitted. `tat` is the theoretical arrival time: when nothing of the burst is in
    use any more, at first 0. Times are monotonic seconds.
    """
    if tat < now:
        tat = now
    wait = tat - now - (rate.burst - amount) / rate.per_second
    return (wait, tat) if wait > _ROUNDING else (0.0, tat + amount / rate.per_second)
