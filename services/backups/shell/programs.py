"""Runs the programs that make and read backups, and connects them with pipes."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO

from .errors import BackupError, first_line

_Stream = int | IO[bytes]


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """How a program ended, and what it said to stderr."""

    name: str
    status: int
    said: bytes

    @property
    def failed(self) -> bool:
        return self.status != 0

    @property
    def lost_its_reader(self) -> bool:
        """Whether it ended because the program after it had ended."""
        return self.status == -signal.SIGPIPE

    def error(self) -> BackupError:
        return BackupError(f"{self.name} failed: {first_line(self.said)}")


class Pipe:
    """Two file descriptors. Each is closed as soon as a program has it, so that its end is noticed."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self._open = {self.reading, self.writing}

    def close(self, *ends: int) -> None:
        """Close these ends, or both, unless they are closed."""
        for one in self._open & set(ends or self._open):
            self._open.remove(one)
            os.close(one)


@contextmanager
def pipe() -> Iterator[Pipe]:
    """Open a pipe, and close what is still open of it at the end."""
    made = Pipe()
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def program(
    *words: str,
    stdin: _Stream = DEVNULL,
    stdout: _Stream = DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Process]:
    """Start a program, and kill it at the end if it still runs. Raises `BackupError` if there is none."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=stdin, stdout=stdout, stderr=PIPE, env={**os.environ, **(environment or {})}
        )
    except FileNotFoundError:
        raise BackupError(f"the program {words[0]} is not installed") from None
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def end(name: str, process: Process) -> ProgramEnd:
    """Wait until a program ends."""
    _, said = await process.communicate()
    return ProgramEnd(name, process.returncode or 0, said)


async def output(*words: str, given: bytes | None = None) -> str:
    """Run a program and return what it prints. Raises `BackupError` if it fails."""
    stdin = PIPE if given is not None else DEVNULL
    async with program(*words, stdin=stdin, stdout=PIPE) as process:
        printed, said = await process.communicate(given)
    if process.returncode:
        raise ProgramEnd(words[0], process.returncode, said).error()
    return printed.decode()
