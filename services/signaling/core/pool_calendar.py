"""The opening hours of a pool as a calendar file (RFC 5545). Pure.

Each opening of the next weeks is an event of its own, in UTC. So no calendar needs to know a time zone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from .opening_hours import CALENDAR_DAYS, OpeningHours

_LONGEST_LINE = 75
"""Octets of a line, after which it is folded (RFC 5545, 3.1)."""


def calendar_file(hours: OpeningHours, name: str, title: str, url: str, now: float) -> str:
    """Return the openings of the next weeks. `url` is the page of the pool, and `now` is in Unix seconds."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zufall//Pools//EN"]
    for period in hours.periods(now, CALENDAR_DAYS):
        begin, end = _utc(period.begin), _utc(period.end)
        host = url.partition("://")[2].partition("/")[0]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{name}-{begin}@{host}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{begin}",
            f"DTEND:{end}",
            f"SUMMARY:{_escaped(title)}",
            f"URL:{url}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """Yield the parts of a long line. Each but the first begins with a blank, and no character is cut."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _LONGEST_LINE:
            yield part
            part = " "
        part += character
    yield part
