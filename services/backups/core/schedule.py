"""Decides when a backup and a drill are due. All times are in UTC."""

from datetime import datetime, timedelta


def backup_is_due(last: datetime | None, hour: int, now: datetime) -> bool:
    """Tell whether the hour of the day has come since the last backup; it has if there is none."""
    return last is None or _next(last, hour) <= now


def drill_is_due(last: datetime | None, days: float, now: datetime) -> bool:
    """Tell whether the last drill is that many days ago; with 0 days none is ever due."""
    return days > 0 and (last is None or last + timedelta(days=days) <= now)


def _next(after: datetime, hour: int) -> datetime:
    on_that_day = after.replace(hour=hour, minute=0, second=0, microsecond=0)
    return on_that_day if on_that_day > after else on_that_day + timedelta(days=1)
