"""`zufall backups` makes backups of a real database, tries them out and restores them."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from protos import reports_pb2 as pb
from services.backups.shell.errors import BackupError
from services.backups.shell.server import DatabaseServer
from services.contract.ids import VisitorId, random_id
from services.reports.shell.storage.tables import metadata

from ..databases import OwnDatabase, Postgres
from ..requirements import require
from ..timing import until
from .reports_service import NO_NATS, reports_service
from .test_backup import QUIET, check_restored, commands, fill, rows, shell
from .zufall_command import ZufallCommand

# A dump that has begun, so that somebody can kill it.
SLOW_DUMP = """#!/bin/sh
echo "the beginning of a dump"
touch "$0.started"
exec sleep 600
"""


@dataclass(frozen=True)
class BackedUpSite:
    """A database with reports, and the settings of its backups, which are in the environment."""

    own: OwnDatabase
    folder: Path
    identity: str
    zufall: ZufallCommand

    async def backups(self, *words: str, **more: str) -> tuple[int, str]:
        """Run `zufall backups` with these words and changed settings; return its status and output."""
        status, said, errors = await self.zufall("backups", *words, **more)
        return status, said + errors

    async def migrate(self) -> None:
        status, *said = await self.zufall("migrate")
        assert status == 0, said

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.age"))

    async def sole_file(self) -> Path:
        """Make a backup, and return the only file."""
        status, said = await self.backups("now")
        assert status == 0, said
        (file,) = self.files()
        return file


def new_identity() -> str:
    return subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout


@pytest.fixture
async def site(
    own_database: OwnDatabase,
    postgres_server: Postgres,
    tmp_path: Path,
    zufall: ZufallCommand,
    monkeypatch: pytest.MonkeyPatch,
) -> BackedUpSite:
    require("age")
    folder, identity = tmp_path / "backups", new_identity()
    folder.mkdir()
    for name, value in {
        **own_database.environment(),
        "ZUFALL_BACKUP_FOLDER": str(folder),
        "ZUFALL_BACKUP_IDENTITY": identity,
        "PATH": f"{postgres_server.programs}:{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(name, value)
    made = BackedUpSite(own_database, folder, identity, zufall)
    await made.migrate()
    return made


async def databases(server: Postgres, of: OwnDatabase) -> list[str]:
    """Return the names of the database and of what was made of it."""
    name = of.owner.rpartition("/")[2]
    found = await server.fetch(
        "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1", name
    )
    return [one.removeprefix(name) for (one,) in found]


async def test_a_backup_brings_back_what_was_there(site: BackedUpSite, postgres_server: Postgres) -> None:
    lost = VisitorId(random_id())
    async with reports_service(site.own.service, NO_NATS, **QUIET) as replica:
        bans = await fill(replica)
        before = await rows(site.own.owner)
        file = await site.sole_file()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
        await replica.decide(lost, pb.LEVEL_BANNED)
        status, said = await site.backups("drill")
        compared = len(metadata.tables) + 3  # and alembic_version, the schema, the audit log
        assert (status, said.count("DIFFERS"), said.count(" same\n")) == (0, 0, compared), said
        lines = [line.split() for line in said.splitlines()]
        assert ["reports", "6", "6", "same"] in lines, said
        assert any(line[:2] == ["audit", "log"] and line[2].startswith("3:") for line in lines), said
        assert await databases(postgres_server, site.own) == [""]
        status, said = await site.backups("restore", file.name)
        assert (status, "--replace" in said) == (1, True), said
        status, said = await site.backups("restore", file.name, "--replace")
        assert (status, "in use by own_" in said, "--disconnect" in said) == (1, True, True), said
        assert await databases(postgres_server, site.own) == [""], "and nothing has happened"
        name = site.own.owner.rpartition("/")[2]
        await postgres_server.execute(f"GRANT pg_signal_backend TO {name}")
        status, said = await site.backups("restore", file.name, "--replace", "--disconnect")
        assert (status, "now run `zufall migrate`" in said) == (0, True), said
    assert await rows(site.own.owner) == before
    await site.migrate()
    async with reports_service(site.own.service, NO_NATS, **QUIET) as replica:
        await check_restored(replica, *bans, lost)
    _, old = await databases(postgres_server, site.own)
    assert old.startswith("_before_")
    old_url = site.own.owner + old
    assert len((await rows(old_url))["decisions"]) == len(before["decisions"]) + 1, (
        "the later ban is kept there"
    )


LATE_ROW = """#!/bin/sh
psql -q -c "INSERT INTO revoked_tokens VALUES ('late', 1)"
exec {programs}/pg_dump "$@"
"""


async def test_a_backup_is_of_one_moment(
    site: BackedUpSite, postgres_server: Postgres, tmp_path: Path
) -> None:
    """Add a row after the rows were counted, and before pg_dump begins."""
    dump = tmp_path / "pg_dump"
    dump.write_text(LATE_ROW.format(programs=postgres_server.programs))
    dump.chmod(0o755)
    status, said = await site.backups("now", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert status == 0, said
    assert len((await rows(site.own.owner))["revoked_tokens"]) == 1
    status, said = await site.backups("drill", "--json")
    compared = {one["what"]: one["expected"] for one in json.loads(said)["compared"]}
    assert (status, compared["revoked_tokens"], json.loads(said)["whole"]) == (0, "0", True), said


async def test_a_backup_that_cannot_be_restored_is_named_and_touches_nothing(
    site: BackedUpSite, postgres_server: Postgres, tmp_path: Path
) -> None:
    file = await site.sole_file()
    before, content = await rows(site.own.owner), file.read_bytes()
    cut = tmp_path / "cut.age"
    cut.write_bytes(content[:-40])
    short = tmp_path / "short.age"
    short.write_bytes(content[:500])
    other = tmp_path / "other.age"
    other.write_bytes(await encrypted(site, b"a diary\n" * 20_000))
    (tmp_path / "empty.age").touch()
    for words, more, sentence in (
        ((str(cut),), {}, "cut.age is damaged or not complete"),
        ((str(short),), {}, "short.age is damaged or not complete"),
        ((str(tmp_path / "empty.age"),), {}, "empty.age is damaged or not complete"),
        ((str(other),), {}, "other.age is not a backup of `zufall backups`"),
        ((str(tmp_path / "none.age"),), {}, "there is no file "),
        ((file.name,), {"ZUFALL_BACKUP_IDENTITY": new_identity()}, "the identity does not fit zufall-"),
        ((file.name,), {"ZUFALL_BACKUP_IDENTITY": ""}, "ZUFALL_BACKUP_IDENTITY is not set"),
        ((file.name,), {"ZUFALL_BACKUP_IDENTITY": "AGE-SECRET-KEY-1X"}, "is not an identity of age"),
    ):
        for command in (("drill",), ("restore", "--replace")):
            status, said = await site.backups(*command, *words, **more)
            assert (status, said.count("\n"), sentence in said) == (1, 1, True), said
    assert await databases(postgres_server, site.own) == [""]
    assert await rows(site.own.owner) == before
    assert file.read_bytes() == content


async def encrypted(site: BackedUpSite, content: bytes) -> bytes:
    """Return the content as somebody else encrypts it with age."""
    recipient = site.identity.partition("public key: ")[2].split()[0]
    process = await asyncio.create_subprocess_exec(
        "age", "-r", recipient, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    return (await process.communicate(content))[0]


async def test_a_restored_database_that_differs_from_its_manifest_is_refused(
    site: BackedUpSite, postgres_server: Postgres, tmp_path: Path
) -> None:
    file = await site.sole_file()
    opened = await asyncio.create_subprocess_exec(
        *("age", "--decrypt", "--identity", "-", file),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    plain, _ = await opened.communicate(site.identity.encode())
    forged = tmp_path / "forged.age"
    forged.write_bytes(await encrypted(site, plain.replace(b'"reports":0', b'"reports":1', 1)))
    before = await rows(site.own.owner)
    for command in (("drill",), ("restore", "--replace")):
        status, said = await site.backups(*command, str(forged))
        assert (status, said.count("DIFFERS")) == (1, 1), said
        assert "differs from what it says" in said
    assert await databases(postgres_server, site.own) == [""]
    assert await rows(site.own.owner) == before
    assert not (site.folder / ".last-drill").exists()


async def test_a_failed_backup_leaves_the_last_one_alone(site: BackedUpSite, tmp_path: Path) -> None:
    file = await site.sole_file()
    content = file.read_bytes()
    nobody = site.own.owner.replace("//own_", "//nobody_")
    empty = tmp_path / "programs"
    empty.mkdir()
    for more, sentence in (
        ({"ZUFALL_DATABASE_OWNER": nobody}, "PostgreSQL: role "),
        ({"ZUFALL_DATABASE_OWNER": "postgresql+asyncpg://a:b@127.0.0.1:1/c"}, "PostgreSQL: "),
        ({"ZUFALL_BACKUP_FOLDER": "/proc"}, "folder of the backups cannot be written to"),
        ({"ZUFALL_BACKUP_RECIPIENT": "age1qqq"}, "age failed: malformed recipient"),
        ({"PATH": str(empty)}, "is not installed"),
    ):
        status, said = await site.backups("now", **more)
        assert (status, said.count("\n"), sentence in said) == (1, 1, True), said
    assert (site.files(), file.read_bytes()) == ([file], content)


async def test_a_full_disk_ends_a_backup_with_a_sentence(site: BackedUpSite, tmp_path: Path) -> None:
    """Set a limit to the size of files: to the program that writes, that is like a full disk."""
    file = await site.sole_file()
    age = tmp_path / "age"
    age.write_text(f'#!/bin/sh\nulimit -f 4\nexec $(PATH={os.environ["PATH"]} command -v age) "$@"\n')
    age.chmod(0o755)
    owner = await asyncpg.connect(site.own.owner.replace("+asyncpg", ""))
    await owner.execute("INSERT INTO uploads VALUES ('', $1, 0, '')", os.urandom(100_000))
    await owner.close()
    path = f"{tmp_path}:{os.environ['PATH']}"
    status, said = await site.backups("now", PATH=path)
    assert (status, said) == (1, "zufall: age failed: write /dev/stdout: file too large\n")
    assert [path.name for path in site.folder.iterdir() if path.name != ".lock"] == [file.name]


async def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    site: BackedUpSite, tmp_path: Path
) -> None:
    file = await site.sole_file()
    dump = tmp_path / "pg_dump"
    dump.write_text(SLOW_DUMP)
    dump.chmod(0o755)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", "backups", "now"),
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        start_new_session=True,
    )
    await until((tmp_path / "pg_dump.started").exists)
    status, said = await site.backups("now")
    assert (status, "another process works on the backups" in said) == (1, True), said
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    assert site.files() == [file]
    assert len(list(site.folder.glob(".*.part"))) == 1
    await until(lambda: int(time.time()) > int(file.stat().st_mtime))
    status, said = await site.backups("now")
    assert (status, len(site.files())) == (0, 2), said
    assert not list(site.folder.glob(".*.part"))
    made = json.loads((await site.backups("list", "--json"))[1])
    assert [one["file"] for one in made] == [str(one) for one in reversed(site.files())]
    status, said = await site.backups("list")
    assert [line.split()[0] for line in said.splitlines()] == [str(one) for one in reversed(site.files())]


async def test_a_new_machine_needs_only_a_file_and_its_key(
    site: BackedUpSite, postgres_server: Postgres, tmp_path: Path
) -> None:
    """Restore into a database that is empty, and then into a server that has none of that name."""
    async with reports_service(site.own.service, NO_NATS, **QUIET) as replica:
        await fill(replica)
    file, before = await site.sole_file(), await rows(site.own.owner)
    name = site.own.owner.rpartition("/")[2]
    elsewhere = Path(shutil.copy(file, tmp_path / "from-elsewhere.age"))
    for prepare in (f"CREATE DATABASE {name} OWNER {name}", "SELECT 1"):
        await postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await postgres_server.execute(prepare)
        status, said = await site.backups("restore", str(elsewhere), "--json")
        done = json.loads(said)
        assert (status, done["whole"], bool(done["before"])) == (0, True, prepare != "SELECT 1"), said
        assert await rows(site.own.owner) == before


async def test_a_program_reads_what_the_commands_made(site: BackedUpSite) -> None:
    key = json.loads((await site.backups("key", "--json"))[1])
    assert (key["identity"][:15], key["recipient"][:4]) == ("AGE-SECRET-KEY-", "age1")
    made = json.loads((await site.backups("now", "--json", ZUFALL_BACKUP_IDENTITY=key["identity"]))[1])
    (file,) = site.files()
    assert (made["file"], made["bytes"], made["at_target"]) == (str(file), file.stat().st_size, None)
    assert f"{datetime.fromisoformat(made['made']):%Y%m%dT%H%M%SZ}" in file.name


async def test_two_databases_get_their_names_together_or_not_at_all(
    own_database: OwnDatabase, postgres_server: Postgres
) -> None:
    server = DatabaseServer.from_url(own_database.owner)
    with pytest.raises(BackupError, match="does not exist"):
        await server.put_in_place("nowhere", f"{server.database}_before", disconnect=False)
    assert await databases(postgres_server, own_database) == [""]
    async with server.connected(server.database) as connection:
        assert await connection.fetchval("SELECT 1") == 1, "it takes connections again"


async def test_a_backup_can_be_restored_without_zufall(
    site: BackedUpSite, postgres_server: Postgres, tmp_path: Path
) -> None:
    async with reports_service(site.own.service, NO_NATS, **QUIET) as replica:
        await fill(replica)
    file, before = await site.sole_file(), await rows(site.own.owner)
    shutil.copy(file, tmp_path / "backup.age")
    (tmp_path / "identity.txt").write_text(site.identity)
    name = site.own.owner.rpartition("/")[2]
    where = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres_server.port), "PGUSER": name}
    script = commands("by hand, restore").replace("restored", f"{name}_restored")
    status, said = await shell(script, tmp_path, PATH=str(postgres_server.programs), **where)
    assert status == 0, said
    assert await rows(f"{site.own.owner}_restored") == before
