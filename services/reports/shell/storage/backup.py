"""Copies an SQLite database while the service writes to it, and restores it while the service is stopped."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.runtime.progress import CommandProgress

from .write_faults import DAMAGED, NO_DATABASE, write_fault

COUNTED_TABLES = ("reports", "evidence", "cases", "decisions", "appeals")
_STEP = 4096
"""Pages of 4 KiB that are copied at once, between which progress is shown."""

_BUSY = 2.0
"""Seconds after which the database counts as in use by another process."""

_ADVICE = ": move it away, with its -wal and -shm if there are any, and restore again"
"""What to do with a broken database, whose rows nobody can count."""


class BackupFailed(Exception):
    """Says in one sentence why a backup or a restore failed."""


@dataclass(frozen=True, slots=True)
class RestoredFile:
    """The rows that a restore brought back, by table, and the file that keeps what was there before."""

    counts: dict[str, int]
    before: Path | None


def back_up(database: Path, file: Path) -> dict[str, int]:
    """Write a consistent copy to `file`, which must not exist; returns the number of rows by table.

    The copy gets its name only when it is complete and on the disk. Raises `BackupFailed`.
    """
    with _backup_errors(database), closing(_open(database, "ro")) as source:
        return _copy(source, file)


def _copy(source: sqlite3.Connection, file: Path) -> dict[str, int]:
    """Copy a database to a new file of ours alone; returns the number of rows by table."""
    if file.exists():
        raise BackupFailed(f"{file} exists already: choose another name")
    part = file.with_name(file.name + ".part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(_open(part, "rw")) as copy:
            _copy_pages(source, copy, f"copying to {file.name}")
            copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
            counted = _count_rows(copy)
        _publish(part, file)
    finally:
        part.unlink(missing_ok=True)
    return counted


def _copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, what: str) -> None:
    """Copy a database in steps, as it is now: what is written meanwhile is left out."""
    progress = CommandProgress(what)
    source.execute("BEGIN")
    source.execute("SELECT 1 FROM sqlite_master").fetchone()  # from here on it does not change
    source.backup(
        target,
        pages=_STEP,
        progress=lambda _, remaining, total: progress(1 - remaining / max(total, 1)),
        sleep=0,
    )
    source.execute("ROLLBACK")
    progress.clear()


def restore(file: Path, database: Path, now: datetime, *, replace: bool) -> RestoredFile:
    """Replace all of `database` by `file`, or nothing of it if this fails.

    What was there before is kept in a file beside it that has the time in its name. Raises `BackupFailed`,
    also when the database has rows and `replace` is false, and when any process has it open.
    """
    with _backup_errors(file), closing(_open(file, "ro")) as source:
        if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupFailed(f"{file} is damaged")
        counted = _count_rows(source)
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT, 0o600))
        with _backup_errors(database, _ADVICE), closing(_open(database, "rw")) as target:
            _lock_exclusively(target, database)
            before = None
            if any(_count_rows(target).values() if _has_our_schema(target) else ()):
                if not replace:
                    raise BackupFailed(f"{database} is not empty: --replace puts the backup in its place")
                before = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
                _copy(target, before)
            _copy_pages(source, target, "restoring")
        return RestoredFile(counted, before)


def _lock_exclusively(target: sqlite3.Connection, database: Path) -> None:
    """Lock the database until it is closed. SQLite leaves WAL only when no other process has it open."""
    target.execute("PRAGMA locking_mode=EXCLUSIVE")
    try:
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("BEGIN EXCLUSIVE")
        target.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise BackupFailed(f"{database} is in use: stop what runs there first") from None


def _open(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY, isolation_level=None)


def _has_our_schema(connection: sqlite3.Connection) -> bool:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return names >= {*COUNTED_TABLES, "alembic_version"}


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    if not _has_our_schema(connection):
        raise BackupFailed("this is not a database of reports")
    counts = (connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() for table in COUNTED_TABLES)  # noqa: S608 -- ours
    return {table: int(count) for table, (count,) in zip(COUNTED_TABLES, counts, strict=True)}


def _publish(part: Path, file: Path) -> None:
    with open(part, "rb") as written:
        os.fsync(written)
    os.link(part, file)  # unlike a rename, this replaces no file that was made meanwhile
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _backup_errors(file: Path, advice: str = "") -> Iterator[None]:
    """Say of which database an error of SQLite is, and what to do with a broken one."""
    try:
        yield
    except sqlite3.Error as error:
        fault = write_fault(error)
        broken = advice if fault in (NO_DATABASE, DAMAGED) else ""
        raise BackupFailed(f"{file} cannot be used: {fault or error}{broken}") from error
    except OSError as error:
        raise BackupFailed(str(error)) from error
