"""Notes the head of the audit log outside the database: in the service's log, and in a file."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ..core.audit_chain import AuditAnchor, parse_anchor
from .storage.audit_log import SqlAuditLog

_FILE_INTERVAL = 3600_000
"""Milliseconds between two lines of the file. The log of the service has more of them."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"


class AuditAnchors:
    """Notes anchors, and remembers the last one."""

    def __init__(self, log: SqlAuditLog, file: Path | None, now: Callable[[], int]) -> None:
        """`now` returns Unix milliseconds."""
        self._log = log
        self._file = file
        self._now = now
        self._last: AuditAnchor | None = None
        self._filed_at = 0

    async def note(self, *, stopping: bool = False) -> bool:
        """Note the head if it is new, and return whether the log still has what was noted last.

        If it has not, nothing is noted. When the service is `stopping`, the file gets the head in any case.
        """
        try:
            if self._last is not None and not await self._log.has(self._last):
                return False
            head = await self._log.head()
            if head is not None:
                await self._note(head, stopping)
        except (Unavailable, OSError) as error:
            logger().warning("no anchor of the audit log was noted", reason=str(error.__cause__ or error))
        return True

    def remember(self, head: AuditAnchor | None) -> None:
        """Go on from this head, because a check found the whole log as it should be."""
        self._last = head and AuditAnchor(head.sequence, head.hash, self._now())

    async def noted(self) -> list[AuditAnchor]:
        """Return what was noted so far, here and by other replicas. Raise `Unavailable`."""
        last = [self._last] if self._last is not None else []
        return [*await asyncio.to_thread(self._read_file), *last]

    async def _note(self, head: AuditAnchor, stopping: bool) -> None:
        now = self._now()
        if head != self._last:
            logger().info("audit anchored", sequence=head.sequence, hash=head.hash.hex())
        if self._file is not None and (stopping or now >= self._filed_at + _FILE_INTERVAL):
            await asyncio.to_thread(add_anchor, self._file, head, now)
            self._filed_at = now
        self._last = AuditAnchor(head.sequence, head.hash, now)

    def _read_file(self) -> list[AuditAnchor]:
        """Read the file at each check, for other replicas may add to it, too; raise `Unavailable`."""
        if self._file is None:
            return []
        try:
            return read_anchors(self._file)
        except FileNotFoundError:  # no anchor was noted yet
            return []
        except (OSError, ValueError) as error:
            raise Unavailable("the anchors of the audit log cannot be read") from error


def add_anchor(file: Path, anchor: AuditAnchor, now: int) -> None:
    """Add a line to the file, `SEQUENCE:HASH TIME`; raise `OSError`. `now` is in Unix milliseconds."""
    moment = datetime.fromtimestamp(now / 1000, UTC).strftime(_TIME)
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{anchor} {moment}\n")


def read_anchors(file: Path) -> list[AuditAnchor]:
    """Return the anchors of a file; raise `OSError` or `ValueError`."""
    return [_read_anchor(line) for line in file.read_text(encoding="ascii").splitlines() if line]


def _read_anchor(line: str) -> AuditAnchor:
    anchor, _, moment = line.partition(" ")
    parsed = parse_anchor(anchor)
    if not moment:
        return parsed
    noted_at = int(datetime.strptime(moment, _TIME).replace(tzinfo=UTC).timestamp() * 1000)
    return AuditAnchor(parsed.sequence, parsed.hash, noted_at)
