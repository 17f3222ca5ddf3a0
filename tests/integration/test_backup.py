"""Runs the commands in `docs/backups.md` as they stand there: for SQLite, and without Zufall."""

import asyncio
import os
import re
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import metadata
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..servers import free_ports_in_a_row
from ..timing import scaled, until
from ..visitor import ORIGIN, ManualVisitor, opened, visitor
from .local_run import ZUFALL, running
from .reports_service import (
    APPEALS,
    NO_NATS,
    ReportsReplica,
    appeal_token,
    file_request,
    past_match,
    photo,
    reports_service,
)

QUIET = {"ZUFALL_CLASSIFIER": "off"}
"""No picture is analysed while rows are compared."""
PAGE = (Path(__file__).parents[2] / "docs" / "backups.md").read_text()


def commands(name: str) -> str:
    """Return the lines of the page after the mark `name`."""
    (block,) = re.findall(rf"<!-- test: {name} -->\n\n((?:    .*\n)+)", PAGE)
    return re.sub(r"^    ", "", str(block), flags=re.MULTILINE)


async def shell(script: str, folder: Path, **environment: str) -> tuple[int, str]:
    """Return the status and the output; the script ends with the first command that fails."""
    path = f"{environment.pop('PATH', '')}:{ZUFALL.parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env={**os.environ, **environment, "PATH": path},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(scaled(30)):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def rows(database: str) -> Mapping[str, list[tuple[object, ...]]]:
    """Return everything in the database."""
    engine = open_engine(database)
    try:
        async with engine.connect() as connection:
            return {
                table.name: sorted(
                    (tuple(row) for row in await connection.execute(sa.select(table))), key=repr
                )
                for table in metadata.sorted_tables
            }
    finally:
        await engine.dispose()


async def fill(replica: ReportsReplica) -> tuple[pb.VisitorStanding, pb.VisitorStanding]:
    """Make reports with pictures, a case that triage decides, an appeal and two bans; returns the bans."""
    accused = VisitorId(random_id())
    for number in range(6):
        met = past_match(accused=accused)
        await replica.reports.File(file_request(met, frames=(photo(64, 48),), network=b"network %d" % number))
    held, appealed = [await replica.decide(random_id(), pb.LEVEL_BANNED) for _ in range(2)]
    await replica.reports.Appeal(pb.AppealRequest(appeal=appeal_token(appealed), text="no"))
    return held, appealed


@asynccontextmanager
async def watched(replica: ReportsReplica) -> AsyncIterator[StandingsWatcher]:
    """Return the standings that a gateway knows from watching."""
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.start(lambda *_: None)
    try:
        await until(lambda: watch.known)
        yield watch
    finally:
        await watch.stop()


async def check_restored(
    replica: ReportsReplica, held: pb.VisitorStanding, appealed: pb.VisitorStanding, lost: VisitorId
) -> None:
    """Check that the earlier state is back, the later one is gone, and new decisions collide with neither."""
    async with watched(replica) as watch:
        assert watch.ban(VisitorId(held.visitor), 0) is not None
        assert watch.ban(VisitorId(appealed.visitor), 0) is not None
        assert watch.ban(lost, 0) is None
        found = await replica.reports.Appeal(pb.AppealRequest(appeal=appeal_token(appealed)))
        assert found.state == pb.APPEAL_STATE_OPEN
        again = await replica.decide(lost, pb.LEVEL_BANNED)
        assert again.sequence > max(held.sequence, appealed.sequence)
        await until(lambda: watch.ban(lost, 0))
    await replica.reports.File(file_request(past_match()))
    assert len(await replica.list()) == 7


def on_this_machine(name: str, folder: Path) -> str:
    """Return the commands with a folder of the test for the backups."""
    return commands(name).replace("/backups", str(folder / "backups"))


async def test_sqlite_by_the_commands_for_one_machine(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    data = tmp_path / ".zufall"
    data.mkdir()
    (data / "secrets.env").write_text("ZUFALL_PASS_KEYS=…\n")
    database, lost = f"sqlite+aiosqlite:///{data}/zufall.sqlite", VisitorId(random_id())
    async with reports_service(database, NO_NATS, **QUIET) as replica:
        bans = await fill(replica)
        before = await rows(database)
        status, said = await shell(on_this_machine("one machine, backup", tmp_path), tmp_path)
        counts = "reports: 6, pictures: 6, cases: 1, decisions: 3, appeals: 1"
        assert (status, counts in said) == (0, True), said
        await replica.reports.File(file_request(past_match()))
        await replica.decide(lost, pb.LEVEL_BANNED)
        after = await rows(database)
        status, said = await shell(on_this_machine("one machine, restore", tmp_path), tmp_path)
        assert (status, "is in use: stop what runs there first" in said) == (1, True), said
        assert await rows(database) == after, "and nothing has happened"
    (copy,) = (tmp_path / "backups").glob("zufall-*.sqlite")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    rights = stat.S_IMODE((data / "zufall.sqlite").stat().st_mode)
    status, said = await shell(on_this_machine("one machine, restore", tmp_path), tmp_path)
    assert status == 0, said
    assert await rows(database) == before
    (kept,) = data.glob("zufall.sqlite.before-*")
    assert f"what was there before is in {kept}" in said
    assert stat.S_IMODE(kept.stat().st_mode) == rights
    assert await rows(f"sqlite+aiosqlite:///{kept}") == after
    async with reports_service(database, NO_NATS, **QUIET) as replica:
        await check_restored(replica, *bans, lost)


async def test_a_backup_overwrites_nothing_and_neither_does_a_restore(tmp_path: Path) -> None:
    data, script = tmp_path / ".zufall", "zufall reports backup copy.sqlite"
    data.mkdir()
    status, said = await shell(script, tmp_path)
    assert (status, said.count("\n"), "no .zufall/zufall.sqlite" in said) == (1, 1, True)
    async with reports_service(f"sqlite+aiosqlite:///{data}/zufall.sqlite", NO_NATS, **QUIET) as replica:
        await replica.reports.File(file_request(past_match()))
    assert (await shell(script, tmp_path))[0] == 0, "also while nothing runs"
    written = (tmp_path / "copy.sqlite").read_bytes()
    status, said = await shell(script, tmp_path)
    assert (status, "exists already" in said) == (1, True)
    status, said = await shell("zufall reports restore copy.sqlite", tmp_path)
    assert (status, "--replace" in said) == (1, True)
    assert (tmp_path / "copy.sqlite").read_bytes() == written
    assert sorted(os.listdir(tmp_path)) == [".zufall", "copy.sqlite"]
    (tmp_path / "torn.sqlite").write_bytes(written[: len(written) // 2])
    (tmp_path / "other.sqlite").write_bytes(b"")
    for name in ("torn", "other", "none"):
        status, said = await shell(f"zufall reports restore {name}.sqlite --replace", tmp_path)
        assert (status, said.count("\n")) == (1, 1), said
    url = "postgresql+asyncpg://user:secret@host/name"
    status, said = await shell(script, tmp_path, ZUFALL_DATABASE=url)
    assert (status, "use `zufall backups`" in said, "secret" in said) == (1, True, False)


async def test_a_ban_of_before_holds_at_the_gateways_of_a_restored_run(tmp_path: Path) -> None:
    """Restore everything as on another machine, where nothing of the first folder is left."""
    (tmp_path / "backups").mkdir()
    data, port = tmp_path / ".zufall", free_ports_in_a_row(3)
    async with running(data, port, "--origin", ORIGIN) as run:
        await run.until_said("Zufall is ready")
        async with visitor(run.url(1)) as one, visitor(run.url(1)) as other:
            report = await reported(one, other)
            await ban(data, other.name)
            notice = await other.hear("banned")
        status, said = await shell(on_this_machine("one machine, backup", tmp_path), tmp_path)
        assert status == 0, said
    data.rename(tmp_path / "lost")
    status, said = await shell(on_this_machine("one machine, restore", tmp_path), tmp_path)
    assert status == 0, said
    async with running(data, port, "--origin", ORIGIN) as run:
        await run.until_said("Zufall is ready")
        for number in (1, 2):
            async with opened(run.url(number), other.token) as again:
                await again.say("hello", token=other.token, epoch=again.next_epoch())
                assert (await again.hear("banned"))["decision"] == notice["decision"]
        async with aiohttp.ClientSession() as http:
            appeal = {"appeal": notice["appeal"], "text": "no"}
            async with http.post(f"{run.url(1)}/api/appeals", json=appeal) as answer:
                assert answer.status == 201
        async with opened(run.url(2), one.token) as again:
            again.match = one.match  # the same pass
            assert await again.report("nudity") == report, "the same pass names the same report"


async def reported(one: ManualVisitor, other: ManualVisitor) -> str:
    await one.find()
    await other.find()
    await one.meet()
    await other.meet()
    return await one.report("nudity")


async def ban(data: Path, name: str) -> None:
    words = ("moderator", "ban", name, "--for", "1h", "--rule", "nudity", "--data", str(data))
    process = await asyncio.create_subprocess_exec(ZUFALL, *words, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0
