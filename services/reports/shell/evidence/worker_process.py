"""A process of our own that answers one question after the other, and may die of any of them."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from services.contract.errors import Unavailable

from .worker_main import ANSWER, GOOD, QUESTION, PictureRefused

_MAX_ANSWER = 4 * 2**20
_START = 30.0
"""Seconds in which a process has to be ready, also on a busy machine."""


class WorkerDied(Exception):
    """It did not answer in time or at all. It is no more: the next question is for another."""


@dataclass(frozen=True, slots=True)
class _Process:
    process: "subprocess.Popen[bytes]"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class WorkerProcess:
    """Started when it is needed, and again when it died."""

    def __init__(self, module: str, seconds: float, environment: Mapping[str, str] | None = None) -> None:
        """`module` calls `worker_main.run`. An answer that takes more than `seconds` is its death."""
        self._module = module
        self._seconds = seconds
        self._environment = environment or {}
        self._turn = asyncio.Lock()
        self._process: _Process | None = None

    async def ask(self, question: bytes) -> bytes:
        """Raises `Refused` with its sentence, `WorkerDied`, or `Unavailable` when none can be started."""
        async with self._turn:
            good, content = await self._talk(await self._ready(), question, self._seconds)
        if not good:
            raise PictureRefused(content.decode(errors="replace"))
        return content

    async def close(self) -> None:
        """End the process."""
        worker, self._process = self._process, None
        if worker is not None:
            worker.process.kill()
            worker.writer.close()
            await asyncio.to_thread(worker.process.wait)

    async def _ready(self) -> _Process:
        if self._process is None:
            self._process = await self._start()
            try:
                await self._talk(self._process, None, _START)
            except WorkerDied as error:
                raise Unavailable("a process that is needed does not start") from error
        return self._process

    async def _talk(self, worker: _Process, question: bytes | None, seconds: float) -> tuple[bool, bytes]:
        """Without a question it is the greeting that is waited for."""
        whole = False
        try:
            async with asyncio.timeout(seconds):
                answer = await _exchange(worker, question)
            whole = True
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise WorkerDied from error
        finally:
            if not whole:  # also when the caller gave up: the next answer must not be this one's
                await self.close()
        return answer

    async def _start(self) -> _Process:
        """Not by the event loop's own means: its kind of fork runs gRPC's fork handlers, which may hang."""
        ours, its = socket.socketpair()
        secretless = {name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")}
        with its:
            process = subprocess.Popen(  # noqa: ASYNC220, S603 -- returns as soon as our own program is loaded
                (sys.executable, "-m", self._module),
                stdin=its.fileno(),
                stdout=its.fileno(),
                env={**secretless, **self._environment},
            )
        return _Process(process, *await asyncio.open_connection(sock=ours))


async def _exchange(worker: _Process, question: bytes | None) -> tuple[bool, bytes]:
    """Whether it is an answer or a sentence, and either; raises what talking to a dying process raises."""
    if question is not None:
        worker.writer.write(QUESTION.pack(len(question)) + question)
        await worker.writer.drain()
    kind, length = ANSWER.unpack(await worker.reader.readexactly(ANSWER.size))
    if length > _MAX_ANSWER:
        raise asyncio.IncompleteReadError(b"", length)
    return kind == GOOD, await worker.reader.readexactly(length)
