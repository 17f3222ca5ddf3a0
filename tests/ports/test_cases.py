"""Tests cases: with which facts a report is evaluated, and what decisions mean for reporters."""

import asyncio
from dataclasses import replace

from services.contract.ids import VisitorId
from services.reports.core.records import DAY_MS, Dismissal, LastStanding, Level, Reason, Report
from services.reports.shell.ports import ReportStore

from ..timing import scaled
from .report_stores import RecordingEvaluator, decide_nothing, decision, flag, report


async def test_a_report_is_judged_with_all_open_ones_about_the_same_visitor(store: ReportStore) -> None:
    evaluator = RecordingEvaluator()
    one, other = report("a", "one", 1_000), report("b", "other", 2_000)
    await store.file(one, [], evaluator)
    await store.file(report("c", "one", 1_500, accused="somebody else"), [], decide_nothing)
    await store.file(other, [], evaluator)
    (first, _), (both, _) = evaluator.seen
    assert [seen.id for seen in first] == [one.id]
    assert [seen.id for seen in both] == [one.id, other.id]
    assert (both[0].reporter, both[0].network, both[0].reason) == ("one", b"network", one.reason)


async def test_a_judge_is_told_of_the_reporters_device(store: ReportStore) -> None:
    evaluator = RecordingEvaluator()
    await store.file(report("a", "none", 1_000), [], evaluator)
    await store.file(replace(report("b", "one", 2_000), proven=True, device_hours=30), [], evaluator)
    reports, _ = evaluator.seen[1]
    assert [(one.proven, one.device_hours) for one in reports] == [(False, 0), (True, 30)]


async def test_filing_again_is_not_judged_again(store: ReportStore) -> None:
    evaluator = RecordingEvaluator()
    await store.file(report(), [], evaluator)
    await store.file(report(filed_at=2_000), [], evaluator)
    assert len(evaluator.seen) == 1


async def test_a_decision_is_committed_with_the_report_that_caused_it(store: ReportStore) -> None:
    filed = await store.file(report(), [], RecordingEvaluator(decision("accused", Level.RESTRICTED)))
    assert filed.decision is not None
    assert await store.decisions_after(0) == [filed.decision]
    evaluator = RecordingEvaluator()
    await store.file(report("another", filed_at=2_000), [], evaluator)
    (reports, last) = evaluator.seen[0]
    assert (len(reports), last) == (2, LastStanding(Level.RESTRICTED, 0)), (
        "no person has looked at the case yet"
    )


async def test_a_judge_that_fails_leaves_no_report(store: ReportStore) -> None:
    def fail(reports: object, last: object) -> None:
        raise RuntimeError("a fault in the policy")

    try:
        await store.file(report(), [], fail)  # type: ignore[arg-type]
    except RuntimeError:
        pass
    else:
        raise AssertionError("it did not fail")


async def test_a_decision_of_a_person_closes_the_case(store: ReportStore) -> None:
    await store.file(report("a"), [], decide_nothing)
    made = await store.decide(decision("accused", until=9_000))
    assert made.case
    evaluator = RecordingEvaluator()
    later = report("b", filed_at=2_000)
    await store.file(later, [], evaluator)
    ((reports, last),) = evaluator.seen
    assert [seen.id for seen in reports] == [later.id]
    assert last == LastStanding(made.level, 9_000)


async def test_decisions_of_people_count_for_or_against_the_reporter(store: ReportStore) -> None:
    for number, level in enumerate((Level.BANNED, Level.WATCHED, Level.GOOD)):
        await store.file(report(f"m{number}", accused=f"v{number}"), [], decide_nothing)
        await store.decide(decision(f"v{number}", level))
    await store.file(report("open", accused="v9"), [], decide_nothing)
    evaluator = RecordingEvaluator()
    await store.file(report("new"), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.upheld, seen.dismissed) == (2, 1)


async def test_only_unfounded_reports_count_against_their_reporter(store: ReportStore) -> None:
    for dismissal in Dismissal:
        await store.file(report(f"m{dismissal}", accused=f"v{dismissal}"), [], decide_nothing)
        await store.decide(replace(decision(f"v{dismissal}", Level.GOOD), dismissal=dismissal))
    evaluator = RecordingEvaluator()
    await store.file(report("new"), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.upheld, seen.dismissed) == (0, 1)


async def test_reports_of_one_reporter_in_a_day_are_counted(store: ReportStore) -> None:
    await store.file(report("old", accused="v0", filed_at=1_000), [], decide_nothing)
    for number in range(3):
        await store.file(
            report(f"m{number}", accused=f"v{number}", filed_at=DAY_MS + 1_000), [], decide_nothing
        )
    evaluator = RecordingEvaluator()
    await store.file(report("new", accused="v2", filed_at=DAY_MS + 2_000), [], evaluator)
    reports, _ = evaluator.seen[0]
    assert [seen.reported_lately for seen in reports] == [3, 3]


async def test_a_judge_is_told_of_a_flag(store: ReportStore) -> None:
    evaluator = RecordingEvaluator()
    await store.file(flag("a"), [], evaluator)
    await store.file(report("b", "other", 2_000), [], evaluator)
    assert [one.flag for one in evaluator.seen[1][0]] == [True, False]


async def test_decisions_on_flags_do_not_count_for_or_against_the_browser(store: ReportStore) -> None:
    await store.file(flag("a", accused="v0"), [], decide_nothing)
    await store.decide(decision("v0", Level.GOOD))
    await store.file(report("b", accused="v1"), [], decide_nothing)
    await store.decide(decision("v1", Level.GOOD))
    evaluator = RecordingEvaluator()
    await store.file(report("new", filed_at=2_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.dismissed, seen.reported_lately) == (1, 2), "v1 and this one"


async def test_decisions_on_flags_count_for_later_flags(store: ReportStore) -> None:
    for number, level in enumerate((Level.BANNED, Level.GOOD, Level.GOOD)):
        await store.file(flag(f"m{number}", accused=f"v{number}"), [], decide_nothing)
        await store.file(report(f"r{number}", "another", accused=f"v{number}"), [], decide_nothing)
        await store.decide(decision(f"v{number}", level))
    await store.file(report("said", accused="v3"), [], decide_nothing)
    await store.decide(decision("v3", Level.GOOD))
    evaluator = RecordingEvaluator()
    await store.file(flag("new", filed_at=2_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert (seen.upheld, seen.dismissed) == (1, 2), "and what they said themselves does not"


async def test_flags_of_a_reporter_or_network_are_counted_for_all_accused(
    store: ReportStore,
) -> None:
    await store.file(flag("old", 0, "v9"), [], decide_nothing)
    for number in range(3):
        theirs = replace(flag(f"m{number}", DAY_MS, f"v{number}"), reporter=VisitorId(f"r{number}"))
        await store.file(theirs, [], decide_nothing)
    moved = replace(flag("moved", DAY_MS, "v5"), reporter=VisitorId("r0"), reporter_network=b"elsewhere")
    await store.file(moved, [], decide_nothing)
    await store.file(report("said", "r0", DAY_MS, "v4"), [], decide_nothing)
    evaluator = RecordingEvaluator()
    await store.file(replace(flag("new", DAY_MS + 1), reporter=VisitorId("r0")), [], evaluator)
    await store.file(report("another", "one", DAY_MS + 2), [], evaluator)
    told = [seen.alike_lately for seen in evaluator.seen[-1][0]]
    assert told == [5, 2], "three and this one of the network, and one from elsewhere; two reports"


async def test_reports_of_a_reporter_or_network_are_counted_by_reason(store: ReportStore) -> None:
    def minor(match: str, reporter: str, filed_at: int, network: bytes) -> Report:
        filed = report(match, reporter, filed_at, accused=f"about {match}")
        return replace(filed, reason=Reason.MINOR, reporter_network=network)

    await store.file(minor("old", "r", 0, b"one"), [], decide_nothing)
    await store.file(minor("moved", "r", DAY_MS, b"another"), [], decide_nothing)
    await store.file(minor("neighbour", "s", DAY_MS, b"one"), [], decide_nothing)
    await store.file(report("other", "r", DAY_MS), [], decide_nothing)
    evaluator = RecordingEvaluator()
    await store.file(minor("new", "r", DAY_MS + 1, b"one"), [], evaluator)
    assert [seen.alike_lately for seen in evaluator.seen[0][0]] == [3]


async def test_flags_of_one_browser_in_a_day_are_counted(store: ReportStore) -> None:
    for number in range(3):
        await store.file(flag(f"m{number}", accused=f"v{number}"), [], decide_nothing)
    evaluator = RecordingEvaluator()
    await store.file(flag("new", filed_at=2_000), [], evaluator)
    ((seen,), _) = evaluator.seen[0]
    assert seen.reported_lately == 4


async def test_reports_at_the_same_moment_join_one_case_and_the_last_sees_all(store: ReportStore) -> None:
    evaluator = RecordingEvaluator()
    filings = (store.file(report(f"m{n}", f"r{n}", n), [], evaluator) for n in range(12))
    await asyncio.gather(*filings)
    assert sorted(len(reports) for reports, _ in evaluator.seen) == list(range(1, 13))


async def test_deciding_and_filing_at_the_same_moment_do_not_wait_for_each_other(store: ReportStore) -> None:
    acts = [
        store.file(report(f"m{n}", f"r{n}", n), [], RecordingEvaluator(decision("accused")))
        for n in range(10)
    ]
    acts += [store.decide(decision("accused")) for _ in range(10)]  # type: ignore[misc]
    async with asyncio.timeout(scaled(20)):
        await asyncio.gather(*acts)
    made = await store.decisions_after(0)
    assert len(made) == 20


async def test_a_decision_names_the_last_known_device_of_the_visitor(store: ReportStore) -> None:
    """The key of a device is any number of 64 bits."""
    for number, device in enumerate((0, 2**64 - 1, 0, 7, 0)):
        filed = replace(report(f"{number}", filed_at=number), accused_device=device)
        made = await store.file(filed, [], RecordingEvaluator(decision("accused", Level.WATCHED)))
        assert made.decision is not None
        assert made.decision.device == (0, 2**64 - 1, 2**64 - 1, 7, 7)[number]
    ban = await store.decide(decision("accused"))
    assert (ban.device, await store.last_known_device(VisitorId("accused"))) == (7, 7)
    assert (await store.decisions_after(ban.sequence - 1)) == [ban]
    assert (await store.standings(0))[1] == [ban]
    await store.file(report("later", filed_at=9_000), [], decide_nothing)
    later = await store.decide(decision("accused", Level.RESTRICTED))
    assert later.device == 7, "an earlier case named it"
    assert (await store.decide(replace(decision("another"), device=8))).device == 8


async def test_nobody_knows_the_device_of_somebody_who_was_not_reported(store: ReportStore) -> None:
    await store.file(replace(report(), accused_device=7), [], decide_nothing)
    assert await store.last_known_device(VisitorId("reporter")) == 0
    assert (await store.decide(decision("reporter"))).device == 0
