"""When visitors come by chance, and how long they would wait at best. Pure."""

import random
from collections.abc import Iterator, Sequence


def poisson(rate: float, seconds: float, randomness: random.Random) -> Iterator[float]:
    """Rising times in [0, `seconds`) of independent arrivals, `rate` a second on average."""
    time = randomness.expovariate(rate)
    while time < seconds:
        yield time
        time += randomness.expovariate(rate)


def ideal_mean_wait(arrivals: Sequence[float]) -> float:
    """The mean wait in one queue where everybody fits and nothing takes time: each second one is a partner.

    `arrivals` rise. A last one who stays alone is left out. 0 when nobody met.
    """
    waits = [later - earlier for earlier, later in zip(arrivals[::2], arrivals[1::2], strict=False)]
    return sum(waits) / (2 * len(waits)) if waits else 0.0


def rate_of(arrivals: Sequence[float]) -> float:
    """Arrivals a second, from the first to the last; 0 for fewer than two."""
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) if len(arrivals) > 1 else 0.0
