"""Tests that the migrated schema is the one of the code, however many processes migrate at once."""

import asyncio
import signal
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.reports.core.triage import FLAGS_ONLY_OFFSET
from services.reports.shell.console.login_attempts import lockouts
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import migrate, upgrade
from services.reports.shell.storage.tables import (
    cases,
    evidence,
    inspections,
    metadata,
    report_uploads,
    reports,
    uploads,
)

from ..databases import BOTH_DATABASES
from ..timing import long

pytestmark = BOTH_DATABASES

MIGRATE = """
import asyncio, sys
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import migrate

async def main():
    engine = open_engine(sys.argv[1])
    sys.stdin.read(1)  # all begin at the same moment
    await migrate(engine)
    await engine.dispose()

asyncio.run(main())
"""

KILLED_AFTER = """
import asyncio, os, signal, sys
import sqlalchemy as sa
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import migrate

async def main():
    engine, left = open_engine(sys.argv[1]), int(sys.argv[2])

    def count(*_):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine.sync_engine, "after_cursor_execute", count)
    await migrate(engine)
    await engine.dispose()

asyncio.run(main())
"""


def differences(connection: sa.Connection) -> list[object]:
    def belongs_here(_: object, name: str | None, *__: object) -> bool:
        """Leave out the indexes that only PostgreSQL has: Alembic does not look at `ddl_if`."""
        return connection.dialect.name == "postgresql" or not str(name).endswith("_prefix")

    options = {"compare_type": True, "compare_server_default": True, "include_object": belongs_here}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_the_migrated_schema_is_that_of_the_code(database: str) -> None:
    engine = open_engine(database)
    await migrate(engine)
    await migrate(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_start_without_a_migration_does_not_load_alembic(database: str) -> None:
    program = MIGRATE + "print('alembic' in sys.modules)"
    for loaded in ("True", "False"):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, database),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await process.communicate(b"x")
        assert printed.decode().split() == [loaded]


async def test_a_difference_would_be_noticed(database: str) -> None:
    engine = open_engine(database)
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP INDEX ix_reports_accused_filed_at")
        await connection.exec_driver_sql("ALTER TABLE evidence ADD COLUMN more TEXT")
        assert len(await connection.run_sync(differences)) == 2
    await engine.dispose()


async def migrate_at_once(database: str, number: int) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MIGRATE, database), stdin=asyncio.subprocess.PIPE
        )
        for _ in range(number)
    ]
    await asyncio.gather(*(process.communicate(b"x") for process in processes))
    assert [process.returncode for process in processes] == [0] * number


async def test_processes_that_migrate_at_the_same_moment_all_succeed(database: str) -> None:
    await migrate_at_once(database, 5)
    engine = open_engine(database)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_migration_that_fails_leaves_nothing(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE decisions (x INTEGER)")
    with pytest.raises(sa.exc.DBAPIError):
        await migrate(engine)
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    assert tables == ["decisions"]
    await engine.dispose()


OLD_REPORT = sa.text(
    "INSERT INTO reports (id, match, reporter, accused, reason, note, chat, filed_at, match_started_at, "
    "accused_address_hash) VALUES (:id, :id, 'r', :accused, 1, '', '[]', :filed_at, 0, '')"
)

OLD_PICTURE = sa.text(
    "INSERT INTO evidence (report, number, content, media_type, width, height, sha256) "
    "VALUES ('a', :number, :bytes, 'image/jpeg', 1, 1, :bytes)"
)


async def test_reports_of_before_there_were_cases_get_one_for_each_visitor(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        for id, accused, filed_at in (("a", "x", 2), ("b", "y", 3), ("c", "x", 1)):
            await connection.execute(OLD_REPORT, {"id": id, "accused": accused, "filed_at": filed_at})
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.execute(sa.select(cases.c.accused, cases.c.opened_at, cases.c.closed_at))
        assert sorted(map(tuple, found)) == [("x", 1, 0), ("y", 3, 0)]
        devices = await connection.execute(sa.select(reports.c.proven, reports.c.device_hours).distinct())
        assert list(map(tuple, devices)) == [(False, 0)]
        joined = sa.select(reports.c.id, cases.c.accused).join(cases, cases.c.id == reports.c.case_id)
        assert sorted(map(tuple, await connection.execute(joined))) == [("a", "x"), ("b", "y"), ("c", "x")]
    await engine.dispose()


async def test_pictures_of_before_get_names_and_are_to_be_looked_at(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0002")
        await connection.execute(OLD_REPORT, {"id": "a", "accused": "x", "filed_at": 1})
        for number in (0, 1):
            await connection.execute(OLD_PICTURE, {"number": number, "bytes": b"x"})
    await migrate(engine)
    async with engine.connect() as connection:
        found = (await connection.execute(sa.select(evidence).order_by(evidence.c.number))).all()
        assert [(one.content, one.score, one.known) for one in found] == [(b"x", None, "")] * 2
        assert len({one.id for one in found if len(one.id) == 22}) == 2
        due = await connection.execute(sa.select(inspections).order_by(*inspections.primary_key))
        assert [tuple(one) for one in due] == [("a", n, kind, 0, 0) for n in (0, 1) for kind in (1, 2)]
    await engine.dispose()


OLD_ORIGINAL = sa.text("INSERT INTO originals VALUES (:report, :number, :content, :sha256)")


async def test_originals_of_before_are_kept_once(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0009")
        for id in ("a", "b"):
            await connection.execute(OLD_REPORT, {"id": id, "accused": id, "filed_at": 1})
        for report, number, content in (
            ("a", 0, b"one"),
            ("a", 1, b"one"),
            ("b", 0, b"one"),
            ("b", 1, b"two"),
        ):
            row = {"report": report, "number": number, "content": content, "sha256": content[:1]}
            await connection.execute(OLD_ORIGINAL, row)
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.execute(sa.select(uploads).order_by(uploads.c.sha256))
        assert list(map(tuple, found)) == [(b"o", b"one", 3, b""), (b"t", b"two", 3, b"")]
        links = await connection.execute(sa.select(report_uploads).order_by(*report_uploads.primary_key))
        assert list(map(tuple, links)) == [
            ("a", 0, b"o"), ("a", 1, b"o"), ("b", 0, b"o"), ("b", 1, b"t"),
        ]  # fmt: skip
    await engine.dispose()


OLD_ACCOUNT = sa.text(
    "INSERT INTO accounts (name, role, password, code_secret, code_step, failures, locked_until, invitation, "
    "invited_until, disabled, last_login) "
    "VALUES (:name, 1, '', '', 0, :failures, :locked_until, :bytes, 0, :disabled, 0)"
)

OLD_CASE = sa.text(
    "INSERT INTO cases (id, accused, opened_at, closed_at, decision, urgency, held_until) "
    "VALUES (:id, :id, 0, :closed_at, '', 5, 0)"
)
OLD_FLAG = sa.text(
    "INSERT INTO reports (id, match, reporter, accused, reason, note, chat, filed_at, match_started_at, "
    "accused_address_hash, case_id, flag) VALUES (:id, :id, 'r', :case, 1, '', '[]', 0, 0, '', :case, :flag)"
)


async def test_open_cases_with_flags_only_of_before_go_beneath_the_others(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0006")
        for case, flags in {
            "flags": [True, True],
            "both": [True, False],
            "person": [False],
            "closed": [True],
        }.items():
            await connection.execute(OLD_CASE, {"id": case, "closed_at": int(case == "closed")})
            for number, flag in enumerate(flags):
                await connection.execute(OLD_FLAG, {"id": f"{case} {number}", "case": case, "flag": flag})
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.execute(sa.select(cases.c.id, cases.c.urgency))
        assert dict(map(tuple, found)) == {
            "flags": 5 + FLAGS_ONLY_OFFSET,
            "both": 5,
            "person": 5,
            "closed": 5,
        }
    await engine.dispose()


async def test_locks_from_before_they_had_an_origin_are_forgotten(database: str) -> None:
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0007")
        for name, locked_until in (("ann", 60_000), ("bob", 0)):
            row = {"name": name, "failures": 5, "locked_until": locked_until}
            await connection.execute(OLD_ACCOUNT, row | {"bytes": b"", "disabled": False})
    await migrate(engine)
    async with engine.connect() as connection:
        assert await lockouts(connection, ["ann", "bob"]) == {}
    await engine.dispose()


async def schema(database: str) -> list[str]:
    """Return all tables with their columns."""

    def read(connection: sa.Connection) -> list[str]:
        inspector = sa.inspect(connection)
        return [
            f"{table}.{one['name']}"
            for table in inspector.get_table_names()
            for one in inspector.get_columns(table)
        ]

    engine = open_engine(database)
    async with engine.connect() as connection:
        found = await connection.run_sync(read)
    await engine.dispose()
    return sorted(found)


@pytest.mark.parametrize("statements", [6, long(18)])
async def test_a_process_that_is_killed_in_the_midst_of_a_migration_leaves_all_as_it_was(
    database: str, statements: int
) -> None:
    """The processes that start then do all of it, once, however many they are."""
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        await connection.execute(OLD_REPORT, {"id": "a", "accused": "x", "filed_at": 1})
    before = await schema(database)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED_AFTER, database, str(statements))
    )
    assert await process.wait() == -signal.SIGKILL
    assert await schema(database) == before
    await migrate_at_once(database, 3)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        found = await connection.execute(sa.select(cases.c.accused))
        assert list(map(tuple, found)) == [("x",)]
    await engine.dispose()
