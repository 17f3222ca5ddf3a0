"""Tests that jobs run when they are due, and that a failure is counted and tried again."""

from datetime import UTC, datetime, timedelta

from services.backups.shell.errors import BackupBusy, BackupError
from services.backups.shell.metrics import FAILURES
from services.backups.shell.scheduler import Job, Scheduler


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Work:
    """Fails with the errors that it is given, and then does its work."""

    def __init__(self, *errors: BackupError) -> None:
        self.errors = list(errors)
        self.tries = 0
        self.done = False

    async def __call__(self) -> None:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        self.done = True

    def is_due(self, _: datetime) -> bool:
        return not self.done


def failures() -> float:
    return float(FAILURES.labels("copy")._value.get())


async def test_a_job_that_failed_is_counted_and_waits_a_quarter_of_an_hour() -> None:
    clock, work, before = Clock(), Work(BackupError("no"), BackupError("no")), failures()
    scheduler = Scheduler((), clock)
    job = Job("copy", work.is_due, work)
    for minutes, tries in ((0, 1), (14, 1), (1, 2), (14, 2), (1, 3), (60, 3)):
        clock.now += timedelta(minutes=minutes)
        await scheduler.run_if_due(job)
        assert work.tries == tries
    assert (work.done, failures() - before) == (True, 2)


async def test_a_job_that_somebody_does_by_hand_is_no_failure() -> None:
    clock, work, before = Clock(), Work(BackupBusy("by hand")), failures()
    scheduler = Scheduler((), clock)
    job = Job("copy", work.is_due, work)
    await scheduler.run_if_due(job)
    await scheduler.run_if_due(job)
    assert (work.done, failures() - before) == (True, 0)
