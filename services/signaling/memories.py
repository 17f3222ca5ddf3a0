"""What outlives a visitor's socket for a minute: whom they met and blocked, and how often they searched."""

from msgspec import Struct

from services.contract.ids import VisitorId
from services.contract.limits import GRACE, PARTED
from services.runtime.rates import Rate

from .allowance import Allowance
from .search.acquaintances import Acquaintances
from .search.wishes import Wish

KEPT = PARTED
"""Seconds: nobody met before the socket went is barred for longer."""

MOST_KEPT = 10_000
"""Visitors. Beyond it the first who left is the first to be forgotten."""


class Interrupted(Struct, frozen=True):
    """A search whose visitor lost their socket; `find` states the wish. Times are monotonic seconds."""

    find: bytes
    wish: Wish
    since: float
    lost_at: float


class Memory(Struct):
    """Of one visitor; handed from one session to the next."""

    acquaintances: Acquaintances
    allowance: Allowance
    interrupted: Interrupted | None = None

    def interrupt(self, find: bytes, wish: Wish, since: float, now: float) -> None:
        """The socket is gone while its visitor looks for somebody."""
        self.interrupted = Interrupted(find, wish, since, now)

    def resumed(self, wish: Wish, now: float) -> float:
        """Since when the visitor looks for this: longer than now, if it is what was interrupted."""
        search, self.interrupted = self.interrupted, None
        goes_on = search is not None and search.wish == wish and now - search.lost_at < GRACE
        return search.since if search and goes_on else now


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

    def kept(self, visitor: VisitorId) -> Memory | None:
        """What is remembered of a visitor who left and has come to another gateway."""
        return self._kept.get(visitor, (0.0, None))[1]

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
