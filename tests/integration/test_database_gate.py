"""The reports service waits for the schema that `zufall migrate` makes, and says so.

In a cluster a new replica and the job of the migrations start at the same moment.
"""

import asyncio

import aiohttp
import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from services.reports.shell.database_gate import DatabaseGate
from services.reports.shell.database_writes import DatabaseWrites
from services.reports.shell.standings import StandingsCache, StandingsPoller
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.revoked_tokens import SqlRevokedTokens
from services.reports.shell.storage.schema import VERSIONS

from ..audit import AUDIT
from ..databases import OwnDatabase
from ..proxy import Proxy
from ..servers import free_port
from ..timing import until
from .reports_service import NO_NATS, file_request, past_match, reports_service
from .zufall_command import ZufallCommand, run_zufall

*_, BEFORE, NEWEST = sorted(path.name[:4] for path in VERSIONS.glob("0*.py"))
"""The last two migrations. The newest makes the table `write_probe`."""


async def test_a_replica_that_starts_before_the_first_migration_waits_for_it(
    own_database: OwnDatabase, zufall: ZufallCommand
) -> None:
    admin = f"127.0.0.1:{free_port()}"
    filing = asyncio.create_task(_file_one(own_database.service, admin))
    await until(lambda: _asks_for_migrations(admin))
    assert await _asked(admin, "livez") == (200, "ok\n"), "a supervisor does not start it again"
    assert not filing.done()
    assert (await zufall("migrate", **own_database.environment()))[0] == 0
    await filing


async def _file_one(database: str, admin: str) -> None:
    async with reports_service(database, NO_NATS, ZUFALL_ADMIN_LISTEN=admin) as replica:
        await replica.reports.File(file_request(past_match()))
        assert await _asked(admin, "readyz") == (200, "ok\n")


async def _asks_for_migrations(admin: str) -> bool:
    status, said = await _asked(admin, "readyz")
    return status == 503 and said.startswith("the database knows no such role") and "`zufall migrate`" in said


async def _asked(admin: str, path: str) -> tuple[int, str]:
    try:
        async with aiohttp.ClientSession() as client, client.get(f"http://{admin}/{path}") as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientConnectionError:
        return 0, ""


_WITHOUT_THE_NEWEST = """
DROP INDEX ix_reports_filed_at_flag_reason_accused; CREATE INDEX ix_reports_filed_at ON reports (filed_at);
DROP INDEX ix_reports_case_id_flag_filed_at; CREATE INDEX ix_reports_case_id ON reports (case_id)
"""
"""Takes back what the newest migration did."""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            f"{_WITHOUT_THE_NEWEST}; UPDATE alembic_version SET version_num = '{BEFORE}'",  # noqa: S608 -- ours
            f"the schema lacks the migrations {NEWEST}, which this role may not run: run `zufall migrate`",
        ),
        (
            "REVOKE SELECT ON alembic_version FROM {role}",
            "this role may not read the schema: run `zufall migrate`",
        ),
    ],
)
async def test_what_a_start_waits_for_is_said_once(
    own_database: OwnDatabase, zufall: ZufallCommand, change: str, sentence: str
) -> None:
    await zufall("migrate", **own_database.environment())
    await _changed(own_database, change)
    engine = open_engine(own_database.service)
    attempts: list[sa.Connection] = []
    sa.event.listen(engine.sync_engine, "begin", attempts.append)
    gate = DatabaseGate(engine, _poller(engine), DatabaseWrites(engine))
    with capture_logs() as lines:
        waiting = asyncio.create_task(gate.wait(asyncio.Event()))
        await until(lambda: len(attempts) == 2)
        assert gate.problems() == [sentence]
        await zufall("migrate", **own_database.environment())
        assert await waiting
    assert gate.problems() == []
    assert [line["reason"] for line in lines if line["event"] == "waiting for the database"] == [sentence]
    await engine.dispose()


async def test_a_database_that_nobody_made_is_named(own_database: OwnDatabase) -> None:
    engine, stop = open_engine(own_database.owner + "-elsewhere"), asyncio.Event()
    gate = DatabaseGate(engine, _poller(engine), DatabaseWrites(engine))
    waiting = asyncio.create_task(gate.wait(stop))
    await until(lambda: gate.problems()[0].startswith("the server has no database of this name"))
    stop.set()
    assert not await waiting
    await engine.dispose()


async def test_a_stop_ends_the_waiting(own_database: OwnDatabase) -> None:
    engine, stop = open_engine(own_database.service), asyncio.Event()
    gate = DatabaseGate(engine, _poller(engine), DatabaseWrites(engine))
    waiting = asyncio.create_task(gate.wait(stop))
    await until(lambda: "`zufall migrate`" in gate.problems()[0])
    stop.set()
    assert not await waiting
    await engine.dispose()


def _poller(engine: AsyncEngine) -> StandingsPoller:
    return StandingsPoller(
        SqlReportStore(engine, AUDIT), SqlRevokedTokens(engine, AUDIT), StandingsCache(), lambda: 0
    )


async def _changed(own: OwnDatabase, statements: str) -> None:
    """Change the schema as its owner. `{role}` is the service's role."""
    owner = await asyncpg.connect(own.owner.replace("+asyncpg", ""))
    await owner.execute(statements.format(role=sa.make_url(own.service).username))
    await owner.close()


async def test_the_migrations_wait_for_a_database_that_does_not_answer_yet(own_database: OwnDatabase) -> None:
    """A network plugin may let the traffic of a new pod pass some moments after it began."""
    ports = {sa.make_url(url).port for url in own_database.environment().values()}
    proxy = Proxy(ports.pop() or 5432)
    urls = {
        name: sa.make_url(url).set(port=proxy.port).render_as_string(hide_password=False)
        for name, url in own_database.environment().items()
    }
    refused = asyncio.Event()

    def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        refused.set()

    refusing = await asyncio.start_server(refuse, "127.0.0.1", proxy.port)
    migrating = asyncio.create_task(run_zufall("migrate", **urls))
    await refused.wait()
    refusing.close()
    await refusing.wait_closed()
    await proxy.open()
    status, said = await migrating
    await proxy.cut()
    assert status == 0, said
