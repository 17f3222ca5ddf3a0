"""Faults that strike the parts while reports are on their way, at points that leave little to luck."""

import asyncio
import random
import resource
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ...timing import scaled
from .stage import Stage
from .taps import How, Tap, Trap
from .wal import WriteAheadLog
from .wires import Point

FULL = 80_000
"""The size of a file on a full disk, in bytes. Some reports with pictures take more."""

Sending = asyncio.Task[None]
FaultRunner = Callable[[Stage, Callable[[], Sending]], Awaitable[None]]
"""Begins to send, and returns when the fault has happened and all services run again."""
Strike = Callable[[Stage, Tap], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ReportFault:
    name: str
    happen: FaultRunner
    of_gateways: bool = False
    """True when it strikes nothing but gateways."""


async def _kill_service(stage: Stage, tap: Tap) -> None:
    await stage.service(tap.server).kill()


async def _kill_database(stage: Stage, tap: Tap) -> None:
    assert stage.postgres is not None
    await asyncio.to_thread(stage.postgres.kill)


async def _cut_all(stage: Stage, tap: Tap) -> None:
    for database in stage.databases:
        await database.cut()


async def _nothing(stage: Stage, tap: Tap) -> None:
    """Strike nothing more than the connection."""


def at(point: Point, blow: Strike, how: How = "held", number: int = 2) -> FaultRunner:
    async def happen(stage: Stage, send: Callable[[], Sending]) -> None:
        trap = Trap(point, lambda tap: blow(stage, tap), how, number)
        stage.set_trap(trap)
        await _happened(trap.springing.wait(), send())
        await trap.sprung.wait()
        stage.set_trap(None)
        await _repair(stage)

    return happen


async def _repair(stage: Stage) -> None:
    if stage.postgres is not None and not stage.postgres.running:
        await asyncio.to_thread(stage.postgres.start)
    await stage.until_ready()


async def _happened(event: Awaitable[object], sending: Sending) -> None:
    """Wait for an event. Raises if everything was acknowledged before it happened."""
    waiting = asyncio.ensure_future(event)
    async with asyncio.timeout(scaled(30)):
        await asyncio.wait((waiting, sending), return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        await sending
        raise RuntimeError("all was acknowledged before the fault could happen")


async def _kill_nats(stage: Stage, send: Callable[[], Sending]) -> None:
    sending = send()
    await stage.nats.kill()
    await sending
    await stage.nats.start()
    await stage.until_ready()


async def _kill_amid_the_log(stage: Stage, send: Callable[[], Sending]) -> None:
    """Fill the disk so that only some frames of a commit are written, and then kill the service."""
    (service,) = stage.reports
    await service.stop()  # which empties the log
    await stage.until_ready()
    log = WriteAheadLog(stage.log)
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (FULL, FULL))

    async def torn() -> None:
        while not log.read() or log.committed:  # noqa: ASYNC110 -- SQLite sets no event of ours
            await asyncio.sleep(0.01)

    await _happened(torn(), send())
    await service.kill()
    await stage.until_ready()


async def _kill_after_the_log(stage: Stage, send: Callable[[], Sending]) -> None:
    (service,) = stage.reports
    words = ("-m", "tests.faults.filing.wal", str(stage.log), str(service.pid))
    watch = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    assert watch.stdout is not None
    try:
        assert await watch.stdout.readline() == b"watching\n"
        await _happened(watch.wait(), send())
    finally:
        if watch.returncode is None:
            watch.kill()
    assert watch.returncode == 0
    await service.ended(10)
    await stage.until_ready()


def at_any_moment(kind: str, draws: random.Random) -> FaultRunner:
    """Kill a process of this kind within the first tenth of a second."""

    async def happen(stage: Stage, send: Callable[[], Sending]) -> None:
        send()
        await asyncio.sleep(draws.uniform(0, 0.1))
        if kind == "PostgreSQL":
            assert stage.postgres is not None
            await asyncio.to_thread(stage.postgres.kill)
        else:
            await draws.choice([one for one in stage.services if one.name.startswith(kind)]).kill()
        await _repair(stage)

    return happen


ANSWERED = ReportFault(
    "gateway killed between the answer of the service and its own", at(Point.ANSWERED, _kill_service), True
)
NATS = ReportFault("NATS killed", _kill_nats)

ON_POSTGRESQL = (
    ReportFault("reports killed before COMMIT leaves", at(Point.COMMIT, _kill_service)),
    ReportFault("reports killed as COMMIT leaves", at(Point.COMMIT, _kill_service, "passed on")),
    ReportFault("reports killed when COMMIT is answered", at(Point.COMMITTED, _kill_service)),
    ReportFault("connection cut before COMMIT arrives", at(Point.COMMIT, _nothing)),
    ReportFault("all connections cut as COMMIT arrives", at(Point.COMMIT, _cut_all, "passed on")),
    ReportFault("connection cut when COMMIT is answered", at(Point.COMMITTED, _nothing)),
    ReportFault("PostgreSQL killed before COMMIT arrives", at(Point.COMMIT, _kill_database)),
    ReportFault("PostgreSQL killed as COMMIT arrives", at(Point.COMMIT, _kill_database, "passed on")),
    ReportFault("PostgreSQL killed when COMMIT is answered", at(Point.COMMITTED, _kill_database)),
    ANSWERED,
    NATS,
)
ON_SQLITE = (
    ReportFault("disk full and reports killed amid the commit", _kill_amid_the_log),
    ReportFault("reports killed when the log has the commit", _kill_after_the_log),
    ANSWERED,
    NATS,
)

COMMITS = {"postgresql": ON_POSTGRESQL[:9], "sqlite": ON_SQLITE[1:2]}
"""Faults that also strike a small commit, such as that of an appeal."""

LIE = ReportFault("a database that acknowledges what it never gets", at(Point.COMMIT, _nothing, "a lie"))


def at_random(draws: random.Random, sqlite: bool) -> list[ReportFault]:
    """Return faults that strike at any moment, without regard to the commit."""
    kinds = ("reports", "gateway") if sqlite else ("reports", "gateway", "PostgreSQL")
    return [ReportFault(f"{kind} killed at any moment", at_any_moment(kind, draws)) for kind in kinds]
