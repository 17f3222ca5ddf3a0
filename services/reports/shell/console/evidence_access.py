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
from .exposure import check_pictures


class SqlEvidenceAccess:
    """Reads pictures. It raises `NotFound` also for those that were deleted by age."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter, pictures_an_hour: int) -> None:
        """Take how many pictures an account may open in an hour, 0 for any number."""
        self._writer = for_writing(engine)
        self._audit = audit
        self._limit = pictures_an_hour

    async def picture(self, report: ReportId, number: int, actor: Actor) -> Picture:
        """Return a picture and record the view; raise `TooManyPictures`."""
        of_it = (evidence.c.report == report) & (evidence.c.number == number)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = (await connection.execute(sa.select(evidence).where(of_it))).one_or_none()
                if row is None:
                    raise NotFound("there is no such picture, or it was deleted")
                await self._audit.lock(connection)
                await check_pictures(connection, actor, self._limit)
                details = {"number": str(number)}
                await self._audit.append_locked(
                    connection, AuditEvent(actor.now, actor.name, PICTURE_SEEN, report, details)
                )
        return picture_from_row(row).picture
