"""Tests the analysis queue: the fake one, and the real one on both databases."""

import asyncio
from dataclasses import replace

from services.contract.ids import ReportId
from services.reports.core.records import AnalysisKind, AnalysisTask, Finding, Picture
from services.reports.shell.storage.analysis_queue import retry_delay

from .report_stores import PICTURE, RecordingEvaluator, Stores, decide_nothing, decision, report

NOW = 10_000
SCORED = Finding(score=0.75)


async def claimed(stores: Stores, kind: AnalysisKind = AnalysisKind.SCORE, now: int = NOW) -> AnalysisTask:
    found = await stores.analyses.claim(kind, now)
    assert found is not None
    return found


async def all_claimed(
    stores: Stores, kind: AnalysisKind = AnalysisKind.SCORE, now: int = NOW
) -> list[tuple[ReportId, int]]:
    found = []
    while one := await stores.analyses.claim(kind, now):
        found.append((one.report, one.number))
    return found


async def test_each_picture_is_to_be_looked_at_once_for_each_kind(stores: Stores) -> None:
    filed = report()
    sent = Picture(b"pixels", "image/jpeg", 4, 3, b"hash", b"of the original", b"as sent")
    await stores.store.file(filed, [sent, PICTURE], decide_nothing)
    await stores.store.file(report("b", "b"), [], decide_nothing)
    one = await claimed(stores)
    await stores.store.decide(decision("accused"))
    assert one == AnalysisTask(AnalysisKind.SCORE, filed.id, 0, 1, b"pixels", b"hash", b"of the original")
    assert await all_claimed(stores) == [(filed.id, 1)]
    assert await all_claimed(stores, AnalysisKind.KNOWN) == [(filed.id, 0), (filed.id, 1)]


async def test_the_newest_of_open_cases_come_first(stores: Stores) -> None:
    decided, old, new = report("a", accused="x", filed_at=3), report("b", filed_at=1), report("c", "c", 2)
    for one in (decided, old, new):
        await stores.store.file(one, [PICTURE], decide_nothing)
    await stores.store.decide(decision("x"))
    assert await all_claimed(stores) == [(one.id, 0) for one in (new, old, decided)]


async def test_a_claimed_analysis_is_due_again_after_growing_delays(stores: Stores) -> None:
    await stores.store.file(report(), [PICTURE], decide_nothing)
    now = NOW
    for tries in range(1, 12):
        assert (await claimed(stores, now=now)).tries == tries
        now += retry_delay(tries)
        assert await stores.analyses.claim(AnalysisKind.SCORE, now - 1) is None
    assert retry_delay(1) == 60_000
    assert retry_delay(11) == retry_delay(10_000) == 600_000


async def test_concurrent_claims_get_an_analysis_once(stores: Stores) -> None:
    await stores.store.file(report(), [PICTURE] * 3, decide_nothing)
    found = await asyncio.gather(*(stores.analyses.claim(AnalysisKind.SCORE, NOW) for _ in range(9)))
    numbers = [one.number for one in found if one]
    assert len(numbers) == len(set(numbers))
    assert {*numbers, *(number for _, number in await all_claimed(stores))} == {0, 1, 2}


async def test_findings_are_kept_and_count_with_the_next_report(stores: Stores) -> None:
    filed = report()
    await stores.store.file(filed, [PICTURE, PICTURE], decide_nothing)
    for finding in (Finding(score=0.25), SCORED):
        await stores.analyses.complete(await claimed(stores), finding, NOW)
    await stores.analyses.complete(await claimed(stores, AnalysisKind.KNOWN), Finding(known="a list"), NOW)
    await stores.analyses.complete(await claimed(stores, AnalysisKind.KNOWN), Finding(), NOW)
    kept = [await stores.pictures.picture(filed.id, number) for number in (0, 1)]
    assert [(one.score, one.known) for one in kept] == [(0.25, "a list"), (0.75, "")]
    evaluator = RecordingEvaluator()
    await stores.store.file(report("b", "b", 2_000), [PICTURE], evaluator)
    ((first, second), _) = evaluator.seen[0]
    assert (first.undressed, first.known) == (0.75, True)
    assert (second.undressed, second.known) == (0.0, False)


async def test_a_completed_or_abandoned_analysis_is_not_claimed_again(stores: Stores) -> None:
    filed = report()
    await stores.store.file(filed, [PICTURE, PICTURE], decide_nothing)
    await stores.analyses.complete(await claimed(stores), SCORED, NOW)
    await stores.analyses.give_up(await claimed(stores))
    assert await all_claimed(stores, now=NOW + retry_delay(99)) == []
    assert (await stores.pictures.picture(filed.id, 1)).score is None
    assert len(await all_claimed(stores, AnalysisKind.KNOWN)) == 2, "the other kind is not done by it"


async def test_finding_the_same_twice_or_for_no_picture_changes_nothing(stores: Stores) -> None:
    filed = report()
    await stores.store.file(filed, [PICTURE], decide_nothing)
    one = await claimed(stores)
    for _ in range(2):
        await stores.analyses.complete(one, SCORED, NOW)
    await stores.analyses.complete(replace(one, number=7), SCORED, NOW)
    assert (await stores.pictures.picture(filed.id, 0)).score == 0.75
