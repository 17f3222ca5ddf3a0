"""What one gateway counts, minute by minute. Pure: the time comes from the caller."""

from services.contract.presence import WAIT_BUCKETS, MinuteCounts, wait_bucket

MINUTES = 60
"""How many minutes are kept, besides the running one."""


def minute_of(wall: float) -> int:
    """The number of the minute that the wall time `wall` is in."""
    return int(wall // 60)


class MinuteCounters:
    """Counts meetings and presence. `wall` is always the wall time in seconds since 1970."""

    def __init__(self) -> None:
        self._tallies: dict[int, _Tally] = {}

    def count_match(self, waited: float, repeat: bool, wall: float) -> None:
        """A visitor met somebody, after `waited` seconds."""
        tally = self._tally(wall)
        tally.sides += 1
        tally.repeats += repeat
        tally.waits[wait_bucket(waited)] += 1

    def count_presence(self, online: int, seconds: float, wall: float) -> None:
        """`online` visitors were there for the last `seconds`."""
        self._tally(wall).visitor_ms += round(online * seconds * 1000)

    def recent(self, wall: float, turn: int) -> list[MinuteCounts]:
        """The running minute and the one before; and, as `turn` counts on, each older one in its turn.

        So whoever missed some hears all of the hour again within a minute's beats.
        """
        running = minute_of(wall)
        wanted = (running, running - 1, running - 2 - turn % (MINUTES - 1))
        return [self._tallies[number].minute(number) for number in wanted if number in self._tallies]

    def _tally(self, wall: float) -> "_Tally":
        number = minute_of(wall)
        if number not in self._tallies:
            self._tallies[number] = _Tally()
            if len(self._tallies) > MINUTES + 1:
                del self._tallies[next(iter(self._tallies))]  # the first that was begun
        return self._tallies[number]


class _Tally:
    """One minute, while it is counted."""

    __slots__ = ("repeats", "sides", "visitor_ms", "waits")

    def __init__(self) -> None:
        self.sides = self.repeats = self.visitor_ms = 0
        self.waits = [0] * WAIT_BUCKETS

    def minute(self, number: int) -> MinuteCounts:
        return MinuteCounts(number, self.sides, self.visitor_ms, self.repeats, tuple(self.waits))
