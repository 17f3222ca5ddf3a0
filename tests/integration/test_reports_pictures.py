"""Tests what is kept of the pictures of a report, with the service as a process."""

import hashlib

import pytest

from protos import reports_pb2 as pb
from services.contract.ids import ReportId
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.picture_store import SqlPictureStore
from services.reports.shell.storage.report_store import SqlReportStore

from ..audit import AUDIT
from .reports_service import NO_NATS, file_request, past_match, photo, reports_service


@pytest.mark.parametrize(("reason", "untouched"), [(pb.REASON_MINOR, True), (pb.REASON_NUDITY, False)])
async def test_the_original_upload_is_kept_only_in_a_report_of_a_minor(
    database: str, reason: pb.Reason, untouched: bool
) -> None:
    met, frame = past_match(), photo()
    async with reports_service(database, NO_NATS) as replica:
        filed = await replica.reports.File(file_request(met, reason=reason, frames=(frame, photo(64, 64))))
        await replica.decide(met.accused, pb.LEVEL_BANNED)
    engine = open_engine(database)
    pictures = SqlPictureStore(engine)
    kept = await pictures.picture(ReportId(filed.report), 0)
    assert b"SECRET" in frame
    assert b"SECRET" not in kept.picture.content
    assert kept.picture.original_sha256 == hashlib.sha256(frame).digest()
    (made,) = await SqlReportStore(engine, AUDIT).decisions_after(0)
    originals = [one.content async for one in pictures.originals(made.case)]
    assert originals == ([frame, photo(64, 64)] if untouched else [])
    await engine.dispose()
