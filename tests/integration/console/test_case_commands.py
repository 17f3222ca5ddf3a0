"""Commands on cases while others change the same cases, on both databases."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import fields, replace

import pytest
import sqlalchemy as sa

from services.contract.ids import DecisionId, random_id
from services.reports.core.appeals import lifting_decision
from services.reports.core.records import (
    DAY_MS,
    AnalysisKind,
    Appeal,
    AppealState,
    Finding,
    Level,
    Reason,
    Report,
)
from services.reports.core.scoring import MAX_REPORTS_WEIGHED, choose_weighed
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.transparency import SqlTransparency, parse_period
from services.reports.shell.policy_file import default_source
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.standings import StandingsCache, StandingsPoller
from services.reports.shell.storage.past_cases import PAGE, past_cases
from services.reports.shell.storage.report_store import insert_decision
from services.reports.shell.storage.revoked_tokens import SqlRevokedTokens
from services.reports.shell.storage.tables import cases, reports

from ...audit import AUDIT
from ...databases import Postgres
from ...ports.report_stores import PICTURE, RecordingEvaluator, decide_nothing, decision, flag, report
from . import moderation_database
from .moderation_database import ModerationDatabase

moderation = pytest.fixture(moderation_database.moderation_database)


async def test_many_newer_reports_do_not_push_out_reports_of_minors(
    moderation: ModerationDatabase,
) -> None:
    """Somebody cannot hide a report by having friends report and flag them a thousand times."""
    evaluator = RecordingEvaluator()
    minor = replace(report("minor", "one", 0), reason=Reason.MINOR)
    said = report("said", "other", 1)
    for one in (minor, said):
        await moderation.store.file(one, [], decide_nothing)
    case = await moderation.open("accused")
    await _insert(moderation, [flag(f"f{number}", number + 2) for number in range(MAX_REPORTS_WEIGHED)], case)
    await moderation.store.file(flag("last", filed_at=1_000), [], evaluator)
    await _insert(moderation, [report(f"m{n}", f"r{n}", n + 2) for n in range(MAX_REPORTS_WEIGHED)], case)
    await moderation.store.file(report("last", "last", 2_000), [], evaluator)
    (first, _), (second, _) = evaluator.seen
    assert len(first) == len(second) == MAX_REPORTS_WEIGHED
    assert [one.id for one in first[:2]] == [minor.id, said.id]
    assert minor.id in {one.id for one in second}
    every = await moderation.facts()
    assert {one.id for one in second} == {one.id for one in choose_weighed(every)}, "as a replay chooses"
    assert said.id not in {one.id for one in second}


async def test_time_to_decision_starts_at_the_first_report_of_a_person(
    moderation: ModerationDatabase,
) -> None:
    hour = 3_600_000
    await moderation.store.file(flag("a", 0, "both"), [], decide_nothing)
    await moderation.store.file(report("b", "one", hour, "both"), [], decide_nothing)
    await moderation.store.file(report("c", "other", 2 * hour, "both"), [], decide_nothing)
    await moderation.store.file(flag("d", 0, "flags"), [], decide_nothing)
    for accused in ("both", "flags"):
        decided = replace(moderation_database.new_decision(), made_at=4 * hour)
        await moderation.make(await moderation.open(accused), decided)
    transparency = SqlTransparency(moderation.engine, lambda: 5 * hour)
    told = await transparency.read(parse_period("1970-01-01", "1970-01-01"))
    assert (told.minutes.to_decision_median, told.minutes.to_decision_p90) == (180, 180)


async def _insert(moderation: ModerationDatabase, filed: list[Report], case: str) -> None:
    async with moderation.engine.begin() as connection:
        await connection.execute(sa.insert(reports), [_row(one, case) for one in filed])


def _row(of: Report, case: str) -> dict[str, object]:
    told = {field.name: getattr(of, field.name) for field in fields(Report)}
    return {**told, "chat": [], "case_id": case}


async def test_standings_can_be_watched_after_a_silent_dismissal(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("v")
    ban = await moderation.decide(await moderation.open("v"))
    await moderation.file("v")
    assert (await moderation.decide(await moderation.open("v"), Level.GOOD)).silent
    cache = StandingsCache()
    revocations = SqlRevokedTokens(moderation.engine, AUDIT)
    poller = StandingsPoller(moderation.store, revocations, cache, lambda: 2_000)
    await poller.load()
    with cache.watching() as changes:
        assert await poller._new_decisions() == []
        assert changes.empty(), "the database has not gone back"
        await moderation.file("w")
        later = await moderation.decide(await moderation.open("w"))
        cache.apply(await poller._new_decisions())
        assert changes.get_nowait() == later
    assert cache.standings(2_000) == [ban, later]


async def test_a_picture_is_analysed_after_its_case_was_merged(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("v")
    case = await moderation.open("v")
    made = await moderation.decide(case)
    await moderation.file("v", [PICTURE])
    claimed = await moderation.analyses.claim(AnalysisKind.KNOWN, 2_000)
    assert claimed is not None
    await moderation.undo(made)
    await moderation.analyses.complete(claimed, Finding(known="a list", held_until=9_000), 2_000)
    async with moderation.engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT id, urgency, held_until FROM cases")).one()
    assert tuple(row) == (case, 10.0, 9_000)


async def test_an_appeal_against_one_case_leaves_another_open(moderation: ModerationDatabase) -> None:
    await moderation.file("v")
    made = await moderation.decide(await moderation.open("v"))
    await moderation.file("v")
    newer = await moderation.open("v")
    await moderation.appeals.file(Appeal(made.id, "no", 3_000))
    answer = Appeal(made.id, "", 0, AppealState.OVERTURNED, "yes", "bob", 4_000)
    lift = await moderation.appeals.decide(answer, lifting_decision(made, DecisionId(random_id()), answer))
    assert lift is not None
    assert await moderation.open("v") == newer


async def test_a_reopened_case_without_reports_is_in_the_queue(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("v")
    case = await moderation.open("v")
    made = await moderation.decide(case)
    async with moderation.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM reports")  # they were old enough
    await moderation.undo(made)
    queue = await SqlCaseQueue(moderation.engine, lambda *_: None).read()
    assert [(line.id, line.reports) for line in queue.cases] == [(case, 0)]


async def test_a_case_with_more_reports_than_shown_can_be_decided(moderation: ModerationDatabase) -> None:
    for n in range(MAX_REPORTS_WEIGHED + 1):
        await moderation.file("v", filed_at=1_000 + n)
    case = await moderation.open("v")
    shown = await SqlCaseQueries(moderation.engine, lambda *_: None, default_source().policy).case(
        case, moderation.ann
    )
    made = await moderation.decide(case, seen=len(shown.reports))
    assert made.visitor == "v"


async def test_an_appeal_does_not_lift_a_decision_made_at_the_same_moment(postgres_server: Postgres) -> None:
    async with asynccontextmanager(moderation_database.moderation_database)(
        await postgres_server.new_database()
    ) as moderation:
        await moderation.file("v")
        made = await moderation.decide(await moderation.open("v"))
        await moderation.appeals.file(Appeal(made.id, "no", 3_000))
        answer = Appeal(made.id, "", 0, AppealState.OVERTURNED, "yes", "bob", 4_000)
        lift = lifting_decision(made, DecisionId(random_id()), answer)
        async with moderation.engine.begin() as connection:
            ban = await insert_decision(connection, AUDIT, decision("v"), "carl")
            raising_unavailable = asyncio.create_task(moderation.appeals.decide(answer, lift))
            while not await connection.scalar(_WAITING):
                pass
        assert await raising_unavailable is None
        assert await moderation.store.standings(4_000) == (ban.sequence, [ban])


_WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def test_an_undo_restores_the_earlier_decision_with_its_moderator(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("v")
    await moderation.store.decide(decision("v", moderator="bob"))
    await moderation.file("v")
    made = await moderation.decide(await moderation.open("v"), Level.WATCHED)
    again = await moderation.undo(made)
    assert (again.level, again.moderator) == (Level.BANNED, "bob")


async def test_a_case_is_not_deleted_while_it_is_put_on_hold(postgres_server: Postgres) -> None:
    async with asynccontextmanager(moderation_database.moderation_database)(
        await postgres_server.new_database()
    ) as moderation:
        for who in ("v", "w"):
            await moderation.file(who, [PICTURE])
            await moderation.decide(await moderation.open(who))
        sweeper = RetentionSweeper(moderation.engine, RetentionPeriods(1, 1), lambda: 9 * DAY_MS)
        async with moderation.engine.begin() as connection:
            await connection.execute(
                sa.update(cases).where(cases.c.accused == "v").values(held_until=99 * DAY_MS)
            )
            assert await sweeper.sweep() == (1, 1)
        assert await sweeper.sweep() == (0, 0)
        assert len(await moderation.store.latest_reports(9)) == 1


async def test_past_cases_are_read_in_pages_without_gaps(moderation: ModerationDatabase) -> None:
    many = PAGE + 1
    new = [
        {"id": f"{n:04}", "accused": f"v{n:04}", "opened_at": 1_000, "closed_at": 0, "decision": ""}
        for n in range(many)
    ]
    async with moderation.engine.begin() as connection:
        await connection.execute(sa.insert(cases).values(urgency=0, held_until=0), new)
    for n in (0, PAGE - 1, PAGE):
        await moderation.file(f"v{n:04}")
    assert [one.visitor for one in await past_cases(moderation.engine, 1_000)] == ["v0000", "v0499", "v0500"]
    assert await past_cases(moderation.engine, 1_001) == []
