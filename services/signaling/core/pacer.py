"""A pacer gives everybody a slot: some at once, the others in turn, and it refuses nobody."""

from services.contract.ids import VisitorId
from services.contract.rate_limit import Rate, gcra


class Pacer:
    """The slots of one visitor. Times are monotonic seconds."""

    __slots__ = ("_rate", "_slot", "_tat")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._slot = 0.0
        self._tat = 0.0

    @property
    def idle_at(self) -> float:
        """The time when nothing of the burst is in use any more."""
        return self._tat

    def next_slot(self, now: float) -> float:
        """Return when the next action may happen: `now` or later. Asking again before it changes nothing."""
        if self._slot <= now:
            wait, _ = gcra(self._tat, self._rate, now)
            self._slot = now + wait
            _, self._tat = gcra(self._tat, self._rate, self._slot)
        return self._slot


class BusyPacers:
    """The pacers of visitors who left, until they are idle. A visitor who comes back gets the same one."""

    def __init__(self) -> None:
        self._pacers: dict[VisitorId, Pacer] = {}

    def __len__(self) -> int:
        return len(self._pacers)

    def keep(self, visitor: VisitorId, pacer: Pacer, now: float) -> None:
        """Keep the pacer of a visitor who leaves now, if it is not idle."""
        if pacer.idle_at > now:
            self._pacers[visitor] = pacer

    def take(self, visitor: VisitorId) -> Pacer | None:
        return self._pacers.pop(visitor, None)

    def expire(self, now: float) -> None:
        """Drop the oldest ones that are idle. It is cheap, so call it often."""
        while self._pacers:
            visitor, pacer = next(iter(self._pacers.items()))
            if pacer.idle_at > now:
                return
            del self._pacers[visitor]
