"""Brings the schema up to date in two phases, and checks it at the start of the service.

A migration is a file that may say `phase = "contract"`. All others are of the phase expand, and only add. The
owner's role runs them: with SQLite it is the service itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.version import VERSION

from ...core.migration_phases import Migration, contracts, pending, target
from .tables import contract_migrations

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = _MIGRATIONS / "versions"
MIGRATION_LOCK = 0x7A756661
"""A number that nothing else locks in this database. The service before this one uses it, too."""

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK))
_LOCK_SHARED = sa.select(sa.func.pg_advisory_xact_lock_shared(MIGRATION_LOCK))
_MAY_MIGRATE = sa.text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_PERMISSION_DENIED = "42501"
_NOT_LET_IN = "28"
"""The class of errors with which PostgreSQL refuses a role, or its password."""
_NO_DATABASE = "3D000"
_WAIT_FOR_TABLES = sa.text("SET LOCAL lock_timeout = '3s'")


class UnusableSchema(Exception):
    """Says in one sentence why this version cannot use the schema, and what to do."""


class SchemaTooOld(UnusableSchema):
    """The schema lacks what `zufall migrate` brings, and the role of the service may not run it."""


class SchemaTooNew(UnusableSchema):
    """A contract migration of a later version has removed what this one needs."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """The revision of a database, None for an empty one, and what has not run on it."""

    current: str | None
    pending: tuple[Migration, ...]


async def prepare(engine: AsyncEngine) -> None:
    """Make sure, when the service starts, that it can use the schema.

    SQLite gets all migrations, and a role that may create tables gets those of expand. An ordinary role waits
    for a migration that is under way. Raises `UnusableSchema` and `PhaseRefused`.
    """
    if engine.dialect.name == "sqlite":
        await migrate(engine)
        return
    with _raising_too_old():
        async with engine.begin() as connection:
            if await connection.scalar(_MAY_MIGRATE):
                await run(connection)
            else:
                await connection.execute(_LOCK_SHARED)
                await connection.run_sync(_check)


async def migrate(engine: AsyncEngine) -> None:
    """Run the migrations of both phases, in a transaction that only one process at a time can hold.

    Raises `SchemaTooNew`.
    """
    exclusive = engine.execution_options(sqlite_begin="BEGIN EXCLUSIVE")
    async with exclusive.begin() as connection:
        await run(connection, contract=True)


async def run(connection: AsyncConnection, *, contract: bool = False, versions: Path = VERSIONS) -> None:
    """Run the migrations of a phase, in a transaction that only one process at a time can hold.

    A table that something else holds for three seconds, as a backup may, ends it with an error of the
    database. Raises `PhaseRefused` and `SchemaTooNew`.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_LOCK)
        await connection.execute(_WAIT_FOR_TABLES)
    await connection.run_sync(_run, contract, versions)


def _run(connection: sa.Connection, contract: bool, versions: Path) -> None:
    if _is_newest(connection, versions):
        return
    current, migrations = _current_revision(connection), _migrations(versions)
    if (revision := target(current, migrations, contract=contract)) is None:
        return
    upgrade(connection, revision, versions)
    if ran := contracts(current, migrations, revision):
        rows = [{"revision": one, "version": VERSION} for one in ran]
        connection.execute(sa.insert(contract_migrations), rows)


def _check(connection: sa.Connection) -> None:
    if _is_newest(connection, VERSIONS):
        return
    if missing := [one.revision for one in status(connection).pending if not one.contract]:
        raise SchemaTooOld(
            f"the schema lacks the migrations {', '.join(missing)}, which this role may not run: "
            "run `zufall migrate`"
        )


@contextmanager
def _raising_too_old() -> Iterator[None]:
    """Say what to do about a role that may not read the schema, as after a restore, or is not made yet."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if state == _PERMISSION_DENIED:
            raise SchemaTooOld("this role may not read the schema: run `zufall migrate`") from error
        if state.startswith(_NOT_LET_IN):
            raise SchemaTooOld(
                "the database knows no such role, or not this password: correct ZUFALL_DATABASE, "
                "or run `zufall migrate`, which makes the role that it names"
            ) from error
        if state == _NO_DATABASE:
            raise SchemaTooOld(
                "the server has no database of this name: correct ZUFALL_DATABASE, or make it"
            ) from error
        raise


def _is_newest(connection: sa.Connection, versions: Path) -> bool:
    """Tell whether nothing is to be done, without Alembic, whose import takes a tenth of a start.

    A newer schema is one that a later version has only expanded. Raises `SchemaTooNew` if it is not.
    """
    current, newest = _current_revision(connection) or "", _newest_revision(versions)
    if current > newest:
        _check_not_contracted(connection, newest)
    return current >= newest


def _check_not_contracted(connection: sa.Connection, known: str) -> None:
    """Raise `SchemaTooNew` if a contract migration has run that is newer than the newest known one."""
    newest_first = sa.select(contract_migrations).order_by(contract_migrations.c.revision.desc())
    ran = connection.execute(newest_first.limit(1)).one_or_none()
    if ran is not None and ran.revision > known:
        raise SchemaTooNew(
            f"the schema needs Zufall {ran.version} or later, for its migration {ran.revision} removed what "
            f"older versions need; this is {VERSION}, which knows the migrations up to {known}: "
            "start a later version, or restore a backup from before that migration"
        )


def _current_revision(connection: sa.Connection) -> str | None:
    """Return the newest migration that has run; None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def _newest_revision(versions: Path) -> str:
    """Return the number with which the name of the newest migration begins, as a test proves."""
    return max(path.name for path in versions.glob("*.py")).partition("_")[0]


def status(connection: sa.Connection, versions: Path = VERSIONS) -> SchemaStatus:
    """Return how far the schema has come. Raises `SchemaTooNew`."""
    _is_newest(connection, versions)
    current = _current_revision(connection)
    return SchemaStatus(current, pending(current, _migrations(versions)))


def _migrations(versions: Path) -> list[Migration]:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_alembic_config(versions))
    newest_first = list(script.walk_revisions())
    return [
        Migration(one.revision, getattr(one.module, "phase", "expand") == "contract")
        for one in reversed(newest_first)
    ]


def upgrade(connection: sa.Connection, revision: str = "head", versions: Path = VERSIONS) -> None:
    """Run the migrations of the folder `versions` up to `revision`."""
    from alembic import command

    alembic = _alembic_config(versions)
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, revision)


def _alembic_config(versions: Path) -> "Config":
    """Return the configuration for the migrations of this folder."""
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", _escaped(_MIGRATIONS))
    alembic.set_main_option("path_separator", "newline")
    alembic.set_main_option("version_locations", _escaped(versions))
    return alembic


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
