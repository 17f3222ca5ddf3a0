"""Encrypts backups with age (https://age-encryption.org). Whoever has only the recipient cannot read them."""

import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import BackupError
from .programs import ProgramEnd, output, pipe, program


@dataclass(frozen=True, slots=True)
class AgeKeys:
    """The public keys to which backups are encrypted, and the secret one that opens them, if it is here."""

    recipients: tuple[str, ...]
    identity: str | None

    async def known_recipients(self) -> tuple[str, ...]:
        """Return the recipients, or the one of the identity. Raises `BackupError` if there is neither."""
        if self.recipients:
            return self.recipients
        if self.identity is None:
            raise BackupError("there is no key: set ZUFALL_BACKUP_RECIPIENT or ZUFALL_BACKUP_IDENTITY")
        return ((await output("age-keygen", "-y", given=self.identity.encode())).strip(),)

    @asynccontextmanager
    async def encrypting(self, stdin: int, file: IO[bytes]) -> AsyncIterator[Process]:
        """Encrypt what comes from `stdin` to the file."""
        words = [word for one in await self.known_recipients() for word in ("--recipient", one)]
        async with program("age", "--encrypt", *words, stdin=stdin, stdout=file) as process:
            yield process

    @asynccontextmanager
    async def decrypting(self, file: Path, stdout: int) -> AsyncIterator[Process]:
        """Decrypt a file. The identity comes from a pipe, and never lies in a file of ours."""
        if self.identity is None:
            raise BackupError(f"{file.name} cannot be opened here: ZUFALL_BACKUP_IDENTITY is not set")
        words = ("age", "--decrypt", "--identity", "-", str(file))
        with pipe() as secret:
            os.write(secret.writing, self.identity.encode() + b"\n")
            secret.close(secret.writing)
            async with program(*words, stdin=secret.reading, stdout=stdout) as process:
                yield process


def decryption_error(file: Path, ended: ProgramEnd) -> BackupError:
    """Say why age could not decrypt a file."""
    if b"no identity matched" in ended.said:
        return BackupError(f"the identity does not fit {file.name}, which was encrypted to another recipient")
    if b'reading "-"' in ended.said:
        return BackupError("ZUFALL_BACKUP_IDENTITY is not an identity of age")
    return BackupError(f"{file.name} is damaged or not complete")
