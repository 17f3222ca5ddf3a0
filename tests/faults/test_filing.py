"""No report is lost or counted twice when the parts that it passes die around its commit."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from services.contract.keys import new_key, parse_ring
from services.contract.passes import PassSealer
from services.reports.core.records import AppealState

from ..databases import Postgres, postgres
from .filing.judge import compare, judge, judge_appeals, tally
from .filing.ledger import AnsweredAppeal, CaseResult, Ledger, StoredReport
from .filing.plan import ACCUSED, ReportRound, new_round
from .filing.run import FilingOutcome, run, run_appeals, run_lie
from .filing.stage import staged
from .filing.strikes import COMMITS, ON_POSTGRESQL, ON_SQLITE


@dataclass(frozen=True, slots=True)
class FilingOutcomes:
    """Run the rounds on both databases at the same time."""

    postgresql: FilingOutcome
    sqlite: FilingOutcome
    lie: list[str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> FilingOutcomes:
    """Provide the outcomes on both databases. Faults kill the PostgreSQL server, so it is one of its own."""

    async def on_postgresql(folder: Path, server: Postgres) -> tuple[FilingOutcome, list[str]]:
        async with staged(folder, server) as stage:
            outcome = await run(stage, ON_POSTGRESQL)
            problems = await run_appeals(stage, COMMITS["postgresql"][2:6:2])
            return replace(outcome, problems=[*outcome.problems, *problems]), await run_lie(stage)

    async def on_sqlite(folder: Path) -> FilingOutcome:
        async with staged(folder, None) as stage:
            outcome = await run(stage, ON_SQLITE)
            problems = await run_appeals(stage, COMMITS["sqlite"])
            return replace(outcome, problems=[*outcome.problems, *problems])

    async def both(server: Postgres) -> FilingOutcomes:
        (first, lie), second = await asyncio.gather(
            on_postgresql(tmp_path_factory.mktemp("postgresql"), server),
            on_sqlite(tmp_path_factory.mktemp("sqlite")),
        )
        return FilingOutcomes(first, second, lie)

    with postgres() as server:
        return asyncio.run(both(server))


def test_on_postgresql_with_two_replicas_nothing_is_lost_or_doubled(outcomes: FilingOutcomes) -> None:
    assert list(outcomes.postgresql.problems) == []
    assert set(outcomes.postgresql.tallies) == {fault.name for fault in ON_POSTGRESQL}
    assert outcomes.postgresql.attempts > sum(one.filed for one in outcomes.postgresql.tallies.values())


def test_on_sqlite_nothing_is_lost_or_doubled(outcomes: FilingOutcomes) -> None:
    assert list(outcomes.sqlite.problems) == []
    assert set(outcomes.sqlite.tallies) == {fault.name for fault in ON_SQLITE}


def test_a_database_that_acknowledges_what_it_never_gets_is_found_out(outcomes: FilingOutcomes) -> None:
    """The suite finds one COMMIT that is answered and never arrives."""
    assert any("is not in the database" in problem for problem in outcomes.lie), outcomes.lie


# --- the judge can fail ----------------------------------------------------------------------------


@pytest.fixture
def round() -> ReportRound:
    return new_round(PassSealer(parse_ring(new_key())), "test")


def stored(round: ReportRound, **changes: Any) -> Ledger:
    rows = [
        StoredReport(
            one.match, one.match, one.reporter, one.accused, f"case of {one.accused}", [True] * one.pictures
        )
        for one in round.reports
    ]
    cases = [(f"case of {accused}", accused) for accused in round.accused]
    return replace(Ledger(rows, cases, {}, {}, [], 0), **changes)


def receipts(round: ReportRound) -> dict[tuple[str, str], list[str]]:
    return {(one.match, one.reporter): [one.match] for one in round.reports}


def test_a_correct_ledger_has_no_problems(round: ReportRound) -> None:
    assert judge(round, receipts(round), stored(round)) == []


def test_the_judge_finds_a_lost_report(round: ReportRound) -> None:
    ledger = stored(round)
    ledger = replace(ledger, rows=ledger.rows[1:])
    assert any("0 times" in problem for problem in judge(round, receipts(round), ledger))
    assert tally(list(receipts(round)), receipts(round), ledger.rows).lost == 1


def test_the_judge_finds_a_report_that_is_stored_twice(round: ReportRound) -> None:
    ledger = stored(round)
    ledger = replace(ledger, rows=[*ledger.rows, replace(ledger.rows[0], id="again")])
    assert any("2 times" in problem for problem in judge(round, receipts(round), ledger))
    assert tally(list(receipts(round)), receipts(round), ledger.rows).doubled == 1


def test_two_answers_that_name_different_reports_are_found(round: ReportRound) -> None:
    told = receipts(round)
    told[next(iter(told))].append("another")
    assert any("is not in the database" in problem for problem in judge(round, told, stored(round)))


def test_pictures_that_are_not_whole_are_found(round: ReportRound) -> None:
    ledger = stored(round)
    for pictures in ([], [False] * len(ledger.rows[0].pictures)):
        torn = [replace(ledger.rows[0], pictures=pictures), *ledger.rows[1:]]
        assert any(
            "pictures" in problem for problem in judge(round, receipts(round), replace(ledger, rows=torn))
        )
    assert judge(round, receipts(round), stored(round, orphans=1)) == ["1 pictures belong to no report"]


def test_a_second_case_is_found(round: ReportRound) -> None:
    ledger = stored(round)
    twice = [*ledger.cases, ("another", round.accused[0])]
    assert judge(round, receipts(round), replace(ledger, cases=twice))


@pytest.mark.parametrize(
    "change", [{"levels": (1, 1)}, {"score": 2.1}, {"lately": (1, 3)}, {"stale": 0.1}, {"networks": 3}]
)
def test_the_comparison_finds_a_case_with_another_result(round: ReportRound, change: dict[str, Any]) -> None:
    weight = CaseResult(score=2.0, networks=2, lately=(1, 2), levels=(1,), stale=0.0)
    other = new_round(PassSealer(parse_ring(new_key())), "test")
    weights: dict[str, CaseResult] = dict.fromkeys([*round.accused, *other.accused], weight)
    assert compare(round, other, weights) == []
    weights[other.accused[0]] = replace(weight, **change)
    assert len(compare(round, other, weights)) == 1
    assert len(compare(round, other, {})) == ACCUSED


def test_an_appeal_that_is_lost_or_answered_twice_is_found() -> None:
    good = AnsweredAppeal("d", AppealState.OVERTURNED, "no", lifts=1)
    assert judge_appeals({"d": "no"}, [good]) == []
    assert judge_appeals({"d": "no"}, [])
    assert judge_appeals({"d": "no"}, [replace(good, lifts=2)])
    assert judge_appeals({"d": "no"}, [replace(good, state=AppealState.OPEN)])
    assert judge_appeals({"d": "another"}, [good])
