"""When a pool is open: weekly in its time zone, once or always, and what its calendar file says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signaling.core.opening_hours import OpeningHours, OpenPeriod, WeeklyTime
from services.signaling.core.pool_calendar import calendar_file

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_EVENING = WeeklyTime(4, 19 * 60, 23 * 60)


def at(text: str) -> float:
    """Return a time in Berlin in Unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def shown(periods: Iterator[OpenPeriod]) -> list[tuple[str, str]]:
    """Return periods in the time of Berlin."""
    return [
        (
            f"{datetime.fromtimestamp(one.begin, BERLIN):%a %H:%M}",
            f"{datetime.fromtimestamp(one.end, BERLIN):%a %H:%M}",
        )
        for one in periods
    ]


def test_without_times_it_is_always_open() -> None:
    hours = OpeningHours(BERLIN)
    assert hours.always
    assert hours.is_open(at("2026-11-29T12:00"))
    assert hours.current(0.0) is hours.following(0.0) is None


@pytest.mark.parametrize(
    ("now", "is_open", "opens"),
    [
        ("2026-11-27T18:59:59", False, "2026-11-27T19:00"),
        ("2026-11-27T19:00", True, "2026-12-04T19:00"),
        ("2026-11-27T22:59:59", True, "2026-12-04T19:00"),
        ("2026-11-27T23:00", False, "2026-12-04T19:00"),
    ],
)
def test_a_weekly_time_opens_and_closes_to_the_second(now: str, is_open: bool, opens: str) -> None:
    hours = OpeningHours(BERLIN, [FRIDAY_EVENING])
    assert hours.is_open(at(now)) is is_open
    following = hours.following(at(now))
    assert following is not None
    assert following.begin == at(opens)


def test_the_clocks_on_the_wall_count_when_they_are_changed() -> None:
    """In Berlin it is winter time from 25 October 2026 at 3:00."""
    hours = OpeningHours(BERLIN, [FRIDAY_EVENING])
    before, after = hours.periods(at("2026-10-20T00:00"), 14)
    assert (before.begin, after.begin) == (at("2026-10-23T19:00"), at("2026-10-30T19:00"))
    assert after.begin - before.begin == timedelta(days=7, hours=1).total_seconds()


def test_a_time_past_midnight_is_open_on_the_next_day_and_joins_what_follows() -> None:
    saturday = WeeklyTime(5, 2 * 60, 4 * 60)
    hours = OpeningHours(BERLIN, [WeeklyTime(4, 22 * 60, 26 * 60), saturday])
    assert hours.is_open(at("2026-11-28T01:00"))
    assert shown(hours.periods(at("2026-11-28T01:00"), 1)) == [("Fri 22:00", "Sat 04:00")]


@pytest.mark.parametrize(("begin", "end"), [(0, 1440), (600, 2040), (0, 1441)])
def test_hours_that_leave_no_gap_in_the_week_never_close(begin: int, end: int) -> None:
    times = [WeeklyTime(weekday, begin, end) for weekday in range(7)]
    hours = OpeningHours(BERLIN, times)
    now = at("2026-11-28T01:00")
    assert hours.always
    assert hours.is_open(now)
    assert hours.current(now) is hours.following(now) is None
    gap = OpeningHours(BERLIN, [*times[:3], WeeklyTime(3, begin, 1439), *times[4:]])
    assert not gap.always
    assert gap.current(now) is not None


def test_an_event_opens_once() -> None:
    event = OpenPeriod(at("2026-12-24T18:00"), at("2026-12-24T23:00"))
    hours = OpeningHours(BERLIN, once=event)
    assert hours.following(at("2026-01-01T00:00")) == event
    assert hours.current(at("2026-12-24T20:00")) == event
    assert not hours.is_open(event.end)
    assert hours.following(event.end) is None


@given(
    times=st.lists(
        st.builds(WeeklyTime, st.integers(0, 6), st.integers(0, 1439), st.integers(1440, 2879)), max_size=5
    ),
    now=st.integers(1_700_000_000, 1_900_000_000),
)
def test_periods_are_in_order_apart_and_agree_with_each_minute(times: list[WeeklyTime], now: int) -> None:
    hours = OpeningHours(UTC, times)
    periods = list(hours.periods(now, 8))
    assert all(one.end < other.begin for one, other in pairwise(periods))
    moment = datetime.fromtimestamp(now, UTC)
    minute = moment.weekday() * 1440 + moment.hour * 60 + moment.minute
    week = 7 * 1440
    expected = any((minute - one.weekday * 1440 - one.begin) % week < one.end - one.begin for one in times)
    assert hours.is_open(now) is (expected or not times)


def test_the_calendar_file_has_an_event_for_each_opening_of_four_weeks() -> None:
    hours = OpeningHours(BERLIN, [FRIDAY_EVENING])
    title = "Berlin, evening; with é" + 80 * "x"
    file = calendar_file(hours, "berlin", title, "https://meet.example/p/berlin", at("2026-11-28T00:00"))
    lines = file.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert [line for line in lines if line.startswith("DTSTART")] == [
        "DTSTART:20261204T180000Z",
        "DTSTART:20261211T180000Z",
        "DTSTART:20261218T180000Z",
        "DTSTART:20261225T180000Z",
    ]
    assert max(len(line.encode()) for line in lines) <= 75
    assert f"SUMMARY:{title.replace(',', chr(92) + ',').replace(';', chr(92) + ';')}" in file.replace(
        "\r\n ", ""
    )
    assert file.count("UID:berlin-20261204T180000Z@meet.example") == 1
