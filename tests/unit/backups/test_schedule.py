"""Tests when backups and drills are due."""

from datetime import UTC, datetime, timedelta

import pytest

from services.backups.core.schedule import backup_is_due, drill_is_due


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("01T03:00:01", "01T23:00", False),
        ("01T03:00:01", "02T02:59:59", False),
        ("01T03:00:01", "02T03:00", True),
        ("01T14:00", "02T03:00", True),  # one by hand does not move the night
        ("01T02:59", "01T03:00", True),
        ("01T03:00:01", "09T12:00", True),  # it was down
    ],
)
def test_a_backup_is_due_when_its_hour_has_come_since_the_last_one(last: str, now: str, due: bool) -> None:
    assert backup_is_due(at(last), 3, at(now)) == due


def test_the_first_backup_is_due_at_once() -> None:
    assert backup_is_due(None, 3, at("01T12:00"))


def test_a_drill_is_due_after_days() -> None:
    assert drill_is_due(None, 7, at("01T12:00"))
    assert not drill_is_due(at("01T12:00"), 7, at("08T11:59"))
    assert drill_is_due(at("01T12:00"), 7, at("08T12:00"))
    assert not drill_is_due(None, 0, at("01T12:00") + timedelta(days=900))
