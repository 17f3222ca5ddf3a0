"""The meetings and partings that the browsers saw. Times are seconds of one clock."""

from collections.abc import Iterable
from itertools import combinations
from math import inf

PARTED = 60.0
"""Seconds after a parting for which the two must not meet again."""


class MeetingHistory:
    """The meetings of visitors, who are named by numbers."""

    def __init__(self) -> None:
        self._parted: dict[tuple[int, int], float] = {}
        self.meetings = 0
        self.repeats = 0
        """Meetings of two visitors who had parted less than a minute before."""

    def meet(self, one: int, other: int, now: float) -> None:
        self.meetings += 1
        self.repeats += self.just_parted(one, other, now)

    def part(self, one: int, other: int, now: float) -> None:
        self._parted[_pair(one, other)] = now

    def just_parted(self, one: int, other: int, now: float, within: float = PARTED) -> bool:
        return now - self._parted.get(_pair(one, other), -inf) < within

    @property
    def pairs(self) -> int:
        """The number of different pairs that have met and parted."""
        return len(self._parted)

    def stranded(self, waiting: Iterable[int], now: float, apart: float = PARTED) -> set[int]:
        """Return those who wait beside somebody from whom they did not part within `apart` seconds."""
        free = (pair for pair in combinations(waiting, 2) if not self.just_parted(*pair, now, apart))
        return {visitor for pair in free for visitor in pair}


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
