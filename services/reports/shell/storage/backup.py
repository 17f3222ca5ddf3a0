"""Copies an SQLite database while the service writes to it, and restores it while the service is stopped."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.runtime.progress import CommandProgress

from .write_faults import DAMAGED, DISK_FAILS, DISK_FULL, NO_DATABASE, write_fault

COUNTED_TABLES = ("reports", "evidence", "cases", "decisions", "appeals")
_OUR_TABLES = {*COUNTED_TABLES, "alembic_version"}

_STEP = 4096
"""Pages of 4 KiB that are copied at once, between which progress is shown."""

_BUSY = 2.0
"""Seconds after which the database counts as in use by another process."""

_BROKEN = (NO_DATABASE, DAMAGED, DISK_FAILS)

_BESIDE = ("-wal", "-shm", "-journal")
"""Ends of the names of files in which SQLite keeps what has not reached the database."""

_LOCK_START, _LOCK_BYTES = 0x4000_0000, 512
"""Where processes lock a file that they have open: the "lock-byte page" of https://sqlite.org/fileformat.html."""


class BackupFailed(Exception):
    """Says in one sentence why a backup or a restore failed."""


@dataclass(frozen=True, slots=True)
class RestoredFile:
    """The rows that a restore brought back, by table, and the file that keeps what was there before."""

    counts: Mapping[str, int]
    before: Path | None


@dataclass(frozen=True, slots=True)
class _FreshCopy:
    """A copy that is complete and on the disk, but that has not its name yet, and its rows by table."""

    path: Path
    counts: Mapping[str, int]


def back_up(database: Path, file: Path) -> Mapping[str, int]:
    """Write a consistent copy to `file`, which must not exist; returns the number of rows by table.

    The copy gets its name only when it is complete and on the disk. Raises `BackupFailed`.
    """
    if file.exists():
        raise BackupFailed(f"{file} exists already: choose another name")
    if not file.absolute().parent.is_dir():
        raise BackupFailed(f"there is no folder {file.parent}")
    with (
        _backup_errors(database, file),
        closing(_open(database, "ro")) as source,
        _fresh_copy(source, file, f"copying to {file.name}") as copy,
    ):
        os.link(copy.path, file)  # unlike a rename, this replaces no file that was made meanwhile
        _sync_folder(file)
        return copy.counts


def restore(file: Path, database: Path, now: datetime, *, replace: bool) -> RestoredFile:
    """Put a copy of `file` in the place of `database`, or change nothing if this fails.

    What was there before is kept beside it under a name with the time, even if it is broken. Raises
    `BackupFailed`, also when it is broken or has rows and `replace` is false, and when a process has it open.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no file {file}")
    database = database.resolve()
    with _backup_errors(file, database), closing(_open(file, "ro")) as source:
        if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupFailed(f"{file} is damaged")
        objection = _objection(database)
        if objection and not replace:
            raise BackupFailed(f"{objection}: --replace keeps it under another name, and restores")
        with _fresh_copy(source, database, "restoring") as copy, _unused(database):
            before = _keep(database, now)
            os.replace(copy.path, database)
            _sync_folder(database)
            return RestoredFile(copy.counts, before)


def _objection(database: Path) -> str:
    """Return why only `replace` may replace the database; nothing if it has no rows."""
    beside = _beside(database)
    if not database.exists() or not database.stat().st_size:  # SQLite would delete what is beside it
        return f"{database} is empty, but {database}{beside[0]} is not" if beside else ""
    with _backup_errors(database):
        try:
            _has_rows(database, "ro&immutable=1")  # changes nothing, not even what is beside a broken one
            return f"{database} is not empty" if _has_rows(database, "rw") else ""
        except sqlite3.Error as error:
            if (fault := write_fault(error)) not in _BROKEN:
                raise
            return f"{database} cannot be used: {fault}"


def _has_rows(database: Path, mode: str) -> bool:
    """Tell whether there are rows of ours, or tables of others.

    With the mode `rw` SQLite also moves what is in the -wal into the file, if nobody else has it open.
    """
    with closing(_open(database, mode)) as connection:
        tables = _tables(connection)
        return bool(tables) and (not tables >= _OUR_TABLES or any(_count_rows(connection).values()))


@contextmanager
def _unused(database: Path) -> Iterator[None]:
    """Lock the file, which is made if it is missing. Raises `BackupFailed` if any process has it open.

    SQLite itself cannot lock a broken one. Nothing here may open the database before the end, because the
    first descriptor that a process closes ends its locks.
    """
    descriptor = os.open(database, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_BYTES, _LOCK_START)
        except BlockingIOError:
            raise BackupFailed(f"{database} is in use: stop what runs there first") from None
        yield
    finally:
        os.close(descriptor)


def _keep(database: Path, now: datetime) -> Path | None:
    """Give the database a second name, which is returned, and what is beside it only such a name.

    An empty file with nothing beside it is not kept. Until another file takes its place, the database has its
    own name, too, so that no service begins with an empty one.
    """
    beside = _beside(database)
    if not (beside or database.stat().st_size):
        return None
    before = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for end in ("", *beside):
        os.link(f"{database}{end}", f"{before}{end}")
    _sync_folder(database)
    for end in beside:  # SQLite would take them for a part of the new file
        os.unlink(f"{database}{end}")
    return before


def _beside(database: Path) -> list[str]:
    return [end for end in _BESIDE if Path(f"{database}{end}").exists()]


@contextmanager
def _fresh_copy(source: sqlite3.Connection, file: Path, what: str) -> Iterator[_FreshCopy]:
    """Provide a copy beside `file`, with the owner and the rights of `file` if there is one.

    It is removed afterwards, unless it was renamed.
    """
    part = file.with_name(file.name + ".part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(_open(part, "rw")) as copy:
            _copy_pages(source, copy, what)
            copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
            counts = _count_rows(copy)
        if file.exists():
            _give_rights(file, part)
        with open(part, "rb") as written:
            os.fsync(written)
        yield _FreshCopy(part, counts)
    finally:
        part.unlink(missing_ok=True)


def _give_rights(model: Path, to: Path) -> None:
    status = model.stat()
    os.chown(to, status.st_uid, status.st_gid)
    os.chmod(to, status.st_mode & 0o777)


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


def _open(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY, isolation_level=None)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    if not _tables(connection) >= _OUR_TABLES:
        raise BackupFailed("this is not a database of reports")
    counts = (connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() for table in COUNTED_TABLES)  # noqa: S608 -- ours
    return {table: int(count) for table, (count,) in zip(COUNTED_TABLES, counts, strict=True)}


def _sync_folder(file: Path) -> None:
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _backup_errors(source: Path, target: Path | None = None) -> Iterator[None]:
    """Say of which file an error of SQLite is. Only a target fills a disk, and both need one that works."""
    try:
        yield
    except sqlite3.Error as error:
        fault = write_fault(error)
        if target and fault == DISK_FULL:
            raise BackupFailed(f"{target} cannot be written: {fault}") from error
        which = f"{source} or {target}" if target and fault == DISK_FAILS else source
        raise BackupFailed(f"{which} cannot be used: {fault or error}") from error
    except OSError as error:
        raise BackupFailed(str(error)) from error
