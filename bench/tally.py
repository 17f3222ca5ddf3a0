"""Counts and latencies that one crowd saw in one measured stretch."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts since the last reset; latencies are in seconds, from stamps of one clock in one process."""

    frames: int = 0
    started: int = 0
    completed: int = 0
    ended: int = 0
    missed_presses: int = 0
    """Presses of the open loop that found nobody in a finished match."""
    faults: list[str] = field(default_factory=list)
    match_latency: "array[float]" = field(default_factory=lambda: array("d"))
    relay_latency: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def sessions(self) -> int:
        """Sessions whose every frame arrived, from the press that began them to the one that ended them."""
        return min(self.completed, self.ended)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of `values` do not exceed, by nearest rank, 0 for no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
