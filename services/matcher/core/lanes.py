"""Advises the number of lanes of a pool by the number of its new tickets."""

from collections import deque
from collections.abc import Mapping
from math import ceil, inf

from .tickets import POOLS, Pool

WINDOW = 1.0
"""Seconds over which new tickets are counted."""

_CALM_WINDOWS = 10
"""Windows without need after which lanes are given up, so that a swinging rate moves no tickets."""

_MAX_LANES = 64
"""Lanes of one pool. A gateway that claims more is not believed."""


class LaneAdvisor:
    """Counts the new tickets of each pool and advises one lane for each `lane_rate` tickets a second."""

    def __init__(self, lane_rate: float) -> None:
        self._lane_rate = lane_rate
        self._counts = dict.fromkeys(POOLS.values(), 0)
        self._needs = {pool: deque[int](maxlen=_CALM_WINDOWS) for pool in POOLS.values()}
        self._calm: set[Pool] = set()
        """The rooms that had lanes and need them no longer. That is told once."""
        self._since = -inf

    def count(self, pool: Pool, lanes: int) -> None:
        """Count a new ticket that went to one of `lanes`. It stands for that many in the whole pool."""
        self._counts[pool] = self._counts.get(pool, 0) + min(lanes, _MAX_LANES)

    def advice(self, now: float) -> Mapping[Pool, int]:
        """Return the number of lanes for each pool. Call this about once a window.

        It is empty before the first whole window: a replica that has just started may own the busiest pools
        and must not call them quiet. A room is in it only while it has, or had until now, more than one lane.
        """
        elapsed = now - self._since
        if elapsed == inf:
            self._counts = dict.fromkeys(POOLS.values(), 0)
            self._since = now
        elif elapsed >= WINDOW:
            windows = int(min(elapsed / WINDOW, _CALM_WINDOWS))
            for pool in self._counts.keys() | self._needs.keys():
                need = ceil(self._counts.get(pool, 0) / elapsed / self._lane_rate)
                self._note_need(pool, [need] * windows)
            self._counts = dict.fromkeys(POOLS.values(), 0)
            self._since = now
        advice = {pool: min(max(1, *needs), _MAX_LANES) for pool, needs in self._needs.items() if needs}
        advice.update(dict.fromkeys(self._calm, 1))
        self._calm.clear()
        return advice

    def _note_need(self, pool: Pool, needs: list[int]) -> None:
        """Note what a pool needed in the last windows. A room that needs no second lane is forgotten."""
        noted = self._needs.get(pool) or deque[int](maxlen=_CALM_WINDOWS)
        noted.extend(needs)
        if not pool.room or max(noted) > 1:
            self._needs[pool] = noted
        elif self._needs.pop(pool, None):
            self._calm.add(pool)

    @property
    def is_spreading(self) -> bool:
        """Tell whether some pool has, or had until lately, more than one lane."""
        return any(max(needs, default=1) > 1 for needs in self._needs.values())
