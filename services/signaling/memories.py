"""What outlives a visitor's socket for a minute: whom they met and blocked, and how often they searched."""

from msgspec import Struct

from services.contract.ids import VisitorId
from services.contract.limits import PARTED

from .acquaintances import Acquaintances
from .allowance import Allowance, Rate

KEPT = PARTED
"""Seconds: nobody met before the socket went is barred for longer."""

MOST_KEPT = 10_000
"""Visitors. Beyond it the first who left is the first to be forgotten."""


class Memory(Struct, frozen=True):
    """Of one visitor; handed from one session to the next."""

    acquaintances: Acquaintances
    allowance: Allowance


class Memories:
    """Of the visitors who left one gateway. Times are monotonic seconds."""

    def __init__(self, searches: Rate) -> None:
        self._searches = searches
        self._kept: dict[VisitorId, tuple[float, Memory]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, visitor: VisitorId) -> Memory:
        """What is remembered of the visitor who comes; a blank memory for a stranger."""
        _, memory = self._kept.pop(visitor, (0.0, None))
        return memory or Memory(Acquaintances(), Allowance(self._searches))

    def keep(self, visitor: VisitorId, memory: Memory, now: float) -> None:
        """The visitor, who took it when they came, left."""
        self._kept[visitor] = (now, memory)
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def forget(self, now: float) -> None:
        """Those who left too long ago. Cheap: call it often."""
        while self._kept:
            visitor, (left, _) = next(iter(self._kept.items()))
            if now - left < KEPT:
                break
            del self._kept[visitor]
