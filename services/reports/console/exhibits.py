"""Evidence, shown to people: every look stands in the audit log before a byte is sent."""

import asyncio
import io
import zipfile
from collections.abc import Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import ReportId

from .. import audit
from ..audit_chain import Deed
from ..database import answering, writing
from ..pictures import kept
from ..records import Kept, Picture
from ..tables import evidence, originals, reports
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
        return found[0].picture

    async def archive(self, case: CaseView, reason: str, reader: Reader) -> bytes:
        """A ZIP of a case: `case.json`, its pictures, and what was kept untouched of a minor's."""
        of_case = sa.select(reports.c.id).where(reports.c.case_id == case.id)
        with answering():
            async with self._writer.begin() as connection:
                found = await _pictures(connection, evidence.c.report.in_(of_case))
                raw = sa.select(originals).where(originals.c.report.in_(of_case))
                untouched = (await connection.execute(raw)).all()
                files = {"case.json": msgspec.json.format(msgspec.json.encode(case), indent=2)}
                files |= {f"pictures/{one.report}-{one.number}.jpg": one.picture.content for one in found}
                files |= {f"originals/{one.report}-{one.number}": one.content for one in untouched}
                details = {"reason": reason, "files": str(len(files))}
                deed = Deed(reader.now, reader.name, "case.exported", case.id, details)
                await audit.append(connection, deed)
        return await asyncio.to_thread(_zipped, files)


async def _pictures(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> list[Kept]:
    return [kept(row) for row in await connection.execute(sa.select(evidence).where(which))]


def _zipped(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
