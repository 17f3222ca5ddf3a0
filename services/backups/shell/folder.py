"""The folder of the backups: a file each, and a mark whose time is that of the last drill."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ..core.keep_rule import KeepRule
from .errors import BackupBusy, BackupError

_NAME = "zufall-%Y%m%dT%H%M%SZ.age"
_PART = ".part"
_DRILL = ".last-drill"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A complete backup. It is as old as its name says."""

    path: Path
    made_at: datetime

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.path.stat().st_size


def made_at(name: str) -> datetime | None:
    """Return when the backup with this file name was made, or None if it is no backup."""
    try:
        return datetime.strptime(name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


class BackupFolder:
    """Keeps backups. A file gets its name only when it is complete and on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def check(self) -> None:
        """Raise `BackupError` if the folder cannot be written to."""
        if not os.access(self.path, os.W_OK | os.X_OK) or not self.path.is_dir():
            raise BackupError(f"{self.path} is not a folder that can be written to")

    def backups(self) -> list[BackupFile]:
        """Return the complete backups, the newest first."""
        found = ((path, made_at(path.name)) for path in self.path.glob("zufall-*.age"))
        dated = [BackupFile(path, at) for path, at in found if at is not None]
        return sorted(dated, key=lambda one: one.made_at, reverse=True)

    def newest(self) -> BackupFile | None:
        return next(iter(self.backups()), None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process work on the backups meanwhile. Raises `BackupBusy` if one does."""
        self.check()
        with self._opened_lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupBusy(f"another process works on the backups in {self.path}") from None
            yield

    def _opened_lock(self) -> IO[bytes]:
        with _raising_backup_error():
            return open(self.path / ".lock", "wb")

    @contextmanager
    def writing(self, at: datetime) -> Iterator[IO[bytes]]:
        """Provide a file that only we can read. It becomes a backup if nothing fails, else it is removed.

        Raises `BackupError`, also when there is such a backup.
        """
        name = at.strftime(_NAME)
        part = self.path / f".{name}{_PART}"
        self._remove_parts()
        try:
            with _raising_backup_error(), open(part, "xb", opener=_open_private) as file:
                yield file
                os.fsync(file)
                os.link(part, self.path / name)  # unlike a rename, this replaces no file
                self._sync()
        finally:
            part.unlink(missing_ok=True)

    def remove_all_but(self, rule: KeepRule) -> list[Path]:
        """Remove the backups that the rule does not keep; returns their paths."""
        found = self.backups()
        kept = rule.kept(one.made_at for one in found)
        removed = [one.path for one in found if one.made_at not in kept]
        for path in removed:
            path.unlink(missing_ok=True)
        return removed

    def last_drill(self) -> datetime | None:
        """Return when a backup was last restored and found whole."""
        try:
            return datetime.fromtimestamp((self.path / _DRILL).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def note_drill(self, at: datetime) -> None:
        """Note, beyond the end of the process, that a drill went well."""
        mark = self.path / _DRILL
        with _raising_backup_error():
            mark.touch()
            os.utime(mark, (at.timestamp(), at.timestamp()))

    def _remove_parts(self) -> None:
        """Remove what a process that was killed has left."""
        for part in self.path.glob(f".zufall-*{_PART}"):
            part.unlink(missing_ok=True)

    def _sync(self) -> None:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _raising_backup_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(f"the folder of the backups cannot be written to: {error.strerror}") from error
