"""Whether a hostile peer is felt: 99th percentiles with it and without it, from the same run."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..timing import scaled

BAR = 1.5
"""How much longer the slowest hundredth may take, with a hostile peer."""

FLOOR = 0.015
"""Seconds that are never too long. Calm, the slowest hundredth takes some 4 ms. A hostile process needs a
core, too, and a turn of the scheduler makes half as much again of that, whatever the gateway does."""


def p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100]


@dataclass(frozen=True)
class Round:
    """Seconds of exchanges without a hostile peer and with it."""

    calm: Sequence[float]
    hostile: Sequence[float]

    @property
    def ratio(self) -> float:
        return p99(self.hostile) / p99(self.calm)

    def __str__(self) -> str:
        calm, hostile = (f"{p99(took) * 1000:.1f} ms of {len(took)}" for took in (self.calm, self.hostile))
        return f"p99 calm {calm}, hostile {hostile}: {self.ratio:.2f}"


def check_unfelt(rounds: Sequence[Round]) -> None:
    """The median of the rounds' ratios is within the bar, or what was felt too short to say anything."""
    told = "\n".join(map(str, rounds))
    if os.environ.get("ZUFALL_HOSTILE_FIGURES"):
        print(told)  # noqa: T201 -- whoever asks for figures wants to see them
    assert unfelt(rounds), told


def unfelt(rounds: Sequence[Round]) -> bool:
    felt = median(p99(each.hostile) for each in rounds)
    return median(each.ratio for each in rounds) <= BAR or felt <= scaled(FLOOR)
