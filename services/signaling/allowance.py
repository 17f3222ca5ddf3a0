"""A few times at once, and then in turn: of who waits instead of being refused."""

from services.runtime.rates import ROUNDING, Rate


class Allowance:
    """Of who waits for their turn, such as a visitor's searches. Times are monotonic seconds."""

    __slots__ = ("_full", "_rate", "_turn")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = 0.0  # when nothing of the allowance will be in use any more
        self._turn = 0.0

    def turn(self, now: float) -> float:
        """When the next search may go out: `now`, or later. Whoever asks again before, keeps their turn."""
        if self._turn <= now:
            interval = 1 / self._rate.per_second
            self._full = max(self._full, now)
            turn = self._full - (self._rate.burst - 1) * interval
            self._turn = turn if turn > now + ROUNDING else now
            self._full += interval
        return self._turn
