"""The metrics of what waits for moderators, on both databases."""

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import DecisionId
from services.reports.core.appeals import lifting_decision
from services.reports.core.records import Appeal, AppealState
from services.reports.core.triage import FLAGS_ONLY_OFFSET, FLOOD_OFFSET, KNOWN_OFFSET, MINOR_OFFSET
from services.reports.shell.backlog import LEVELS, Backlog
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import cases
from services.runtime import database_metrics

from ..audit import AUDIT
from ..ports.report_stores import decide_nothing, decision, report

NOW = 100_000


def shown(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"zufall_{name}", labels) or 0.0


async def add_case(engine: AsyncEngine, urgency: float, opened_at: int, closed_at: int = 0) -> None:
    values = {"accused": f"visitor {opened_at}", "decision": "", "held_until": 0, "id": f"case {opened_at}"}
    row = {**values, "urgency": urgency, "opened_at": opened_at, "closed_at": closed_at}
    async with engine.begin() as connection:
        await connection.execute(sa.insert(cases).values(row))


async def test_open_cases_and_the_oldest_are_shown_by_level(engine: AsyncEngine) -> None:
    for urgency, opened_at in (
        (KNOWN_OFFSET + 3, NOW - 8_000),
        (MINOR_OFFSET + 3, NOW - 7_000),
        (0.0, NOW - 1_000),
        (5.0, NOW - 2_000),
        (FLAGS_ONLY_OFFSET + 1, NOW - 3_000),
        (FLOOD_OFFSET + 1, NOW - 4_000),
    ):
        await add_case(engine, urgency, opened_at)
    await add_case(engine, 9.0, NOW - 90_000, closed_at=NOW)
    backlog = Backlog(engine, lambda: NOW)
    await backlog.count()
    assert [shown("reports_open_cases", level=level) for level in LEVELS] == [1, 1, 2, 1, 1]
    assert [shown("reports_oldest_case_seconds", level=level) for level in LEVELS] == [8, 7, 2, 3, 4]
    async with engine.begin() as connection:
        await connection.execute(sa.update(cases).values(closed_at=NOW))
    await backlog.count()
    assert [shown("reports_open_cases", level=level) for level in LEVELS] == [0, 0, 0, 0, 0]
    assert [shown("reports_oldest_case_seconds", level=level) for level in LEVELS] == [0, 0, 0, 0, 0]


async def test_appeals_are_shown_while_they_wait(engine: AsyncEngine) -> None:
    store, appeals = SqlReportStore(engine, AUDIT), SqlAppealStore(engine, AUDIT)
    backlog = Backlog(engine, lambda: NOW)
    made = await store.decide(decision("v"))
    for _ in range(2):
        await appeals.file(Appeal(made.id, "I did not", 5_000))
    await backlog.count()
    assert shown("reports_open_appeals") == 1
    assert shown("reports_oldest_appeal_seconds") == 95
    answer = Appeal(DecisionId(made.id), "", 0, AppealState.UPHELD, "it stays", "bob", 6_000)
    await appeals.decide(answer, None)
    await backlog.count()
    assert shown("reports_open_appeals") == 0
    assert shown("reports_oldest_appeal_seconds") == 0


async def test_decisions_and_overturned_ones_are_counted_once(engine: AsyncEngine) -> None:
    store, appeals = SqlReportStore(engine, AUDIT), SqlAppealStore(engine, AUDIT)
    backlog = Backlog(engine, lambda: NOW)
    await store.decide(decision("before"))
    await backlog.count()
    decided = {"level": "banned", "by": "person", "rule": "nudity"}
    overturned = {"by": "person", "rule": "nudity"}
    before = [
        shown("reports_decisions_total", **decided),
        shown("reports_decisions_overturned_total", **overturned),
        shown("reports_decision_seconds_count"),
    ]
    await store.file(report("m", "r", 1_000, "v"), [], decide_nothing)
    made = await store.decide(decision("v"))
    await appeals.file(Appeal(made.id, "I did not", 5_000))
    answer = Appeal(made.id, "", 0, AppealState.OVERTURNED, "you are right", "bob", 6_000)
    await appeals.decide(answer, lifting_decision(made, DecisionId("lift"), answer))
    for _ in range(2):
        await backlog.count()
    after = [
        shown("reports_decisions_total", **decided),
        shown("reports_decisions_overturned_total", **overturned),
        shown("reports_decision_seconds_count"),
    ]
    assert [one - other for one, other in zip(after, before, strict=True)] == [1, 1, 0]


async def test_statements_and_connections_are_measured(engine: AsyncEngine) -> None:
    database_metrics.observe(engine.sync_engine)
    before = shown("database_seconds_count")
    async with engine.connect() as connection:
        await connection.execute(sa.select(sa.func.count()).select_from(cases))
        assert shown("database_connections", state="used") == 1
        with pytest.raises(sa.exc.DBAPIError):
            await connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert shown("database_connections", state="used") == 0
    assert shown("database_connections", state="idle") >= 1
    assert shown("database_seconds_count") >= before + 2
