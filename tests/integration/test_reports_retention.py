"""Tests that what was decided long ago is deleted, and nothing else."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reports.core.records import DAY_MS, Appeal, AppealState, Decision, Level
from services.reports.core.triage import FLAGS_ONLY_OFFSET, CaseEvaluation
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.picture_store import SqlPictureStore
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import cases, evidence, reports

from ..audit import AUDIT
from ..ports.report_stores import PICTURE, RecordingEvaluator, decide_nothing, decision, flag, report


async def sweep(engine: AsyncEngine, day: float) -> tuple[int, int]:
    """Sweep on a day; pictures are kept 10 days, reports 100, and all decisions are of day 0."""
    return await RetentionSweeper(engine, RetentionPeriods(10, 100), lambda: int(day * DAY_MS)).sweep()


async def kept(engine: AsyncEngine) -> tuple[int, int]:
    """Return how many pictures and reports there are."""
    async with engine.connect() as connection:
        tables = [sa.select(sa.func.count()).select_from(table) for table in (evidence, reports)]
        pictures, filed = [(await connection.execute(count)).scalar_one() for count in tables]
    return pictures, filed


async def decided(engine: AsyncEngine, accused: str = "accused") -> Decision:
    return await SqlReportStore(engine, AUDIT).decide(replace(decision(accused), made_at=1))


async def test_pictures_go_before_the_reports_that_brought_them(engine: AsyncEngine) -> None:
    store = SqlReportStore(engine, AUDIT)
    await store.file(report("a"), [PICTURE, PICTURE], decide_nothing)
    await store.file(report("b"), [], decide_nothing)
    await decided(engine)
    assert await sweep(engine, 9.9) == (0, 0)
    assert await sweep(engine, 10.1) == (2, 0)
    assert await kept(engine) == (0, 2)
    assert await sweep(engine, 100.1) == (0, 2)
    assert await kept(engine) == (0, 0)
    assert len(await store.decisions_after(0)) == 1, "what was decided stays"


async def test_devices_are_forgotten_with_the_reports_unless_a_decision_still_holds(
    engine: AsyncEngine,
) -> None:
    store, day = SqlReportStore(engine, AUDIT), DAY_MS
    untils = {"always": 0, "long": 200 * day, "short": 50 * day, "lifted": 0, "dismissed": 0}
    for number, accused in enumerate((*untils, "open"), 1):
        filed = report(f"m{number}", accused=accused)
        await store.file(replace(filed, accused_device=number), [], decide_nothing)
    for accused, until in untils.items():
        level = Level.GOOD if accused == "dismissed" else Level.BANNED
        await store.decide(replace(decision(accused, level, until), made_at=1))
    await store.decide(replace(decision("lifted", Level.GOOD), made_at=2))

    async def known() -> tuple[set[str], set[str]]:
        async with engine.connect() as connection:
            of_cases = await connection.scalars(sa.select(cases.c.accused).where(cases.c.device != 0))
            of_decisions = [one.visitor for one in await store.decisions_after(0) if one.device]
            return set(of_cases), set(of_decisions)

    await sweep(engine, 99)
    assert await known() == ({*untils, "open"}, {*untils})
    await sweep(engine, 101)
    assert await known() == ({"open"}, {"always", "long"})
    await sweep(engine, 201)
    assert await known() == ({"open"}, {"always"})


async def test_undecided_reports_are_kept(engine: AsyncEngine) -> None:
    await SqlReportStore(engine, AUDIT).file(report("a"), [PICTURE], RecordingEvaluator(decision("accused")))
    assert await sweep(engine, 1000) == (0, 0)


async def test_flags_only_go_after_a_while_unless_something_followed_or_a_person_reported(
    engine: AsyncEngine,
) -> None:
    def alone(*_: object) -> CaseEvaluation:
        return CaseEvaluation(FLAGS_ONLY_OFFSET, None)

    store = SqlReportStore(engine, AUDIT)
    for number, accused in enumerate(("old", "old", "fresh", "watched", "said", "held")):
        await store.file(flag(f"m{number}", 1, accused), [], alone)
    await store.file(flag("late", 50 * DAY_MS, "fresh"), [], alone)
    await store.file(
        flag("more", 2, "watched"), [], lambda *_: CaseEvaluation(FLAGS_ONLY_OFFSET, decision("watched"))
    )
    await store.file(report("said", "one", 2, "said"), [], decide_nothing)
    await store.file(
        flag("kept", 2, "held"), [], lambda *_: CaseEvaluation(FLAGS_ONLY_OFFSET, None, 365 * DAY_MS)
    )
    assert await sweep(engine, 29) == (0, 0)
    assert await sweep(engine, 31) == (0, 2)
    assert await sweep(engine, 79) == (0, 0)
    assert await sweep(engine, 81) == (0, 2), "the fresh ones"
    async with engine.connect() as connection:
        left = await connection.scalars(sa.select(cases.c.accused).order_by(cases.c.accused))
        assert list(left) == ["held", "said", "watched"]
    evaluator = RecordingEvaluator()
    await store.file(report("again", "one", 90 * DAY_MS, "old"), [], evaluator)
    assert len(evaluator.seen[0][0]) == 1, "in a case of its own"


async def test_held_evidence_is_kept_until_the_hold_ends(engine: AsyncEngine) -> None:
    """The hold stays where later reports of the case ask for none."""
    store = SqlReportStore(engine, AUDIT)
    await store.file(report("a"), [PICTURE], RecordingEvaluator(held_until=365 * DAY_MS))
    await store.file(report("b"), [], decide_nothing)
    await decided(engine)
    assert await sweep(engine, 364) == (0, 0)
    assert await sweep(engine, 366) == (1, 2)


async def test_originals_go_when_the_hold_ends(engine: AsyncEngine) -> None:
    store = SqlReportStore(engine, AUDIT)
    sent = replace(PICTURE, original=b"as sent", original_sha256=b"its hash")
    await store.file(report("a"), [sent, PICTURE], RecordingEvaluator(held_until=30 * DAY_MS))
    case = (await decided(engine)).case
    for day, pictures, left in ((29, 0, 1), (31, 2, 0)):
        assert (await sweep(engine, day))[0] == pictures
        originals = [one.content async for one in SqlPictureStore(engine).originals(case)]
        assert originals == [b"as sent"] * left


async def test_a_waiting_appeal_keeps_its_case(engine: AsyncEngine) -> None:
    await SqlReportStore(engine, AUDIT).file(report("a"), [PICTURE], decide_nothing)
    made, appeals = await decided(engine), SqlAppealStore(engine, AUDIT)
    await appeals.file(Appeal(made.id, "no", 2))
    assert await sweep(engine, 20) == (0, 0)
    await appeals.decide(Appeal(made.id, "", 0, AppealState.UPHELD, "yes", "bob", 3), None)
    assert await sweep(engine, 20) == (1, 0)


async def test_more_than_fits_one_transaction_goes_too(engine: AsyncEngine) -> None:
    store = SqlReportStore(engine, AUDIT)
    for number in range(505):
        await store.file(
            report(f"m{number}", f"r{number}", accused=f"v{number % 3}"), [PICTURE], decide_nothing
        )
    for number in range(3):
        await decided(engine, f"v{number}")
    assert await sweep(engine, 101) == (505, 505)
