"""Decides how widely a ticket searches: by its age, and at once if too few search for waiting to help."""

from dataclasses import dataclass

from services.contract.limits import REMATCH_COOLDOWN

INTEREST = 0
"""A partner who shares an interest and a language, or who is nearby if the wish says so."""
LANGUAGE = 1
"""A partner who shares a language."""
ANYONE = 2
REPEATS = 3
"""Anyone, former partners included."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Says after how many seconds a ticket widens, and how few visitors make a pool thin or tiny.

    In a thin pool a ticket searches for anyone at once. In a tiny pool it accepts former partners, too. Two
    visitors never meet again within `parted` seconds after they parted.
    """

    ages: tuple[float, float, float] = (2.0, 5.0, 15.0)
    thin: int = 16
    tiny: int = 4
    rematch_cooldown: float = REMATCH_COOLDOWN

    def stage(self, waited: float, has_preference: bool, visitors: int) -> int:
        """Return the stage after `waited` seconds in a pool where this many different visitors search.

        `has_preference` tells whether the ticket prefers somebody to any other who speaks its language.
        """
        language, anyone, repeats = self.ages
        if waited >= repeats or visitors < self.tiny:
            return REPEATS
        if waited >= anyone or visitors < self.thin:
            return ANYONE
        if waited >= language or not has_preference:
            return LANGUAGE
        return INTEREST

    def widens_at(self, stage: int) -> float:
        """Return the age at which a ticket leaves `stage`. It is infinite for the last stage."""
        return self.ages[stage] if stage < REPEATS else float("inf")


class RecentVisitorCount:
    """Counts the different visitors of the last one to two windows (in seconds), up to a limit."""

    __slots__ = ("_current", "_limit", "_previous", "_turn", "_window", "saturated_until")

    def __init__(self, window: float, limit: int) -> None:
        self._window = window
        self._limit = limit
        self._current: set[int] = set()
        self._previous: set[int] = set()
        self._turn = float("-inf")
        self.saturated_until = float("-inf")
        """The end of the time in which the limit is reached and another visitor changes nothing."""

    def record(self, visitor: int, now: float) -> None:
        if now >= self._turn:
            self._rotate(now)
        if len(self._current) < self._limit:
            self._current.add(visitor)
        else:
            self.saturated_until = self._turn

    def count(self, now: float) -> int:
        """Return the number of visitors. The limit stands for this many or more."""
        if now >= self._turn:
            self._rotate(now)
        if len(self._current) >= self._limit:
            return self._limit
        return min(len(self._current | self._previous), self._limit)

    def _rotate(self, now: float) -> None:
        within_window = now < self._turn + self._window
        self._previous = self._current if within_window else set()
        self._current = set()
        self._turn = (self._turn if within_window else now) + self._window
