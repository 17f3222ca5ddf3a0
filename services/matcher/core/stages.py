"""How widely a ticket looks: by its age, and at once where so few come that waiting would not help."""

from dataclasses import dataclass

from services.contract.limits import REMATCH_COOLDOWN

INTEREST = 0
"""Somebody who shares an interest and a language, or is nearby if that is wished."""
LANGUAGE = 1
"""Somebody who shares a language."""
ANYONE = 2
REPEATS = 3
"""Anyone, former partners included."""


@dataclass(frozen=True, slots=True)
class Stages:
    """When a ticket widens, in seconds of waiting, and how few visitors make a market thin or tiny.

    In a thin market a ticket looks for anyone at once, in a tiny one also for former partners; but two never
    meet again within `parted` seconds after they parted.
    """

    ages: tuple[float, float, float] = (2.0, 5.0, 15.0)
    thin: int = 16
    tiny: int = 4
    parted: float = REMATCH_COOLDOWN

    def stage(self, waited: float, picky: bool, crowd: int) -> int:
        """The stage after `waited` seconds where `crowd` different visitors look for somebody.

        `picky`: whether there is somebody it would rather meet than just anyone who speaks its language.
        """
        language, anyone, repeats = self.ages
        if waited >= repeats or crowd < self.tiny:
            return REPEATS
        if waited >= anyone or crowd < self.thin:
            return ANYONE
        if waited >= language or not picky:
            return LANGUAGE
        return INTEREST

    def widens_at(self, stage: int) -> float:
        """The age at which a ticket leaves `stage`; infinite for the last."""
        return self.ages[stage] if stage < REPEATS else float("inf")


class RecentVisitorCount:
    """Counts the different visitors that were seen within the last one to two windows, up to a limit."""

    __slots__ = ("_limit", "_now", "_past", "_turn", "_window", "full_until")

    def __init__(self, window: float, limit: int) -> None:
        self._window = window
        self._limit = limit
        self._now: set[int] = set()
        self._past: set[int] = set()
        self._turn = float("-inf")
        self.full_until = float("-inf")
        """Until then seeing one more changes nothing."""

    def see(self, visitor: int, now: float) -> None:
        if now >= self._turn:
            self._rotate(now)
        if len(self._now) < self._limit:
            self._now.add(visitor)
        else:
            self.full_until = self._turn

    def size(self, now: float) -> int:
        """How many were seen; never more than the limit, which stands for "many"."""
        if now >= self._turn:
            self._rotate(now)
        if len(self._now) >= self._limit:
            return self._limit
        return min(len(self._now | self._past), self._limit)

    def _rotate(self, now: float) -> None:
        soon = now < self._turn + self._window
        self._past = self._now if soon else set()
        self._now = set()
        self._turn = (self._turn if soon else now) + self._window
