"""Poisson arrivals, and the shortest wait that they allow."""

import random
from collections.abc import Iterator, Sequence


def poisson(rate: float, seconds: float, randomness: random.Random) -> Iterator[float]:
    """Yield rising times in [0, `seconds`) of independent arrivals, `rate` a second on average."""
    time = randomness.expovariate(rate)
    while time < seconds:
        yield time
        time += randomness.expovariate(rate)


def ideal_mean_wait(arrivals: Sequence[float]) -> float:
    """Return the mean wait in one queue where everybody fits and nothing takes time.

    Every second arrival then meets the one before. `arrivals` rise, and a last one who stays alone is left
    out. The result is 0 if nobody met.
    """
    waits = [later - earlier for earlier, later in zip(arrivals[::2], arrivals[1::2], strict=False)]
    return sum(waits) / (2 * len(waits)) if waits else 0.0


def rate_of(arrivals: Sequence[float]) -> float:
    """Return the arrivals a second from the first to the last, or 0 for fewer than two."""
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) if len(arrivals) > 1 else 0.0
