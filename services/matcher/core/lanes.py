"""Over how many lanes a pool should be spread, from how many new tickets it has. Pure."""

from collections import deque
from collections.abc import Mapping
from math import ceil, inf

from .tickets import POOLS, Pool

WINDOW = 1.0
"""Seconds over which new tickets are counted."""

_CALM = 10
"""Windows without need after which lanes are given up: a rate that swings does not move the crowd."""

_MOST = 64
"""Lanes of one pool; what a gateway claims beyond it is not believed."""


class LaneAdvisor:
    """Counts the new tickets of each pool and advises a lane for each `lane_rate` of them a second."""

    def __init__(self, lane_rate: float) -> None:
        self._lane_rate = lane_rate
        self._counts = dict.fromkeys(POOLS.values(), 0)
        self._needs = {pool: deque[int](maxlen=_CALM) for pool in POOLS.values()}
        self._since = -inf

    def count(self, pool: Pool, lanes: int) -> None:
        """A new ticket that was sent into one of `lanes`: it stands for as many in the whole pool."""
        self._counts[pool] += min(lanes, _MOST)

    def advice(self, now: float) -> Mapping[Pool, int]:
        """Over how many lanes to spread each pool; empty before a whole window. Call it about once a window.

        A replica that has just come may own the busiest pools: it must not call them quiet.
        """
        elapsed = now - self._since
        if elapsed == inf:
            self._counts = dict.fromkeys(self._counts, 0)
            self._since = now
        elif elapsed >= WINDOW:
            windows = int(min(elapsed / WINDOW, _CALM))
            for pool, count in self._counts.items():
                self._needs[pool].extend([ceil(count / elapsed / self._lane_rate)] * windows)
                self._counts[pool] = 0
            self._since = now
        return {pool: min(max(1, *needs), _MOST) for pool, needs in self._needs.items() if needs}

    @property
    def spreads(self) -> bool:
        """Whether some pool has, or had until lately, more than one lane."""
        return any(max(needs, default=1) > 1 for needs in self._needs.values())
