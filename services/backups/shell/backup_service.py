"""Makes backups, copies them elsewhere, tries them out and restores them."""

import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..core.keep_rule import KeepRule
from ..core.manifest import ContentComparison, Manifest, compare, from_line, to_line
from . import programs
from .age import AgeKeys, decryption_error
from .errors import BackupError
from .folder import BackupFile, BackupFolder
from .offsite import OffsiteCopy
from .server import DatabaseServer, Snapshot

_LONGEST_LINE = 1_000_000
"""Bytes of a manifest."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done: the comparison with the backup, and the name of the database from before."""

    comparison: tuple[ContentComparison, ...]
    before: str | None


class BackupService:
    """Does one thing at a time with the backups of a folder. Every method raises `BackupError`."""

    def __init__(
        self,
        folder: BackupFolder,
        server: DatabaseServer,
        keys: AgeKeys,
        rule: KeepRule,
        offsite: OffsiteCopy | None,
        now: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self._server = server
        self._keys = keys
        self._rule = rule
        self._offsite = offsite
        self._now = now

    @property
    def copies(self) -> bool:
        """Whether backups are copied elsewhere."""
        return self._offsite is not None

    @property
    def opens(self) -> bool:
        """Whether backups can be opened here, for a drill or a restore."""
        return self._keys.identity is not None

    async def check(self) -> None:
        """Raise `BackupError` if no backup could be made: no folder, no key or a program that is missing."""
        self.folder.check()
        await self._keys.known_recipients()
        for word in ("age", "pg_dump", "pg_restore", *(["rclone"] if self.copies else [])):
            await programs.output(word, "--version")

    async def back_up(self) -> BackupFile:
        """Make a backup, and then remove those that the rule does not keep."""
        with self.folder.locked():
            async with self._server.snapshot() as snapshot:
                at = self._now().replace(microsecond=0)
                await self._write(at, snapshot)
            self.folder.remove_all_but(self._rule)
            made = self.folder.newest()
        if made is None:
            raise BackupError("somebody has removed the new backup")
        return made

    async def copy(self) -> int:
        """Copy what is missing elsewhere; returns the number of backups there. Without a target it is 0."""
        if self._offsite is None:
            return 0
        with self.folder.locked():
            return await self._offsite.copy(self.folder.path, self._rule)

    async def drill(self, file: Path | None = None) -> tuple[ContentComparison, ...]:
        """Restore a backup, by default the newest, into a scratch database, compare it, and drop it.

        It counts as done if all is the same.
        """
        with self.folder.locked():
            chosen = file or self._newest().path
            scratch = f"{self._server.database}_drill"
            async with self._scratch(scratch):
                comparison = await self._load(chosen, scratch)
            if all(one.same for one in comparison):
                self.folder.note_drill(self._now())
            return comparison

    async def restore(self, file: Path, *, replace: bool, disconnect: bool) -> Restored:
        """Restore a backup in the place of the database, which stays under another name.

        It is loaded and compared beside the database first.
        """
        with self.folder.locked():
            if not replace and not await self._server.is_empty():
                raise BackupError("the database is not empty: --replace puts the backup in its place")
            fresh = f"{self._server.database}_restored"
            before = f"{self._server.database}_before_{self._now():%Y%m%dT%H%M%S}"
            async with self._scratch(fresh):
                comparison = await self._load(file, fresh)
                if not all(one.same for one in comparison):
                    return Restored(comparison, None)
                there_was = await self._server.put_in_place(fresh, before, disconnect=disconnect)
            return Restored(comparison, before if there_was else None)

    def _newest(self) -> BackupFile:
        newest = self.folder.newest()
        if newest is None:
            raise BackupError(f"there is no backup in {self.folder.path}")
        return newest

    async def _write(self, at: datetime, snapshot: Snapshot) -> None:
        manifest = Manifest(f"{at:%Y-%m-%dT%H:%M:%SZ}", snapshot.server, snapshot.contents)
        with self.folder.writing(at) as file, programs.pipe() as pipe:
            async with self._keys.encrypting(pipe.reading, file) as encrypting:
                os.write(pipe.writing, to_line(manifest))
                async with self._dumping(snapshot, pipe.writing) as dumping:
                    pipe.close()
                    encrypted, dumped = await asyncio.gather(
                        programs.end("age", encrypting), programs.end("pg_dump", dumping)
                    )
            for ended in (encrypted, dumped):  # if age fails, pg_dump fails, too
                if ended.failed:
                    raise ended.error()

    @asynccontextmanager
    async def _dumping(self, snapshot: Snapshot, stdout: int) -> AsyncIterator[Process]:
        # Most bytes are pictures, which are compressed already.
        how = ("--format=custom", "--compress=1", "--lock-wait-timeout=60s")
        words = ("pg_dump", *how, f"--snapshot={snapshot.id}")
        environment = self._server.environment(self._server.database)
        async with programs.program(*words, stdout=stdout, environment=environment) as process:
            yield process

    @asynccontextmanager
    async def _scratch(self, database: str) -> AsyncIterator[None]:
        """Provide an empty database, and drop it if it still has that name afterwards."""
        await self._server.create(database)
        try:
            yield
        finally:
            await self._server.drop(database)

    async def _load(self, file: Path, database: str) -> tuple[ContentComparison, ...]:
        """Restore a file into a database, and compare what is there with what the file says."""
        with programs.pipe() as pipe:
            async with self._keys.decrypting(file, pipe.writing) as decrypting:
                pipe.close(pipe.writing)
                manifest = from_line(await asyncio.to_thread(_read_line, pipe.reading))
                if manifest is None:
                    pipe.close()
                    _check_opened(file, await programs.end("age", decrypting))
                    raise BackupError(f"{file.name} is not a backup of `zufall backups`")
                async with self._restoring(database, pipe.reading) as restoring:
                    pipe.close()
                    decrypted, restored = await asyncio.gather(
                        programs.end("age", decrypting), programs.end("pg_restore", restoring)
                    )
        _check_opened(file, decrypted)
        if restored.failed:
            raise restored.error()
        return compare(manifest.contents, await self._server.contents(database))

    @asynccontextmanager
    async def _restoring(self, database: str, stdin: int) -> AsyncIterator[Process]:
        # Owners and rights are those of whoever restores; `zufall migrate` gives the service its own again.
        words = ("pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={database}")
        environment = self._server.environment(database)
        async with programs.program(*words, stdin=stdin, environment=environment) as process:
            yield process


def _check_opened(file: Path, ended: programs.ProgramEnd) -> None:
    if ended.failed and not ended.lost_its_reader:
        raise decryption_error(file, ended)


def _read_line(descriptor: int) -> bytes:
    """Read up to the end of the first line, and no byte more, because a program reads what follows."""
    line = bytearray()
    while len(line) < _LONGEST_LINE and (byte := os.read(descriptor, 1)):
        line += byte
        if byte == b"\n":
            break
    return bytes(line)
