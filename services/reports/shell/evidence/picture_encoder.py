"""Makes pictures of strangers safe, in a worker process that may die of them.

A report whose picture is refused is refused as a whole: the reporter is told at once, and files again without
it. If the picture were dropped silently, they would believe that moderators see what they saw.
"""

import hashlib
from struct import Struct

from services.contract.errors import EvidenceRefused, Unavailable

from ...core.records import Picture
from .. import metrics
from .worker_main import PictureRefused
from .worker_process import WorkerDied, WorkerProcess

MAX_BYTES = 2**20
_SIZE = Struct("!HH")  # equals the one in `encoder_worker.py`, which is never imported here
_MAX_WAITING = 64


class PictureEncoderProcess:
    """Implements the port `PictureEncoder` with one worker process."""

    def __init__(self, timeout: float = 8.0) -> None:
        """A picture that takes more than `timeout` seconds is refused, and the process is killed."""
        self._worker = WorkerProcess("services.reports.shell.evidence.encoder_worker", timeout)
        self._waiting = 0

    async def encode(self, frame: bytes) -> Picture:
        if not frame:
            raise EvidenceRefused("the picture is empty")
        if len(frame) > MAX_BYTES:
            raise EvidenceRefused(f"the picture has {len(frame)} bytes, more than {MAX_BYTES}")
        if self._waiting >= _MAX_WAITING:
            raise Unavailable("too many pictures wait to be processed; try again later")
        self._waiting += 1
        try:
            with metrics.EVIDENCE_SECONDS.time(), metrics.EVIDENCE_REFUSED.count_exceptions(EvidenceRefused):
                return await self._encode(frame)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Kill the process."""
        await self._worker.close()

    async def _encode(self, frame: bytes) -> Picture:
        try:
            result = await self._worker.request(frame)
        except PictureRefused as refused:
            raise EvidenceRefused(str(refused)) from None
        except WorkerDied as error:
            raise EvidenceRefused("the picture could not be decoded") from error
        width, height = _SIZE.unpack_from(result)
        content = result[_SIZE.size :]
        return Picture(content, "image/jpeg", width, height, _digest(content), original_sha256=_digest(frame))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
