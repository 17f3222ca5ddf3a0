"""Notes the head of the audit log outside the database, every hour and at the end of the service."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ..core.audit_chain import AuditAnchor, parse_anchor
from . import metrics
from .storage.audit_log import SqlAuditLog

_INTERVAL = 3600.0
"""Seconds between two anchors."""


class AuditAnchors:
    """Notes anchors in the service's log and, if there is one, at the end of a file."""

    def __init__(self, log: SqlAuditLog, file: Path | None, now: Callable[[], int]) -> None:
        """`now` returns Unix milliseconds."""
        self._log = log
        self._file = file
        self._now = now
        self._last: AuditAnchor | None = None
        self.problem = ""
        """What the log no longer has of what was noted, if anything."""

    async def run(self) -> None:
        """Note an anchor now and every hour, forever."""
        while True:
            await self.note()
            await asyncio.sleep(_INTERVAL)

    async def note(self) -> None:
        """Note the head, and log an error if the log no longer has what was noted before."""
        try:
            await self._compare()
            head = await self._log.head()
            if head is None:
                return
            if self._file is not None:
                await asyncio.to_thread(add_anchor, self._file, head, self._now())
        except (Unavailable, OSError) as error:
            logger().warning("no anchor of the audit log was noted", reason=str(error.__cause__ or error))
            return
        logger().info("audit anchored", sequence=head.sequence, hash=head.hash.hex())
        self._last = head

    async def _compare(self) -> None:
        if self._last is None or await self._log.has(self._last):
            return
        metrics.AUDIT_LOST.inc()
        self.problem = str(self._last)
        logger().error("the audit log was changed or cut", missing=str(self._last))


def add_anchor(file: Path, anchor: AuditAnchor, now: int) -> None:
    """Add a line to the file, `SEQUENCE:HASH TIME`; raise `OSError`. `now` is in Unix milliseconds."""
    moment = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{anchor} {moment}\n")


def read_anchors(file: Path) -> list[AuditAnchor]:
    """Return the anchors of a file; raise `OSError` or `ValueError`."""
    lines = file.read_text(encoding="ascii").splitlines()
    return [parse_anchor(line.split(" ")[0]) for line in lines if line]
