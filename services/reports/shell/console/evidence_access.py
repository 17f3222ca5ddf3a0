"""Shows evidence. The audit log records each view before a byte is sent."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import ReportId

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.records import Picture
from ..storage.audit_log import PICTURE_SEEN, AuditWriter
from ..storage.database import for_writing, raising_unavailable
from ..storage.picture_store import picture_from_row
from ..storage.tables import evidence


class SqlEvidenceAccess:
    """Reads pictures. It raises `NotFound` also for those that were deleted by age."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._writer = for_writing(engine)
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
