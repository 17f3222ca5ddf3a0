"""A copy of an SQLite database while the service writes to it, and the way back when it does not run."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

COUNTED = ("reports", "evidence", "cases", "decisions", "appeals")
_BUSY = 2.0
"""Seconds after which another process is taken to keep the database."""


class BackupFailed(Exception):
    """Why not, in one sentence."""


def back_up(database: Path, file: Path) -> dict[str, int]:
    """Writes a consistent copy to `file`, which must not exist; what is in it, by table.

    Raises `BackupFailed`. The copy has the name only when it is whole and on the disk.
    """
    part = file.with_name(file.name + ".part")
    with _sentences():
        if file.exists():
            raise BackupFailed(f"{file} exists already: choose another name")
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            with closing(_opened(database, "ro")) as source, closing(_opened(part, "rw")) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
                counted = _counted(copy)
            _keep(part, file)
        finally:
            part.unlink(missing_ok=True)
        return counted


def restore(file: Path, database: Path, *, replace: bool) -> dict[str, int]:
    """Makes `database` what `file` is, all of it or, if it fails, nothing; what is in it, by table.

    Raises `BackupFailed`, also when there are reports or decisions already and they are not to be replaced,
    and when any process has the database open.
    """
    with _sentences(), closing(_opened(file, "ro")) as source:
        if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupFailed(f"{file} is damaged")
        counted = _counted(source)
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT, 0o600))
        with closing(_opened(database, "rw")) as target:
            _take(target, database)
            if not replace and any(_counted(target).values() if _is_ours(target) else ()):
                raise BackupFailed(f"{database} is not empty: --replace puts the backup in its place")
            source.backup(target)
        return counted


def _take(target: sqlite3.Connection, database: Path) -> None:
    """Until it is closed nobody else has it: SQLite leaves WAL only when no other process has it open."""
    target.execute("PRAGMA locking_mode=EXCLUSIVE")
    try:
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("BEGIN EXCLUSIVE")
        target.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise BackupFailed(f"{database} is in use: stop what runs there first") from None


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY, isolation_level=None)


def _is_ours(connection: sqlite3.Connection) -> bool:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return names >= {*COUNTED, "alembic_version"}


def _counted(connection: sqlite3.Connection) -> dict[str, int]:
    if not _is_ours(connection):
        raise BackupFailed("this is no database of reports")
    counts = (connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() for table in COUNTED)  # noqa: S608 -- ours
    return {table: int(count) for table, (count,) in zip(COUNTED, counts, strict=True)}


def _keep(part: Path, file: Path) -> None:
    with open(part, "rb") as written:
        os.fsync(written)
    os.link(part, file)  # unlike a renaming it replaces nothing that has come meanwhile
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(str(error)) from error
