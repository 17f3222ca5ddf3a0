"""`zufall migrate` makes PostgreSQL's role of the service, which may do no more than its work."""

import asyncio
import base64

import asyncpg
import pytest

from services.reports.shell.storage.ordinary_role import scram_verifier
from services.reports.shell.storage.schema import MIGRATION_LOCK

from ..databases import OwnDatabase, Postgres
from ..timing import until
from .reports_service import NO_NATS, file_request, past_match, reports_service
from .zufall_command import ZufallCommand, run_zufall

REFUSED = asyncpg.InsufficientPrivilegeError


async def connected(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def test_the_service_can_neither_change_the_schema_nor_what_it_wrote_down(
    own_database: OwnDatabase,
) -> None:
    for _ in range(2):  # the second changes nothing
        status, said = await run_zufall("migrate", **own_database.environment())
        assert (status, "nothing is left to run" in said) == (0, True), said
    service = await connected(own_database.service)
    await service.execute("INSERT INTO audit VALUES (1, 1, 'a', 'b', 'c', '{}', '')")
    assert await service.fetchval("SELECT count(*) FROM audit") == 1
    for statement in (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM decisions",
        "UPDATE decisions SET level = 0",
        "DELETE FROM alembic_version",
        "INSERT INTO contract_migrations VALUES ('0001', '0.0.1')",
        "TRUNCATE reports",
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE INDEX mine ON reports (id)",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "ALTER TABLE reports ADD COLUMN mine int",
        "DROP TABLE audit",
    ):
        with pytest.raises(REFUSED):
            await service.execute(statement)
    await service.execute("UPDATE decisions SET device = 0, case_id = ''")
    await service.execute("DELETE FROM reports")
    await service.close()


async def test_the_role_has_the_password_of_the_url_and_loses_rights_that_it_should_not_have(
    own_database: OwnDatabase,
) -> None:
    await run_zufall("migrate", **own_database.environment())
    owner = await connected(own_database.owner)
    name = await owner.fetchval("SELECT current_user")
    await owner.execute(f"GRANT UPDATE ON audit TO {name}_s")
    await owner.execute(f"REVOKE ALL ON reports FROM {name}_s")
    status, said = await run_zufall("migrate", **own_database.environment())
    assert (status, "pa ss" in said) == (0, False), said
    service = await connected(own_database.service)
    assert await service.fetchval("SELECT count(*) FROM reports") == 0
    with pytest.raises(REFUSED):
        await service.execute("UPDATE audit SET actor = 'x'")
    await service.close()
    await owner.close()


async def test_the_verifier_is_the_one_that_postgresql_makes(postgres_server: Postgres) -> None:
    await postgres_server.execute("CREATE ROLE verified PASSWORD 'pencil'")
    admin = await asyncpg.connect(f"postgresql://postgres@{postgres_server.address}")
    made = await admin.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = 'verified'")
    salt = base64.b64decode(made.split("$")[1].partition(":")[2])
    assert scram_verifier("pencil", salt) == made
    await admin.execute("DROP ROLE verified")
    await admin.close()


async def test_a_role_that_could_do_more_is_refused(
    own_database: OwnDatabase, postgres_server: Postgres
) -> None:
    name = own_database.owner.partition("//")[2].partition("@")[0]
    await postgres_server.execute(
        f"CREATE ROLE {name}_s LOGIN SUPERUSER", f"GRANT {name}_s TO {name} WITH ADMIN TRUE"
    )
    status, said = await run_zufall("migrate", **own_database.environment())
    _, refusal = said.splitlines()
    assert (status, refusal) == (1, "zufall: the database refused: permission denied to alter role")
    owner = await connected(own_database.owner)
    assert await owner.fetchval("SELECT to_regclass('reports')") is None, "and nothing has happened"
    await owner.close()


async def test_a_service_waits_for_a_migration_that_is_under_way(own_database: OwnDatabase) -> None:
    await run_zufall("migrate", **own_database.environment())
    owner = await connected(own_database.owner)
    migration = owner.transaction()
    await migration.start()
    await owner.execute(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    starting = asyncio.create_task(_file_one(own_database.service))
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    await until(lambda: owner.fetchval(waits))
    assert not starting.done()
    await migration.commit()
    await starting
    await owner.close()


async def _file_one(database: str) -> None:
    async with reports_service(database, NO_NATS) as replica:
        await replica.reports.File(file_request(past_match()))


async def test_the_command_names_what_is_wrong(own_database: OwnDatabase, zufall: ZufallCommand) -> None:
    assert (await zufall("migrate"))[0] == 2
    other = own_database.environment() | {"ZUFALL_DATABASE": own_database.service + "x"}
    status, said, errors = await zufall("migrate", **other)
    assert (status, said, "the same database" in errors) == (2, "", True), errors
    nobody = own_database.environment() | {
        "ZUFALL_DATABASE_OWNER": own_database.owner.replace("//own_", "//nobody_")
    }
    status, said, errors = await zufall("migrate", **nobody)
    assert (status, said, errors.count("\n")) == (1, "", 1), errors
    status, said, errors = await zufall("migrate", "status", **own_database.environment())
    assert (status, said.startswith("the database is empty; not run yet: 0001 (expand), ")) == (0, True), said
