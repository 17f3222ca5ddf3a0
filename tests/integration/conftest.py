"""Provides one cluster for all tests that leave it as they found it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio
import structlog

from services import cli
from services.matcher.core.stages import Stages

from ..databases import Postgres, new_sqlite
from ..timing import long
from .cluster import Cluster, running_cluster
from .matcher_streams import MatcherReplica, Open, gateways
from .reports_service import NO_NATS, ReportsReplica, reports_service, reused
from .zufall_command import ZufallCommand


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """Provide the cluster of the session. It limits neither signals nor reports: all are of one network."""
    folder = tmp_path_factory.mktemp("cluster")
    unlimited = {
        "ZUFALL_LIMIT_SIGNAL_BYTES_PER_SECOND": "100000000",
        "ZUFALL_LIMIT_NETWORK_REPORTS_BURST": "100000",
    }
    async with running_cluster(folder, matchers=1, **unlimited) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _breakable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with running_cluster(tmp_path_factory.mktemp("breakable")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def breakable(_breakable: Cluster) -> AsyncIterator[Cluster]:
    """Provide a cluster whose services a test may kill, pause and stop. All run again afterwards."""
    yield _breakable
    for service in _breakable.services:
        if service.running:
            service.send(signal.SIGCONT)
        if await service.readiness() != "ok":
            await service.stop()
            await service.start()
    await _breakable.until_ready()


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=[long("sqlite"), "postgresql"])
async def _reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ReportsReplica]:
    database = owner = new_sqlite(tmp_path_factory.mktemp("reports"))
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        owner, database = await server.new_service_database()
    limits = {"ZUFALL_LIMIT_LOGINS_BURST": "10000"}  # all tests log in from one network
    async with reports_service(database, NO_NATS, **limits) as running:
        yield replace(running, owner=owner)


@pytest.fixture
async def reports(_reports: ReportsReplica) -> AsyncIterator[ReportsReplica]:
    """Provide the reports service of the session with an empty database, on SQLite and on PostgreSQL.

    On PostgreSQL it has the ordinary role that `zufall migrate` makes, as in production.
    """
    async with reused(_reports) as replica:
        yield replica


@pytest.fixture
async def replica() -> AsyncIterator[MatcherReplica]:
    """Provide a matcher in this process."""
    made = MatcherReplica(Stages(ages=(0.2, 0.4, 0.8)))
    made.port = await made.server.start()
    yield made
    await made.server.stop()


@pytest.fixture
async def gateway(replica: MatcherReplica) -> AsyncIterator[Open]:
    """Provide a function that opens streams to the matcher."""
    async with gateways(replica.port) as opened:
        yield opened


@pytest.fixture
def zufall(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[ZufallCommand]:
    """Run `zufall` in a thread, so that a service of this test can answer it."""

    async def run(*words: str, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            status = await asyncio.to_thread(cli.main, words)
        return status, *capsys.readouterr()

    configuration = structlog.get_config()
    yield run
    structlog.configure(**configuration)  # a command logs to this test's stderr, which is closed later
