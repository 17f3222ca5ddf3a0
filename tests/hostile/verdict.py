"""Decides whether a hostile peer is felt, by 99th percentiles with and without it from the same run."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..timing import scaled

BAR = 1.5
"""How many times longer the 99th percentile may be with a crowd of hostile peers."""

FLOOD_BAR = 1.2
"""How many times longer it may be with one of them."""

FLOOR = 0.015
"""A 99th percentile of up to this many seconds is never too long.

It is some 4 ms without a load. A hostile process needs a core, too, so the scheduler may add several ms.
"""


def p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100]


@dataclass(frozen=True)
class Round:
    """Seconds of the exchanges without and with a hostile peer."""

    calm: Sequence[float]
    hostile: Sequence[float]

    @property
    def ratio(self) -> float:
        return p99(self.hostile) / p99(self.calm)

    def __str__(self) -> str:
        calm, hostile = (f"{p99(took) * 1000:.1f} ms of {len(took)}" for took in (self.calm, self.hostile))
        return f"p99 calm {calm}, hostile {hostile}: {self.ratio:.2f}"


def check_unfelt(rounds: Sequence[Round], bar: float = BAR) -> None:
    """Check that the median of the rounds' ratios is within the limit, or that all delays were short."""
    told = "\n".join(map(str, rounds))
    if os.environ.get("ZUFALL_HOSTILE_FIGURES"):
        print(told)  # noqa: T201 -- whoever asks for figures wants to see them
    assert unfelt(rounds, bar), told


def unfelt(rounds: Sequence[Round], bar: float = BAR) -> bool:
    felt = median(p99(each.hostile) for each in rounds)
    return median(each.ratio for each in rounds) <= bar or felt <= scaled(FLOOR)
