"""Tests which backups stay."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.backups.core.keep_rule import KeepRule

NIGHT = datetime(2026, 12, 1, 3, tzinfo=UTC)
RULE = KeepRule(daily=7, weekly=4, monthly=6)


def nights(count: int) -> list[datetime]:
    return [NIGHT - timedelta(days=ago) for ago in range(count)]


def test_of_a_year_of_nights_the_newest_of_days_weeks_and_months_stay() -> None:
    kept = sorted(f"{at:%m-%d}" for at in RULE.kept(nights(365)))
    days = ["11-25", "11-26", "11-27", "11-28", "11-29", "11-30", "12-01"]
    sundays = ["11-15", "11-22"]  # the other two weeks end with a day that stays anyway
    ends_of_months = ["07-31", "08-31", "09-30", "10-31"]
    assert kept == sorted([*days, *sundays, *ends_of_months])


def test_a_backup_by_hand_replaces_no_other_of_the_same_day() -> None:
    by_hand = NIGHT + timedelta(hours=9)
    assert RULE.kept([NIGHT, by_hand]) == {NIGHT, by_hand}
    tomorrow = NIGHT + timedelta(days=1)
    assert NIGHT not in RULE.kept([NIGHT, by_hand, tomorrow]), "but only for a day"


def test_days_without_a_backup_do_not_count() -> None:
    """Or a service that was down for a month would lose all that it has."""
    old = [NIGHT - timedelta(days=100 + ago) for ago in range(3)]
    assert set(old) <= RULE.kept([NIGHT, *old])


def test_a_rule_that_keeps_nothing_keeps_the_last_day() -> None:
    assert KeepRule(0, 0, 0).kept(nights(5)) == {NIGHT}
    assert KeepRule(0, 0, 0).kept([]) == set()


@given(
    st.lists(st.integers(0, 400 * 24), unique=True), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)
)
def test_what_was_removed_once_changes_nothing_later(
    hours: list[int], daily: int, weekly: int, monthly: int
) -> None:
    rule = KeepRule(daily, weekly, monthly)
    kept = rule.kept(NIGHT - timedelta(hours=ago) for ago in hours)
    assert rule.kept(kept) == kept
    assert len(hours) == 0 or NIGHT - timedelta(hours=min(hours)) in kept
