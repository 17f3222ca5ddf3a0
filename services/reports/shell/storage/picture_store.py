"""Stores pictures: they are written with their report, and read one at a time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId, PictureId, ReportId, random_id

from ...core.records import AnalysisKind, OriginalUpload, Picture, StoredPicture
from .database import raising_unavailable
from .tables import evidence, inspections, report_uploads, reports, uploads


class SqlPictureStore:
    """Implements the port `PictureStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def picture(self, report: ReportId, number: int) -> StoredPicture:
        return await self._one((evidence.c.report == report) & (evidence.c.number == number))

    async def by_id(self, id: PictureId) -> StoredPicture:
        return await self._one(evidence.c.id == id)

    async def of_case(self, case: CaseId) -> AsyncIterator[StoredPicture]:
        for report, number in await self._keys(evidence, case):
            with suppress(NotFound):  # it was deleted in the meantime
                yield await self.picture(report, number)

    async def originals(self, case: CaseId) -> AsyncIterator[OriginalUpload]:
        for report, number in await self._keys(report_uploads, case):
            if found := await self._original(report, number):
                yield found

    async def _keys(self, table: sa.Table, case: CaseId) -> list[tuple[ReportId, int]]:
        of_case = (
            sa.select(table.c.report, table.c.number)
            .join(reports, reports.c.id == table.c.report)
            .where(reports.c.case_id == case)
            .order_by(reports.c.filed_at, table.c.report, table.c.number)
        )
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return [(ReportId(row.report), row.number) for row in await connection.execute(of_case)]

    async def _one(self, which: sa.ColumnElement[bool]) -> StoredPicture:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(sa.select(evidence).where(which))).one_or_none()
        if row is None:
            raise NotFound("there is no such picture")
        return picture_from_row(row)

    async def _original(self, report: str, number: int) -> OriginalUpload | None:
        """Read an upload; returns None if it was deleted in the meantime."""
        upload = (
            sa.select(report_uploads, uploads.c.content)
            .join(uploads, uploads.c.sha256 == report_uploads.c.sha256)
            .where(report_uploads.c.report == report, report_uploads.c.number == number)
        )
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(upload)).one_or_none()
        return OriginalUpload(**row._mapping) if row else None


async def insert_pictures(connection: AsyncConnection, report: ReportId, frames: Sequence[Picture]) -> None:
    """Insert the pictures of a report under random ids, and queue their analyses."""
    if not frames:
        return
    numbered = list(enumerate(frames))
    await connection.execute(sa.insert(evidence), [_row(report, n, one) for n, one in numbered])
    due = [{"report": report, "number": n, "kind": kind} for n, _ in numbered for kind in AnalysisKind]
    await connection.execute(sa.insert(inspections).values(tries=0, due_at=0), due)


def picture_from_row(row: sa.Row[Any]) -> StoredPicture:
    """Read a row of the table `evidence`."""
    picture = Picture(
        content=row.content,
        media_type=row.media_type,
        width=row.width,
        height=row.height,
        sha256=row.sha256,
        original_sha256=row.original_sha256 or b"",
    )
    return StoredPicture(PictureId(row.id), ReportId(row.report), row.number, picture, row.score, row.known)


def _row(report: ReportId, number: int, picture: Picture) -> dict[str, object]:
    return {
        "id": random_id(),
        "report": report,
        "number": number,
        "content": picture.content,
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.sha256,
        "original_sha256": picture.original_sha256,
    }
