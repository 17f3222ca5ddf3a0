"""Shows and exports evidence. The audit log records each view before a byte is sent."""

import io
import zipfile
from collections.abc import AsyncIterator

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId, ReportId

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.records import Picture
from ..ports import PictureStore
from ..storage.audit_log import PICTURE_SEEN, AuditWriter
from ..storage.database import for_writing, raising_unavailable
from ..storage.picture_store import picture_from_row
from ..storage.tables import evidence, report_uploads, reports
from .views import CaseView


class SqlEvidenceAccess:
    """Reads pictures and cases. It raises `NotFound` also for pictures that were deleted by age."""

    def __init__(self, engine: AsyncEngine, pictures: PictureStore, audit: AuditWriter) -> None:
        self._writer = for_writing(engine)
        self._pictures = pictures
        self._audit = audit

    async def picture(self, report: ReportId, number: int, actor: Actor) -> Picture:
        """Return a picture and record the view."""
        of_it = (evidence.c.report == report) & (evidence.c.number == number)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = (await connection.execute(sa.select(evidence).where(of_it))).one_or_none()
                if row is None:
                    raise NotFound("there is no such picture, or it was deleted")
                details = {"number": str(number)}
                await self._audit.append(
                    connection, AuditEvent(actor.now, actor.name, PICTURE_SEEN, report, details)
                )
        return picture_from_row(row).picture

    async def export(self, case: CaseView, reason: str, actor: Actor) -> AsyncIterator[bytes]:
        """Return a ZIP of a case: `case.json`, its pictures, and the original uploads that were kept.

        It comes in parts with one picture in memory at a time, because a large case has gigabytes.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                details = {"reason": reason, "files": str(1 + await _count_files(connection, case))}
                event = AuditEvent(actor.now, actor.name, "case.exported", case.id, details)
                await self._audit.append(connection, event)
        return self._zip_parts(case)

    async def _zip_parts(self, case: CaseView) -> AsyncIterator[bytes]:
        sink = _ZipBuffer()
        with zipfile.ZipFile(sink, "w") as archive:
            async for name, content in self._contents(case):
                archive.writestr(name, content)
                yield sink.drain()
        yield sink.drain()

    async def _contents(self, case: CaseView) -> AsyncIterator[tuple[str, bytes]]:
        yield "case.json", msgspec.json.format(msgspec.json.encode(case), indent=2)
        async for shown in self._pictures.of_case(CaseId(case.id)):
            yield f"pictures/{shown.report}-{shown.number}.jpg", shown.picture.content
        async for sent in self._pictures.originals(CaseId(case.id)):
            yield f"originals/{sent.report}-{sent.number}", sent.content


class _ZipBuffer(io.RawIOBase):
    """A file for `zipfile` that is read as it is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: "bytes | memoryview") -> int:  # type: ignore[override]
        self._parts.append(bytes(part))
        return len(part)

    def drain(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def _count_files(connection: AsyncConnection, case: CaseView) -> int:
    """Count the pictures of an export, with the originals."""
    of_case = sa.select(reports.c.id).where(reports.c.case_id == case.id)
    counts = [
        sa.select(sa.func.count()).where(table.c.report.in_(of_case)) for table in (evidence, report_uploads)
    ]
    return sum([await connection.scalar(count) or 0 for count in counts])
