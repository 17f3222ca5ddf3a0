"""Who met whom and when they parted, as the browsers saw it. Pure; times are seconds of one clock."""

from collections.abc import Iterable
from itertools import combinations

PARTED = 60.0
"""Seconds for which two who parted are not to meet again."""


class Acquaintance:
    """Of visitors who are named by numbers."""

    def __init__(self) -> None:
        self._parted: dict[tuple[int, int], float] = {}
        self.meetings = 0
        self.repeats = 0
        """Meetings of two who had parted less than a minute before."""

    def meet(self, one: int, other: int, now: float) -> None:
        self.meetings += 1
        self.repeats += self.just_parted(one, other, now)

    def part(self, one: int, other: int, now: float) -> None:
        self._parted[_pair(one, other)] = now

    def just_parted(self, one: int, other: int, now: float) -> bool:
        return now - self._parted.get(_pair(one, other), float("-inf")) < PARTED

    @property
    def pairs(self) -> int:
        """How many different pairs have met and parted."""
        return len(self._parted)

    def stranded(self, waiting: Iterable[int], now: float) -> set[int]:
        """Those who wait although somebody else waits whom they may meet."""
        free = (pair for pair in combinations(waiting, 2) if not self.just_parted(*pair, now))
        return {visitor for pair in free for visitor in pair}


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
