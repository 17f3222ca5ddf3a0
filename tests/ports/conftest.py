"""Every store there is: the fake one, and the real one on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.reports.shell.ports import Store
from services.reports.shell.storage.appeals import SqlAppeals
from services.reports.shell.storage.database import migrate, open_engine
from services.reports.shell.storage.inspections import SqlInspections
from services.reports.shell.storage.pictures import SqlPictures
from services.reports.shell.storage.store import SqlStore

from ..databases import Postgres, new_sqlite
from .memory_pictures import MemoryInspections, MemoryPictures
from .memory_store import MemoryAppeals, MemoryStore
from .reports import Stores, place


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        memory = MemoryStore()
        yield Stores(memory, MemoryAppeals(memory), MemoryPictures(memory), MemoryInspections(memory))
        return
    url = new_sqlite(tmp_path)
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        url = await server.new_database()
    engine = open_engine(url)
    await migrate(engine)
    yield Stores(SqlStore(engine), SqlAppeals(engine), SqlPictures(engine), SqlInspections(engine, place))
    await engine.dispose()


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores.store
