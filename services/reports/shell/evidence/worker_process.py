"""Starts worker processes with limits, and talks to them. A worker may die of any request.

A result is raw bytes and is never unpickled, for a hostile picture may take a worker over. Decision 23 says
why this is not a pool from a library.
"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from .worker_main import DONE, REPLY_HEADER, REQUEST_HEADER, PictureRefused

_MAX_RESULT = 4 * 2**20
_START_TIMEOUT = 30.0
"""Seconds in which a process must become ready, also on a busy machine."""

_PROJECT = Path(__file__).parents[4]
_ENVIRONMENT = {"PYTHONPATH": str(_PROJECT), "PYTHONSAFEPATH": "1"}
"""All that every worker needs; the secrets of this process, in whatever variable, are not passed on."""


class WorkerDied(Exception):
    """The worker did not answer in time, or died. The next request starts another one."""


@dataclass(frozen=True, slots=True)
class _WorkerConnection:
    process: "subprocess.Popen[bytes]"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class WorkerProcess:
    """One process, which is started for the first request, and again after it died."""

    def __init__(self, module: str, timeout: float, environment: Mapping[str, str] | None = None) -> None:
        """`module` calls `worker_main.run`. A worker that takes more than `timeout` seconds is killed."""
        self._module = module
        self._timeout = timeout
        self._environment = {**_ENVIRONMENT, **(environment or {})}
        self._told = False
        self._turn = asyncio.Lock()
        self._connection: _WorkerConnection | None = None

    async def request(self, content: bytes) -> bytes:
        """Return the result; raises `PictureRefused`, `WorkerDied`, or `Unavailable` if none starts."""
        async with self._turn:
            kind, result = await self._exchange(await self._connect(), content, self._timeout)
        if kind != DONE:
            raise PictureRefused(result.decode(errors="replace"))
        return result

    async def close(self) -> None:
        """Kill the process."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.process.kill()
            connection.writer.close()
            await asyncio.to_thread(connection.process.wait)

    async def _connect(self) -> _WorkerConnection:
        if self._connection is None:
            try:
                self._connection = await self._start()
                _, unfiltered = await self._exchange(self._connection, None, _START_TIMEOUT)
            except (WorkerDied, OSError) as error:  # such as no memory or no descriptor for it
                raise Unavailable("a worker process does not start") from error
            self._report(unfiltered.decode(errors="replace"))
        return self._connection

    def _report(self, unfiltered: str) -> None:
        """Log once why the system calls of this worker are not filtered, if they are not."""
        if unfiltered and not self._told:
            self._told = True
            logger().warning(
                "system calls of a worker are not filtered", worker=self._module, reason=unfiltered
            )

    async def _exchange(
        self, connection: _WorkerConnection, request: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        """Send a request, or none at the start, and read the reply; kill the process if that fails."""
        complete = False
        try:
            async with asyncio.timeout(seconds):
                reply = await _send_and_read(connection, request)
            complete = True
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise WorkerDied from error
        finally:
            if not complete:  # also when the caller was cancelled: the next reply must not be this one's
                await self.close()
        return reply

    async def _start(self) -> _WorkerConnection:
        """Use Popen instead of the event loop's way to fork, which runs gRPC's fork handlers and may hang."""
        ours, its = socket.socketpair()
        try:
            with its:
                process = self._fork(its.fileno())
        except OSError:
            ours.close()
            raise
        return _WorkerConnection(process, *await asyncio.open_connection(sock=ours))

    def _fork(self, descriptor: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 -- returns as soon as our own program is loaded
            (sys.executable, "-m", self._module),
            stdin=descriptor,
            stdout=descriptor,
            env=self._environment,
        )


async def _send_and_read(connection: _WorkerConnection, request: bytes | None) -> tuple[int, bytes]:
    if request is not None:
        connection.writer.write(REQUEST_HEADER.pack(len(request)) + request)
        await connection.writer.drain()
    kind, length = REPLY_HEADER.unpack(await connection.reader.readexactly(REPLY_HEADER.size))
    if length > _MAX_RESULT:
        raise asyncio.IncompleteReadError(b"", length)
    return kind, await connection.reader.readexactly(length)
