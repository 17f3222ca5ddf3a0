"""Asks PostgreSQL, as the owner of the database, what is in it, and makes, renames and drops databases."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg
import sqlalchemy as sa

from ..core.manifest import Contents
from .errors import BackupError, first_line

_MAINTENANCE = "postgres"
"""The database that every server has. Nobody can rename or drop the one that they are connected to."""
_CONNECT, _ANSWER = 30, 3600
"""Seconds to connect, and to answer, because to count the rows of a large table takes a while."""

_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
_HEAD = "SELECT sequence || ':' || encode(hash, 'hex') FROM audit ORDER BY sequence DESC LIMIT 1"
_SESSIONS = "FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL"
_CONNECTED = f"SELECT usename, count(*) {_SESSIONS} GROUP BY 1"
_DISCONNECT = f"SELECT pg_terminate_backend(pid, 5000) {_SESSIONS}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of the database that pg_dump can see, too, while our transaction lasts."""

    id: str
    server: str
    contents: Contents


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """Where the database of the reports is, and how its owner gets there."""

    host: str
    port: int
    user: str
    password: str | None
    database: str
    encryption: str
    """The `sslmode` of libpq."""

    @classmethod
    def from_url(cls, text: str) -> "DatabaseServer":
        """Parse postgresql+asyncpg://user:password@host:port/name. Raises `ValueError` without it."""
        try:
            url = sa.make_url(text)
        except sa.exc.ArgumentError:
            raise ValueError("this is not a database URL") from None
        if url.get_backend_name() != "postgresql":
            raise ValueError("it is not PostgreSQL: `zufall reports backup` copies an SQLite database")
        if not (url.host and url.username and url.database):
            raise ValueError("a database is postgresql+asyncpg://user:password@host/name")
        mode = url.query.get("ssl") or url.query.get("sslmode") or "prefer"
        return cls(url.host, url.port or 5432, url.username, url.password, url.database, str(mode))

    def environment(self, database: str) -> Mapping[str, str]:
        """Return the variables with which libpq's programs reach a database. No argument is secret."""
        given = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": database,
            "PGSSLMODE": self.encryption,
            "PGCONNECT_TIMEOUT": str(_CONNECT),
        }
        return given if self.password is None else {**given, "PGPASSWORD": self.password}

    @asynccontextmanager
    async def connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        """Connect to a database. Raises `BackupError` for everything that the server refuses."""
        with _backup_errors(OSError):
            connection = await asyncpg.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password,
                database=database,
                ssl=self.encryption,
                timeout=_CONNECT,
                command_timeout=_ANSWER,
            )
        try:
            with _backup_errors(ConnectionError, TimeoutError):
                yield connection
        finally:
            connection.terminate()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Hold a moment of the database, and say what it holds."""
        async with (
            self.connected(self.database) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield Snapshot(
                await connection.fetchval("SELECT pg_export_snapshot()"),
                await connection.fetchval("SHOW server_version"),
                await _contents(connection),
            )

    async def contents(self, database: str) -> Contents:
        """Return what a database holds."""
        async with self.connected(database) as connection:
            return await _contents(connection)

    async def is_empty(self) -> bool:
        """Tell whether the database of the reports has no tables, or does not exist."""
        async with self.connected(_MAINTENANCE) as maintenance:
            if not await _exists(maintenance, self.database):
                return True
        async with self.connected(self.database) as connection:
            return not await connection.fetch(_TABLES)

    async def create(self, database: str) -> None:
        """Make an empty database, in the place of one that was left behind."""
        async with self.connected(_MAINTENANCE) as maintenance:
            await maintenance.execute(f"DROP DATABASE IF EXISTS {_quoted(database)} WITH (FORCE)")
            await maintenance.execute(f"CREATE DATABASE {_quoted(database)} TEMPLATE template0")

    async def drop(self, database: str) -> None:
        async with self.connected(_MAINTENANCE) as maintenance:
            await maintenance.execute(f"DROP DATABASE IF EXISTS {_quoted(database)} WITH (FORCE)")

    async def put_in_place(self, database: str, before: str, *, disconnect: bool) -> bool:
        """Give a database the name of the one of the reports, which is called `before` from then on.

        Returns whether there was one. Raises `BackupError`, also when somebody uses it and `disconnect` is
        false; then nothing has changed.
        """
        async with self.connected(_MAINTENANCE) as maintenance:
            there_was = await _exists(maintenance, self.database)
            if there_was:
                await self._exchange(maintenance, database, before, disconnect)
            else:
                await _rename(maintenance, database, self.database)
            return there_was

    async def _exchange(
        self, maintenance: asyncpg.Connection, database: str, before: str, disconnect: bool
    ) -> None:
        """Give both their new names in one transaction: an interruption leaves both with the old ones."""
        users = await maintenance.fetch(_CONNECTED, self.database)
        if users and not disconnect:
            named = ", ".join(f"{name} ({count})" for name, count in users)
            raise BackupError(f"the database is in use by {named}: stop the services, or --disconnect")
        await _allow_connections(maintenance, self.database, False)
        try:
            await maintenance.fetch(_DISCONNECT, self.database)
            async with maintenance.transaction():
                await _rename(maintenance, self.database, before)
                await _rename(maintenance, database, self.database)
        except BaseException:
            await _allow_connections(maintenance, self.database, True)
            raise
        await _allow_connections(maintenance, before, True)


async def _contents(connection: asyncpg.Connection) -> Contents:
    tables = [name for (name,) in await connection.fetch(_TABLES)]
    if not {"alembic_version", "audit"} <= set(tables):
        raise BackupError("this is not a database of reports, or `zufall migrate` has not run")
    rows = {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in tables}  # noqa: S608 -- quoted
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    return Contents(revision or "", await connection.fetchval(_HEAD) or "", rows)


async def _exists(maintenance: asyncpg.Connection, database: str) -> bool:
    found = await maintenance.fetchval("SELECT true FROM pg_database WHERE datname = $1", database)
    return bool(found)


async def _rename(maintenance: asyncpg.Connection, old: str, new: str) -> None:
    await maintenance.execute(f"ALTER DATABASE {_quoted(old)} RENAME TO {_quoted(new)}")


async def _allow_connections(maintenance: asyncpg.Connection, database: str, allowed: bool) -> None:
    await maintenance.execute(f"ALTER DATABASE {_quoted(database)} ALLOW_CONNECTIONS {allowed}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _backup_errors(*more: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, *more) as error:
        said = str(error) or type(error).__name__
        raise BackupError(f"PostgreSQL: {first_line(said.encode())}") from error
