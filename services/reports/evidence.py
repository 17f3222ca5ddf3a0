"""Pictures of strangers, made safe by a worker process that may die of them.

A report whose picture is refused is refused as a whole: the reporter is told at once and files again
without it. To drop the picture silently would let them believe that moderators see what they saw.
"""

import asyncio
import hashlib
import os
import socket
import subprocess
import sys
from dataclasses import dataclass

from services.contract.errors import EvidenceRefused, Unavailable

from . import metrics
from .evidence_worker import ANSWER, ENCODED, REQUEST
from .records import Picture

MAX_BYTES = 2**20
_MAX_WAITING = 64
_MAX_ANSWER = 4 * 2**20


@dataclass(frozen=True, slots=True)
class _Worker:
    process: "subprocess.Popen[bytes]"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class EvidenceWorker:
    """Implements the port `Pictures` with one process, started when it is needed and again when it died."""

    def __init__(self, seconds: float = 8.0) -> None:
        """A picture that takes more than `seconds` is refused and its process killed."""
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._worker: _Worker | None = None

    async def encode(self, frame: bytes) -> Picture:
        if len(frame) > MAX_BYTES:
            raise EvidenceRefused(f"the picture has {len(frame)} bytes, more than {MAX_BYTES}")
        if self._waiting >= _MAX_WAITING:
            raise Unavailable("too many pictures wait to be looked at; try again later")
        self._waiting += 1
        try:
            async with self._turn:
                with (
                    metrics.EVIDENCE_SECONDS.time(),
                    metrics.EVIDENCE_REFUSED.count_exceptions(EvidenceRefused),
                ):
                    return await self._ask(frame)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.process.kill()
            worker.writer.close()
            await asyncio.to_thread(worker.process.wait)

    async def _ask(self, frame: bytes) -> Picture:
        worker = await self._running()
        whole = False
        try:
            async with asyncio.timeout(self._seconds):
                picture = await _exchange(worker, frame)
            whole = True
        except EvidenceRefused:
            whole = True
            raise
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise EvidenceRefused("the picture could not be decoded") from error
        finally:
            if not whole:  # also when the caller gave up: the next answer must not be this one's
                await self.close()
        return picture

    async def _running(self) -> _Worker:
        if self._worker is None:
            self._worker = await _start()
        return self._worker


async def _start() -> _Worker:
    """Not by the event loop's own means: its kind of fork runs gRPC's fork handlers, which may hang."""
    ours, its = socket.socketpair()
    with its:
        process = subprocess.Popen(  # noqa: ASYNC220 -- returns as soon as the program is loaded
            (sys.executable, "-m", "services.reports.evidence_worker"),
            stdin=its.fileno(),
            stdout=its.fileno(),
            env={name: value for name, value in os.environ.items() if not name.startswith("ZUFALL_")},
        )
    return _Worker(process, *await asyncio.open_connection(sock=ours))


async def _exchange(worker: _Worker, frame: bytes) -> Picture:
    """Raises `EvidenceRefused`, or what talking to a dying process raises."""
    worker.writer.write(REQUEST.pack(len(frame)) + frame)
    await worker.writer.drain()
    kind, width, height, length = ANSWER.unpack(await worker.reader.readexactly(ANSWER.size))
    if length > _MAX_ANSWER:
        raise asyncio.IncompleteReadError(b"", length)
    content = await worker.reader.readexactly(length)
    if kind != ENCODED:
        raise EvidenceRefused(content.decode(errors="replace"))
    return Picture(content, "image/jpeg", width, height, hashlib.sha256(content).digest())
