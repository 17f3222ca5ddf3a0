"""Provides every store: the fake one, and the real one on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.reports.shell.ports import ReportStore
from services.reports.shell.storage.analysis_queue import SqlAnalysisQueue
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.picture_store import SqlPictureStore
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.schema import migrate

from ..audit import AUDIT
from ..databases import Postgres, new_sqlite
from .memory_picture_store import MemoryAnalysisQueue, MemoryPictureStore
from .memory_report_store import MemoryAppealStore, MemoryReportStore
from .report_stores import Stores, worst_picture


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        memory = MemoryReportStore()
        yield Stores(
            memory, MemoryAppealStore(memory), MemoryPictureStore(memory), MemoryAnalysisQueue(memory)
        )
        return
    url = new_sqlite(tmp_path)
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        url = await server.new_database()
    engine = open_engine(url)
    await migrate(engine)
    yield Stores(
        SqlReportStore(engine, AUDIT),
        SqlAppealStore(engine, AUDIT),
        SqlPictureStore(engine),
        SqlAnalysisQueue(engine, worst_picture),
    )
    await engine.dispose()


@pytest.fixture
def store(stores: Stores) -> ReportStore:
    return stores.store
