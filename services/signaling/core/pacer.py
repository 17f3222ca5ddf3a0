"""How often somebody may do something: a few times at once, and then in turn."""

from services.contract.rate_limit import ROUNDING, Rate


class Pacer:
    """Belongs to one visitor, who waits instead of being refused. Times are monotonic seconds."""

    __slots__ = ("_full", "_rate", "_turn")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = 0.0  # when nothing of the allowance will be in use any more
        self._turn = 0.0

    @property
    def idle_at(self) -> float:
        """When nothing of the allowance is in use any more."""
        return self._full

    def next_slot(self, now: float) -> float:
        """When the next search may go out: `now`, or later. Whoever asks again before, keeps their turn."""
        if self._turn <= now:
            interval = 1 / self._rate.per_second
            self._full = max(self._full, now)
            turn = self._full - (self._rate.burst - 1) * interval
            self._turn = turn if turn > now + ROUNDING else now
            self._full += interval
        return self._turn
