"""The counts of one gateway, minute by minute. Pure: the caller gives the time."""

from services.contract.presence import WAIT_BUCKETS, MinuteCounts, wait_bucket

MINUTES = 60
"""The number of minutes that are kept beside the present one."""


def minute_of(wall: float) -> int:
    """Return the number of the minute, since 1970, of `wall` (Unix seconds)."""
    return int(wall // 60)


class MinuteCounters:
    """Counts matches and visitors online. `wall` is always in Unix seconds."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Bucket] = {}

    def count_match(self, waited: float, repeat: bool, wall: float) -> None:
        """Count a visitor who was matched after `waited` seconds."""
        bucket = self._bucket(wall)
        bucket.sides += 1
        bucket.repeats += repeat
        bucket.waits[wait_bucket(waited)] += 1

    def count_presence(self, online: int, seconds: float, wall: float) -> None:
        """Count `online` visitors who were here for the last `seconds`."""
        self._bucket(wall).visitor_ms += round(online * seconds * 1000)

    def recent(self, wall: float, turn: int) -> list[MinuteCounts]:
        """Return the present minute, the one before, and an older one that changes with `turn`.

        So a gateway that missed some gets the whole hour again within a minute of heartbeats.
        """
        running = minute_of(wall)
        wanted = (running, running - 1, running - 2 - turn % (MINUTES - 1))
        return [self._minutes[number].minute(number) for number in wanted if number in self._minutes]

    def _bucket(self, wall: float) -> "_Bucket":
        number = minute_of(wall)
        if number not in self._minutes:
            self._minutes[number] = _Bucket()
            if len(self._minutes) > MINUTES + 1:
                del self._minutes[next(iter(self._minutes))]  # the oldest minute
        return self._minutes[number]


class _Bucket:
    """The counts of one minute."""

    __slots__ = ("repeats", "sides", "visitor_ms", "waits")

    def __init__(self) -> None:
        self.sides = self.repeats = self.visitor_ms = 0
        self.waits = [0] * WAIT_BUCKETS

    def minute(self, number: int) -> MinuteCounts:
        return MinuteCounts(number, self.sides, self.visitor_ms, self.repeats, tuple(self.waits))
