"""Evidence, shown to people: every look stands in the audit log before a byte is sent."""

import io
import zipfile
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import ReportId

from .. import audit
from ..audit_chain import Deed
from ..database import answering, writing
from ..records import Picture
from ..tables import evidence, reports
from .desk import Reader
from .views import CaseView


class SqlExhibits:
    """Raises `NotFound`, also for what was deleted when it was old enough."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._writer = writing(engine)

    async def picture(self, report: ReportId, number: int, reader: Reader) -> Picture:
        """One look at one picture."""
        of_it = (evidence.c.report == report) & (evidence.c.number == number)
        with answering():
            async with self._writer.begin() as connection:
                found = await _pictures(connection, of_it)
                if not found:
                    raise NotFound("there is no such picture, or not any more")
                details = {"number": str(number)}
                await audit.append(connection, Deed(reader.now, reader.name, "picture.seen", report, details))
        return found[0][1]

    async def archive(self, case: CaseView, reason: str, reader: Reader) -> bytes:
        """A ZIP of what is known of a case: `case.json`, and its pictures."""
        of_case = sa.select(reports.c.id).where(reports.c.case_id == case.id)
        with answering():
            async with self._writer.begin() as connection:
                found = await _pictures(connection, evidence.c.report.in_(of_case))
                details = {"reason": reason, "pictures": str(len(found))}
                await audit.append(
                    connection, Deed(reader.now, reader.name, "case.exported", case.id, details)
                )
        return _zipped(case, found)


async def _pictures(
    connection: AsyncConnection, which: sa.ColumnElement[bool]
) -> Sequence[tuple[str, Picture]]:
    """Each with the name it has in an archive."""
    rows = await connection.execute(sa.select(evidence).where(which))
    return [
        (
            f"{row.report}-{row.number}.jpg",
            Picture(row.content, row.media_type, row.width, row.height, row.sha256),
        )
        for row in rows
    ]


def _zipped(case: CaseView, pictures: Sequence[tuple[str, Picture]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.json", msgspec.json.format(msgspec.json.encode(case), indent=2))
        for name, picture in pictures:
            archive.writestr(f"pictures/{name}", picture.content, zipfile.ZIP_STORED)
    return file.getvalue()
