"""A reports service with its console, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ...databases import Postgres, new_sqlite
from ..reports_service import ReportsReplica, reports_service, reused

NO_NATS = "nats://127.0.0.1:9"


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["sqlite", "postgresql"])
async def _running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ReportsReplica]:
    database = new_sqlite(tmp_path_factory.mktemp("console"))
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        database = await server.new_database()
    limits = {"ZUFALL_LIMIT_LOGINS_BURST": "10000"}  # all tests log in from one network
    async with reports_service(database, NO_NATS, **limits) as running:
        yield running


@pytest.fixture
async def replica(_running: ReportsReplica) -> AsyncIterator[ReportsReplica]:
    """The one service of the session, which has forgotten what other tests did."""
    async with reused(_running) as replica:
        yield replica
