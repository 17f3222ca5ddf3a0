"""Opens engines for SQLite and PostgreSQL."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.contract.errors import Unavailable
from services.runtime import config

from .write_faults import write_fault

_WAL_TRIES, _WAL_PAUSE = 100, 0.02
"""The pause is in seconds, so this takes two seconds at most."""

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"

INSERT: dict[str, Callable[[sa.Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
"""Maps the name of a dialect to its INSERT, which can say what happens on a conflict."""


def parse_url(url: str) -> str:
    """Return `url` if it names a database that the service can use; raises `ValueError`."""
    try:
        driver = sa.make_url(url).drivername
    except sa.exc.ArgumentError:
        raise ValueError("this is not a database URL") from None  # it may hold a password: do not repeat it
    if driver not in (SQLITE, POSTGRESQL):
        raise ValueError(f"a database is {SQLITE}:///path or {POSTGRESQL}://user:password@host/name")
    return url


def database_url(data: Path, *, must_exist: bool = True) -> str:
    """Return the URL in ZUFALL_DATABASE, or the URL of the database that `zufall run` keeps in `data`.

    Raises `ValueError`, and `OSError` when there is none.
    """
    file = data / "zufall.sqlite"
    url = config.read("ZUFALL_DATABASE", os.environ)
    if not url and must_exist and not file.exists():
        raise OSError(f"no {file}: set ZUFALL_DATABASE, or --data to the folder of `zufall run`")
    return parse_url(url or f"{SQLITE}:///{file.absolute()}")


def open_engine(url: str, statement_timeout: float = 10.0) -> AsyncEngine:
    """Return an engine that connects when it is first used; raises `OSError` without a folder for SQLite.

    On PostgreSQL a statement fails after `statement_timeout` seconds. Errors end up in logs, so they do not
    quote parameters.
    """
    if sa.make_url(url).drivername == SQLITE:
        _check_folder(Path(sa.make_url(url).database or ""))
        engine = create_async_engine(url, hide_parameters=True)
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=0,
        pool_timeout=5,
        connect_args={"timeout": 5, "command_timeout": statement_timeout},
    )
    sa.event.listen(engine.sync_engine, "handle_error", _drop_hanging_connections)
    return engine


def _drop_hanging_connections(context: sa.ExceptionContext) -> None:
    """Use no connection again after one timed out: the others may hang too, each for as long.

    A ping before each use would hang likewise. The poller of standings notices within a second.
    """
    if isinstance(context.original_exception, TimeoutError):
        context.invalidate_pool_on_disconnect = True


def _check_folder(file: Path) -> None:
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise OSError(f"{file.parent} is not a folder that can be written to, for the database {file.name}")


def for_writing(engine: AsyncEngine) -> AsyncEngine:
    """Return `engine` for transactions that write: on SQLite they wait for their turn before they read."""
    return engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # Or the driver begins transactions itself, and too late: see `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=10000")
    _enter_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _enter_wal(cursor: Any) -> None:
    """Switch to WAL with retries: SQLite does not wait where several processes open a new file together."""
    for left in reversed(range(_WAL_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if not left:
                raise
            time.sleep(_WAL_PAUSE)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


_TRANSIENT = ("08", "40", "53", "57")
"""SQLSTATE classes of errors that may pass: connection, rollback, resources, operator."""


@contextmanager
def raising_unavailable() -> Iterator[None]:
    """Turn into `Unavailable` every error that may pass or that an operator must mend, such as a full disk.

    Programming errors stay what they are.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        if fault := write_fault(error.orig):
            raise Unavailable(f"the database cannot be used: {fault}") from error
        state = getattr(error.orig, "sqlstate", None) or ""
        unanswered = isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError))
        if not (unanswered or error.connection_invalidated or state.startswith(_TRANSIENT)):
            raise
        raise Unavailable("the database does not answer") from error
    except (sa.exc.TimeoutError, OSError) as error:  # OSError includes TimeoutError
        raise Unavailable("the database does not answer") from error


def with_cause(error: Unavailable) -> str:
    """Return the sentence of such an error, and if it has no reason, the first line of the driver's."""
    if isinstance(error.__cause__, sa.exc.DBAPIError) and write_fault(error.__cause__.orig):
        return str(error)
    cause, *_ = str(error.__cause__).split("\n")
    return f"{error}: {cause}"
