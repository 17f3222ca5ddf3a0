"""Tests the report store: the fake one, and the real one on both databases."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.contract.errors import NotFound, Unavailable
from services.contract.ids import DecisionId, ReportId, VisitorId
from services.reports.core.records import (
    CallContext,
    Decision,
    Ending,
    FilingResult,
    Level,
    NewDecision,
    SpamObservation,
    SpamSign,
    VisitorTraces,
)
from services.reports.shell.ports import ReportStore
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.schema import migrate

from ..audit import AUDIT
from ..databases import Postgres
from ..proxy import Proxy
from ..servers import free_port
from ..timing import scaled
from .report_stores import PICTURE, RecordingEvaluator, decide_nothing, decision, flag, report


async def test_a_report_is_kept_as_it_was_filed(store: ReportStore) -> None:
    filed = report()
    result = await store.file(filed, [PICTURE, PICTURE], decide_nothing)
    assert result == FilingResult(filed.id, repeated=False, case=result.case)
    assert result.case, "it belongs to a case"
    (kept,) = await store.latest_reports(10)
    assert (kept.report, kept.frames) == (filed, 2)


async def test_it_is_kept_whether_the_reporter_has_a_device(store: ReportStore) -> None:
    filed = replace(report(), proven=True, device_hours=30)
    await store.file(filed, [], decide_nothing)
    (kept,) = await store.latest_reports(10)
    assert kept.report == filed


async def test_one_report_is_found_and_what_is_kept_of_a_visitor_is_counted(store: ReportStore) -> None:
    filed = report()
    await store.file(filed, [PICTURE], decide_nothing)
    found = await store.report(filed.id)
    assert found is not None
    assert (found.report, found.frames) == (filed, 1)
    assert await store.report(ReportId("nothing")) is None
    await store.decide(decision(visitor=filed.accused))
    assert await store.traces(filed.accused) == VisitorTraces(reported=1, filed=0, decisions=1)
    assert await store.traces(filed.reporter) == VisitorTraces(reported=0, filed=1, decisions=0)
    assert await store.traces(VisitorId("nobody")) == VisitorTraces(0, 0, 0)


async def test_reports_are_listed_newest_first_up_to_the_limit(store: ReportStore) -> None:
    for match, filed_at in (("a", 2), ("b", 3), ("c", 1)):
        await store.file(report(match, filed_at=filed_at), [], decide_nothing)
    assert [kept.report.match for kept in await store.latest_reports(2)] == ["b", "a"]


async def test_filing_again_gives_the_first_report_and_changes_nothing(store: ReportStore) -> None:
    first, second = report(), report(filed_at=2_000)
    await store.file(first, [PICTURE], decide_nothing)
    again = await store.file(second, [PICTURE, PICTURE], decide_nothing)
    assert (again.report, again.repeated) == (first.id, True)
    (kept,) = await store.latest_reports(10)
    assert (kept.report, kept.frames) == (first, 1)


async def test_a_report_takes_the_place_of_a_flag_of_the_same_match(store: ReportStore) -> None:
    guess, said = flag(), replace(report(filed_at=2_000), proven=True, device_hours=3)
    await store.file(guess, [], decide_nothing)
    evaluator = RecordingEvaluator()
    filed = await store.file(said, [PICTURE], evaluator)
    assert (filed.report, filed.repeated) == (guess.id, False)
    (kept,) = await store.latest_reports(10)
    assert (kept.report, kept.frames) == (replace(said, id=guess.id), 1)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.id, seen.flag, seen.reason) == (guess.id, False, said.reason)


async def test_a_flag_after_a_report_or_a_flag_of_the_same_match_changes_nothing(store: ReportStore) -> None:
    for first in (report("a"), flag("b")):
        await store.file(first, [], decide_nothing)
        again = await store.file(flag(first.match, filed_at=2_000), [], decide_nothing)
        assert (again.report, again.repeated) == (first.id, True)
    assert {kept.report.filed_at for kept in await store.latest_reports(10)} == {1_000}


async def test_a_report_of_a_flag_that_was_decided_joins_the_open_case(store: ReportStore) -> None:
    guess = flag()
    await store.file(guess, [], decide_nothing)
    await store.decide(decision("accused", Level.GOOD))
    evaluator = RecordingEvaluator()
    await store.file(report(filed_at=2_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.id, seen.dismissed) == (guess.id, 0)


async def test_each_side_of_a_match_may_report(store: ReportStore) -> None:
    for reporter in ("one", "other"):
        assert not (await store.file(report(reporter=reporter), [], decide_nothing)).repeated
    assert len(await store.latest_reports(10)) == 2


async def test_filings_at_the_same_moment_make_one_report(store: ReportStore) -> None:
    filings = await asyncio.gather(*(store.file(report(), [PICTURE], decide_nothing) for _ in range(12)))
    assert len({filed.report for filed in filings}) == 1
    assert [filed.repeated for filed in filings].count(False) == 1
    (kept,) = await store.latest_reports(10)
    assert kept.frames == 1


async def test_decisions_are_read_in_the_order_in_which_they_were_made(store: ReportStore) -> None:
    made = [await store.decide(decision(visitor)) for visitor in ("a", "b", "a")]
    assert await store.decisions_after(0) == made
    assert await store.decisions_after(made[0].sequence) == made[1:]
    assert await store.decisions_after(made[-1].sequence) == []


async def test_a_reader_that_follows_misses_no_decision_however_many_decide_at_once(
    store: ReportStore,
) -> None:
    for_writing = asyncio.gather(*(store.decide(decision(f"visitor-{n}")) for n in range(30)))
    seen: list[int] = []
    while not for_writing.done():
        seen += [made.sequence for made in await store.decisions_after(seen[-1] if seen else 0)]
        await asyncio.sleep(0)
    seen += [made.sequence for made in await store.decisions_after(seen[-1] if seen else 0)]
    assert seen == sorted(made.sequence for made in await for_writing)


async def test_a_decision_is_numbered_after_those_that_are_still_under_way(postgres_server: Postgres) -> None:
    """Otherwise a reader that saw the later sequence would never look for the earlier one."""
    engine = open_engine(await postgres_server.new_database())
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(CASE NEW.visitor WHEN 'slow' THEN 0.5 ELSE 0 END); RETURN NEW; END $$"
        )
        await connection.exec_driver_sql(
            "CREATE TRIGGER slow AFTER INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION wait()"
        )
    store = SqlReportStore(engine, AUDIT)
    slow = asyncio.create_task(store.decide(decision("slow")))
    await asyncio.sleep(0.2)
    await store.decide(decision("quick"))
    assert [made.visitor for made in await store.decisions_after(0)] == ["slow", "quick"]
    await slow
    await engine.dispose()


async def test_what_follows_from_signs_of_spam_rests_on_the_last_decisions(store: ReportStore) -> None:
    """They are those about the visitor, and about others with the same device."""
    seen: list[list[Decision]] = []
    old_tab, new_tab, other = (
        SpamObservation(VisitorId(name), device, SpamSign.EARLY_LINK, 3)
        for name, device in (("old tab", 2**63 + 1), ("new tab", 2**63 + 1), ("other", 0))
    )

    async def observe(observed: SpamObservation, level: Level | None) -> Decision | None:
        def evaluate(last: Sequence[Decision]) -> NewDecision | None:
            seen.append(list(last))
            if level is None:
                return None
            return replace(decision(observed.visitor, level), device=observed.device)

        return await store.observe(observed, evaluate)

    await store.decide(decision("somebody else", Level.BANNED))
    assert await observe(old_tab, None) is None
    first = await observe(old_tab, Level.WATCHED)
    second = await observe(new_tab, Level.RESTRICTED)
    await observe(new_tab, None)
    await observe(other, None)
    assert seen == [[], [], [first], [second, first], []]
    assert (await store.decisions_after(0))[1:] == [first, second]


async def test_a_decision_that_names_no_device_may_get_one(store: ReportStore) -> None:
    visitor, device = VisitorId("visitor"), 2**63 + 1
    assert await store.name_device(visitor, device, 5_000) is None
    await store.decide(decision("visitor", Level.WATCHED))
    made = await store.decide(decision("visitor", until=6_000))
    named = await store.name_device(visitor, device, 5_000)
    assert named == replace(made, device=device)
    assert await store.name_device(visitor, device, 5_000) == named, "it may be told twice"
    assert await store.name_device(visitor, 7, 5_000) is None, "it keeps the first"
    assert [one.device for one in await store.decisions_after(0)] == [0, device]
    assert await store.name_device(visitor, device, 6_000) is None, "it is over"
    await store.decide(decision("visitor", Level.GOOD))
    assert await store.name_device(visitor, device, 5_000) is None


async def test_standings_are_the_last_decisions_that_still_hold(store: ReportStore) -> None:
    await store.decide(decision("banned", Level.WATCHED))
    banned = await store.decide(decision("banned"))
    await store.decide(decision("lifted"))
    await store.decide(decision("lifted", Level.GOOD))
    await store.decide(decision("expired", until=5_000))
    restricted = await store.decide(decision("restricted", Level.RESTRICTED, until=5_001))
    last, standings = await store.standings(5_000)
    assert last == restricted.sequence
    assert {standing.visitor: standing for standing in standings} == {
        "banned": banned,
        "restricted": restricted,
    }


async def test_without_decisions_there_is_nothing(store: ReportStore) -> None:
    assert await store.standings(0) == (0, [])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_database_that_is_away_is_a_passing_trouble(kind: str, tmp_path: Path) -> None:
    postgresql = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/x"
    engine = open_engine(postgresql if kind == "postgresql" else f"sqlite+aiosqlite:///{tmp_path}")
    with pytest.raises(Unavailable):
        await SqlReportStore(engine, AUDIT).file(report(), [], decide_nothing)
    await engine.dispose()
    await end_of_failed_connections()


async def end_of_failed_connections() -> None:
    """Wait for threads that aiosqlite stops without waiting: they still answer to the loop of the test."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, scaled(10))
            assert not thread.is_alive()


async def test_connections_that_hang_are_left_all_at_once(postgres_server: Postgres) -> None:
    """A cut between here and the database makes all open connections useless."""
    proxy = Proxy(postgres_server.port)
    await proxy.open()
    url = await postgres_server.new_database()
    patient = open_engine(url)
    await migrate(patient)
    await patient.dispose()
    engine = open_engine(
        url.replace(f":{postgres_server.port}/", f":{proxy.port}/"), statement_timeout=scaled(1)
    )
    store = SqlReportStore(engine, AUDIT)
    made: list[object] = []
    sa.event.listen(engine.sync_engine, "connect", lambda connection, _: made.append(connection))
    await ten_at_once(store)
    proxy.swallow("there", "back")
    with pytest.raises(Unavailable):
        await store.latest_reports(1)
    proxy.swallow()
    before = len(made)
    await ten_at_once(store)
    assert len(made) - before == 10, "and nine of them would have hung"
    await engine.dispose()
    await proxy.cut()


async def ten_at_once(store: SqlReportStore) -> None:
    """Use as many connections as there are."""
    assert await asyncio.gather(*(store.latest_reports(1) for _ in range(10))) == [[]] * 10


async def test_the_context_of_a_call_is_kept_with_its_report(store: ReportStore) -> None:
    call = CallContext("audio", ("pt", "en"), (), "AT", 34, Ending.NEXT)
    for one in (replace(report("m"), call=call), report("n", filed_at=500)):
        await store.file(one, [], decide_nothing)
    assert [one.report.call for one in await store.latest_reports(9)] == [call, CallContext()]


async def test_nothing_is_lifted_where_nothing_holds(store: ReportStore) -> None:
    with pytest.raises(NotFound):
        await store.decide(decision("visitor", Level.GOOD))
    await store.decide(decision("visitor"))
    lifted = await store.decide(replace(decision("visitor", Level.GOOD), id=DecisionId("lift")))
    assert lifted.level is Level.GOOD
    with pytest.raises(NotFound):
        await store.decide(decision("visitor", Level.GOOD))
