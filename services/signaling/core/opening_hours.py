"""When a named pool is open. Pure: the caller gives the time, in Unix seconds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

_DAYS_SEEN = 8
"""Days in which each weekly time begins at least once, whatever the weekday of the first."""

_DAY = 24 * 60
_WEEK = 7 * _DAY
"""Minutes of a day and of a week."""

CALENDAR_DAYS = 28
"""Days for which a calendar file tells when a pool opens."""


class OpenPeriod(Struct, frozen=True, order=True):
    """A pool is open from `begin` to `end`, which is not included."""

    begin: float
    end: float


class WeeklyTime(Struct, frozen=True):
    """A time on a weekday (0 is Monday), in minutes of that day. `end` may lie in the next day."""

    weekday: int
    begin: int
    end: int


class OpeningHours(Struct, frozen=True):
    """The hours of a pool: each week in the time of `zone`, once, or always if neither is given."""

    zone: tzinfo
    weekly: Sequence[WeeklyTime] = ()
    once: OpenPeriod | None = None

    @property
    def always(self) -> bool:
        """Whether it never closes, because no hours are given or those of a week leave no gap."""
        if self.once is not None or not self.weekly:
            return self.once is None
        days = [(_DAY * time.weekday, time) for time in self.weekly]
        times = sorted((midnight + time.begin, midnight + time.end) for midnight, time in days)
        covered = max(end for _, end in times) - _WEEK
        for begin, end in times:
            if begin > covered:
                return False
            covered = max(covered, end)
        return True

    def is_open(self, now: float) -> bool:
        return self.always or self.current(now) is not None

    def current(self, now: float) -> OpenPeriod | None:
        """Return the period in which the pool is open now. It is None if it is closed, or always open."""
        return next((each for each in self.periods(now, _DAYS_SEEN) if each.begin <= now), None)

    def following(self, now: float) -> OpenPeriod | None:
        """Return the next period that begins later, if there is one."""
        return next((each for each in self.periods(now, _DAYS_SEEN) if each.begin > now), None)

    def periods(self, now: float, days: int) -> Iterator[OpenPeriod]:
        """Yield the periods that end later than `now` and begin within some `days`, in order.

        Those that touch or overlap are one. A period that comes once may begin later. A pool that is always
        open has none.
        """
        if self.always:
            return
        merged: OpenPeriod | None = None
        for period in sorted(self._single_periods(now, days)):
            if period.end <= max(now, period.begin):  # or clocks are set forward, and it has no time at all
                continue
            if merged is not None and period.begin <= merged.end:
                merged = OpenPeriod(merged.begin, max(merged.end, period.end))
                continue
            if merged is not None:
                yield merged
            merged = period
        if merged is not None:
            yield merged

    def _single_periods(self, now: float, days: int) -> Iterator[OpenPeriod]:
        if self.once is not None:
            yield self.once
        today = datetime.fromtimestamp(now, self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for offset in range(-2, days + 1):  # one that began the day before yesterday may reach into today
            day = today.replace(tzinfo=None) + timedelta(days=offset)
            for time in self.weekly:
                if time.weekday == day.weekday():
                    yield OpenPeriod(self._moment(day, time.begin), self._moment(day, time.end))

    def _moment(self, day: datetime, minutes: int) -> float:
        """Return the time when the clocks on the wall show this, whatever they were set to meanwhile."""
        return (day + timedelta(minutes=minutes)).replace(tzinfo=self.zone).timestamp()
