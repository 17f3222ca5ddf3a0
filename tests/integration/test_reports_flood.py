"""Tests that a flood of reports of minors neither fills the disk nor hides a true one.

`make test-long` sends 2,000.
"""

import os
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.contract.errors import EvidenceRefused
from services.reports.core.picture_budget import PictureBudget
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.schema import migrate
from services.reports.shell.storage.tables import evidence, uploads

from ..audit import AUDIT
from ..databases import new_sqlite
from ..unit.reports.filing_desk import PICTURE_BYTES, FilingDesk
from .reports_service import file_request, past_match

FLOOD = int(os.environ.get("ZUFALL_TEST_FLOOD", "300"))
BUDGET = PictureBudget(network_day=100 * PICTURE_BYTES, network_originals=50_000, all_originals=1_000_000)


async def send(desk: FilingDesk, network: bytes, upload: bytes) -> str:
    """Report a minor as a page does, which sends a report again without the pictures that are refused.

    Returns the accused.
    """
    met = past_match()
    try:
        await desk.file(file_request(met, reason=pb.REASON_MINOR, network=network, frames=(upload,)))
    except EvidenceRefused:
        await desk.file(file_request(met, reason=pb.REASON_MINOR, network=network))
    return met.accused


def _sync_never(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


async def test_a_flood_from_one_network_leaves_bounded_bytes_and_hides_nobody(tmp_path: Path) -> None:
    engine = open_engine(new_sqlite(tmp_path))
    sa.event.listen(engine.sync_engine, "connect", _sync_never)  # it takes less time, and nothing crashes
    await migrate(engine)
    desk = FilingDesk(SqlReportStore(engine, AUDIT, BUDGET), BUDGET, lambda: time.time_ns() // 1_000_000)
    for number in range(FLOOD):
        await send(desk, b"one /48", b"%d" % number * 1_000)
    hidden = await send(desk, b"another", b"true" * 1_000)
    async with engine.connect() as connection:
        sizes = [
            await connection.scalar(sa.select(sa.func.sum(sa.func.length(table.c.content))))
            for table in (evidence, uploads)
        ]
    assert sizes[0] <= BUDGET.network_day + PICTURE_BYTES
    assert sizes[1] <= BUDGET.network_originals + 4_000
    queue = await SqlCaseQueue(engine, lambda *_: None).read()
    assert hidden in [one.accused for one in queue.cases][:20]
    assert [one.flood for one in queue.cases] == [False] * 11, "ten of the flood, and the true one"
    assert (queue.open, queue.flooded) == (FLOOD + 1, FLOOD - 10), "no report is lost"
    await engine.dispose()
