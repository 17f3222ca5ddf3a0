"""Decides which backups stay: all of the last day, and the newest of each of some days, weeks and months."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_Period = Callable[[datetime], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class KeepRule:
    """How many days, weeks and months with a backup keep their newest one."""

    daily: int
    weekly: int
    monthly: int

    def kept(self, times: Iterable[datetime]) -> set[datetime]:
        """Return the times of the backups that stay, always with the newest of all.

        What somebody made by hand before a change stays for a day, too.
        """
        newest_first = sorted(times, reverse=True)
        periods: tuple[tuple[int, _Period], ...] = (
            (self.daily, lambda at: (at.year, at.month, at.day)),
            (self.weekly, lambda at: at.isocalendar()[:2]),
            (self.monthly, lambda at: (at.year, at.month)),
        )
        staying = {at for count, period in periods for at in _newest_of_each(newest_first, period)[:count]}
        return staying | {at for at in newest_first if at > newest_first[0] - timedelta(days=1)}


def _newest_of_each(newest_first: list[datetime], period: _Period) -> list[datetime]:
    newest: dict[tuple[int, ...], datetime] = {}
    for at in newest_first:
        newest.setdefault(period(at), at)
    return list(newest.values())
