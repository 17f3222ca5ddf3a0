"""A database that cannot be written is told of once, in the log, in `/readyz` and as a metric."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from protos import reports_pb2 as pb
from services.contract.errors import Unavailable
from services.contract.ids import random_id
from services.reports.shell.database_gate import DatabaseGate
from services.reports.shell.database_writes import DatabaseWrites
from services.reports.shell.standings import StandingsCache, StandingsPoller
from services.reports.shell.storage import schema
from services.reports.shell.storage.database import open_engine, raising_unavailable
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.revoked_tokens import SqlRevokedTokens
from services.reports.shell.storage.tables import revoked_tokens

from ..audit import AUDIT
from ..databases import OwnDatabase, Postgres, migrated, new_sqlite
from ..timing import until
from .reports_service import NO_NATS, error_of_filing, file_request, past_match, reports_service
from .test_reports_outage import readiness

INTERVAL = 0.02
BROKEN = "the database cannot be written: reports, bans and logins are refused"
MENDED = "the database can be written again"

Change = Callable[[AsyncEngine], Awaitable[None]]


@asynccontextmanager
async def watching(engine: AsyncEngine) -> AsyncIterator[DatabaseWrites]:
    """Watch the writes until the block ends."""
    writes = DatabaseWrites(engine, INTERVAL)
    running = asyncio.create_task(writes.run())
    yield writes
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def writable() -> float | None:
    return REGISTRY.get_sample_value("zufall_reports_database_writable")


async def check_told_once(engine: AsyncEngine, reason: str, break_it: Change, mend_it: Change) -> None:
    """Break and mend the database under what watches it, and check all that an operator sees."""
    with capture_logs() as lines:
        async with watching(engine) as writes:
            await writes.attempt()
            assert (writes.problems(), writable()) == ([], 1)
            await break_it(engine)
            await until(lambda: writes.problems() == [f"the database cannot be written: {reason}"])
            assert writable() == 0
            for _ in range(3):
                with pytest.raises(Unavailable, match=f"cannot be used: {reason}"):
                    await write_something(engine)
            await mend_it(engine)
            await until(lambda: not writes.problems())
            assert writable() == 1
    told = [(line["log_level"], line["event"], line.get("reason")) for line in lines]
    assert told == [("error", BROKEN, reason), ("info", MENDED, None)]


async def write_something(engine: AsyncEngine) -> None:
    """Write what a moderator may, and what takes as much room as a report."""
    with raising_unavailable():
        async with engine.begin() as connection:
            row = {"id": random_id() + "x" * 2_000_000, "until": 0}
            await connection.execute(sa.insert(revoked_tokens).values(row))


class EachConnection:
    """Runs a statement of SQLite on each connection that an engine opens.

    It listens from the start: an engine that opens a connection meanwhile would not bear a new listener.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._statement = ""
        sa.event.listen(engine.sync_engine, "connect", self._run)

    def will_run(self, statement: str) -> Change:
        """Return what lets this statement run on all connections from then on."""

        async def change(engine: AsyncEngine) -> None:
            self._statement = statement
            await engine.dispose()

        return change

    def _run(self, connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(self._statement)
        cursor.close()


async def test_sqlite_that_is_read_only(tmp_path: Path) -> None:
    engine = open_engine(new_sqlite(tmp_path))
    await schema.migrate(engine)
    each = EachConnection(engine)
    read_only, writable_again = each.will_run("PRAGMA query_only=ON"), each.will_run("PRAGMA query_only=OFF")
    await check_told_once(engine, "the file is read-only", read_only, writable_again)
    await engine.dispose()


async def test_sqlite_whose_disk_is_full(tmp_path: Path) -> None:
    engine = open_engine(new_sqlite(tmp_path))
    await schema.migrate(engine)
    each = EachConnection(engine)

    async def fill(engine: AsyncEngine) -> None:
        await each.will_run("PRAGMA max_page_count=1")(engine)
        with pytest.raises(Unavailable, match="the disk is full"):  # a small row would still have room
            await write_something(engine)

    await check_told_once(engine, "the disk is full", fill, each.will_run("PRAGMA max_page_count=1000000"))
    await engine.dispose()


async def test_postgresql_that_became_a_standby(postgres_server: Postgres, own_database: OwnDatabase) -> None:
    await migrated(own_database.owner, sa.make_url(own_database.service).username or "")
    name = sa.make_url(own_database.service).database
    engine = open_engine(own_database.owner)

    def change(value: str) -> Change:
        async def set_it(engine: AsyncEngine) -> None:
            await postgres_server.execute(
                f"ALTER DATABASE {name} SET default_transaction_read_only = {value}"
            )
            await engine.dispose()  # or a connection that is open would keep what it began with

        return set_it

    await check_told_once(engine, "the server is read-only, as a standby is", change("on"), change("off"))
    await engine.dispose()


async def test_postgresql_whose_role_lost_its_rights(
    postgres_server: Postgres, own_database: OwnDatabase
) -> None:
    role, engine = sa.make_url(own_database.service).username, open_engine(own_database.owner)
    await schema.migrate(engine)
    await migrated(own_database.owner, role or "")
    service = open_engine(own_database.service.replace(":pa%20ss'", ""))

    def change(statement: str) -> Change:
        async def run(_: AsyncEngine) -> None:
            async with engine.begin() as connection:
                await connection.exec_driver_sql(statement)

        return run

    revoke = change(f"REVOKE INSERT, UPDATE ON write_probe, revoked_tokens FROM {role}")
    grant = change(f"GRANT INSERT, UPDATE ON write_probe, revoked_tokens TO {role}")
    await check_told_once(service, "its role has lost the right to write", revoke, grant)
    await engine.dispose()
    await service.dispose()


def broken_file(folder: Path, content: bytes) -> str:
    url = new_sqlite(folder)
    Path(sa.make_url(url).database or "").write_bytes(content)
    return url


def damaged(folder: Path) -> bytes:
    """Return an SQLite database whose first table points to nowhere."""
    file = folder / "whole"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    return file.read_bytes()[:4096] + b"\xff" * 4096


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            lambda _: b"no database" * 999,
            "the file is no SQLite database: move it away, .*`zufall reports restore`",
        ),
        (damaged, "the data are damaged: move it away, .*`zufall reports restore`"),
    ],
)
async def test_a_start_names_a_broken_file(
    tmp_path: Path, content: Callable[[Path], bytes], sentence: str
) -> None:
    await check_start_refused(open_engine(broken_file(tmp_path, content(tmp_path))), sentence)


def folder_in_its_place(folder: Path) -> str:
    url = new_sqlite(folder)
    Path(sa.make_url(url).database or "").mkdir()
    return url


async def test_a_start_names_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    await check_start_refused(
        open_engine(folder_in_its_place(tmp_path)), "the file cannot be opened: .*may they read and write it."
    )


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("PRAGMA query_only=ON", "the file is read-only"),
        ("PRAGMA max_page_count=1", "the disk is full"),
    ],
)
async def test_a_start_names_a_database_that_cannot_be_written(
    tmp_path: Path, pragma: str, sentence: str
) -> None:
    engine = open_engine(new_sqlite(tmp_path))
    if "read-only" in sentence:
        await schema.migrate(engine)
    await EachConnection(engine).will_run(pragma)(engine)
    await check_start_refused(engine, sentence)


async def check_start_refused(engine: AsyncEngine, sentence: str) -> None:
    poller = StandingsPoller(
        SqlReportStore(engine, AUDIT), SqlRevokedTokens(engine, AUDIT), StandingsCache(), lambda: 0
    )
    gate = DatabaseGate(engine, poller, DatabaseWrites(engine))
    with pytest.raises(OSError, match=f"reports-[0-9]+.db: the database cannot be used: {sentence}$"):
        await gate.wait(asyncio.Event())
    await engine.dispose()


async def test_the_service_is_not_ready_while_reports_are_refused(
    postgres_server: Postgres, own_database: OwnDatabase
) -> None:
    """The page keeps the report and sends it again, because it is told `unavailable`."""
    role = sa.make_url(own_database.service).username or ""
    await migrated(own_database.owner, role)
    service = own_database.service.replace(":pa%20ss'", "")
    owner = open_engine(own_database.owner)
    async with reports_service(service, NO_NATS) as replica:
        assert await readiness(replica) == (200, "ok")
        async with owner.begin() as connection:
            await connection.exec_driver_sql(f"REVOKE INSERT ON reports FROM {role}")
        request = file_request(past_match())
        assert await error_of_filing(replica, request) == "unavailable"
        assert await readiness(replica) == (
            503,
            "the database cannot be written: its role has lost the right to write",
        )
        async with owner.begin() as connection:
            await connection.exec_driver_sql(f"GRANT INSERT ON reports TO {role}")
        assert not (await replica.reports.File(request)).repeated_filing
        assert (await replica.list())[0].reason == pb.REASON_NUDITY
    await owner.dispose()
