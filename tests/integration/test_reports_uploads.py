"""Tests that originals of reports of minors are kept once, within budgets, and not for long."""

import asyncio
from dataclasses import replace
from hashlib import sha256

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import VisitorId
from services.reports.core.picture_budget import PictureBudget
from services.reports.core.records import DAY_MS, Level, NewDecision, Picture, Reason, Report
from services.reports.core.triage import Triage
from services.reports.shell.policy_file import default_policy
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.picture_store import SqlPictureStore
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import cases, uploads

from ..audit import AUDIT
from ..ports.report_stores import PICTURE, decision, report

BUDGET = PictureBudget(network_originals=3_000, all_originals=5_000)
DAY_ONE = 20_000 * DAY_MS


def sent(content: bytes) -> Picture:
    return replace(PICTURE, original=content, original_sha256=sha256(content).digest())


def minor(number: int, network: bytes = b"one /48") -> Report:
    """Return a report of somebody new about somebody else."""
    filed = report(f"m{number}", f"r{number}", DAY_ONE + number, f"v{number}")
    return replace(filed, reason=Reason.MINOR, reporter_network=network)


async def file(engine: AsyncEngine, one: Report, *frames: Picture) -> None:
    triage = Triage(default_policy(), lambda: "id")
    evaluate = triage.evaluator(one.accused, one.filed_at)
    await SqlReportStore(engine, AUDIT, BUDGET).file(one, frames, evaluate)


async def kept(engine: AsyncEngine) -> list[bytes]:
    async with engine.connect() as connection:
        return list(await connection.scalars(sa.select(uploads.c.content).order_by(uploads.c.content)))


async def sweep(engine: AsyncEngine, day: float) -> None:
    periods = RetentionPeriods(10, 1000)
    await RetentionSweeper(engine, periods, lambda: DAY_ONE + int(day * DAY_MS)).sweep()


async def test_the_same_bytes_are_kept_once_and_belong_to_each_report(engine: AsyncEngine) -> None:
    store = SqlPictureStore(engine)
    for number in range(3):
        await file(engine, minor(number), sent(b"same"), sent(b"other %d" % number), sent(b"same"))
    assert await kept(engine) == [b"other 0", b"other 1", b"other 2", b"same"]
    case = (await SqlReportStore(engine, AUDIT).decide(decision("v1"))).case
    found = [(one.number, one.content) async for one in store.originals(case)]
    assert found == [(0, b"same"), (1, b"other 1"), (2, b"same")]


async def test_the_same_bytes_at_the_same_moment_are_kept_once(engine: AsyncEngine) -> None:
    frames = [sent(b"a"), sent(b"b")]
    orders = (frames, frames[::-1])
    await asyncio.gather(*(file(engine, minor(n, b"%d" % n), *orders[n % 2]) for n in range(8)))
    assert await kept(engine) == [b"a", b"b"]


async def test_a_network_and_all_together_leave_bounded_bytes(engine: AsyncEngine) -> None:
    for number in range(10):
        await file(engine, minor(number), sent(b"%d" % number * 1_000))
    assert len(await kept(engine)) == 3, "the budget of a network"
    await file(engine, minor(10), sent(b"0" * 1_000))
    for number in range(11, 20):
        await file(engine, minor(number, b"network %d" % number), sent(b"%d" % number * 500))
    assert sum(map(len, await kept(engine))) == 5_000, "the budget of all"
    async with engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(cases)) == 20, (
            "no report is lost"
        )


def confirms(visitor: str, **changes: object) -> NewDecision:
    fields: dict[str, object] = {"rule": "minor", "made_at": DAY_ONE + DAY_MS}
    return replace(decision(visitor), **(fields | changes))  # type: ignore[arg-type]  # a table of any fields


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        pytest.param(None, 30, id="undecided"),
        pytest.param({"level": Level.GOOD}, 30, id="dismissed"),
        pytest.param({"rule": "nudity"}, 30, id="for another reason"),
        pytest.param({}, 366, id="confirmed a day later"),
    ],
)
async def test_originals_are_held_for_30_days_and_a_year_once_a_person_has_confirmed(
    engine: AsyncEngine, changes: dict[str, object] | None, days: int
) -> None:
    await file(engine, minor(0), sent(b"original"))
    if changes is not None:
        await SqlReportStore(engine, AUDIT).decide(confirms("v0", **changes))
    await sweep(engine, days - 0.1)
    assert await kept(engine) == [b"original"]
    await sweep(engine, days + 0.1)
    assert await kept(engine) == []


async def test_an_original_stays_while_any_of_its_reports_is_held(engine: AsyncEngine) -> None:
    await file(engine, minor(0), sent(b"original"))
    await file(engine, minor(1), sent(b"original"))
    await SqlReportStore(engine, AUDIT).decide(confirms("v1"))
    await sweep(engine, 31)
    assert await kept(engine) == [b"original"]
    async with engine.begin() as connection:
        held = sa.update(cases).where(cases.c.accused == VisitorId("v1")).values(held_until=0)
        await connection.execute(held)
    await sweep(engine, 31)
    assert await kept(engine) == []
