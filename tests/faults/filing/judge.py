"""Compares what pages were told, what is in the database, and what a quiet round came to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.reports.core.records import AppealState

from .ledger import AnsweredAppeal, CaseResult, Ledger, StoredReport
from .plan import ReportRound

CLOSE = 0.001
"""In the minutes of a run scores and heat decay by less than this."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReportTally:
    """Counts the reports that were sent under one fault."""

    filed: int
    acknowledged: int
    lost: int
    doubled: int

    def __add__(self, other: "ReportTally") -> "ReportTally":
        return ReportTally(
            self.filed + other.filed,
            self.acknowledged + other.acknowledged,
            self.lost + other.lost,
            self.doubled + other.doubled,
        )


def tally(
    keys: Sequence[Key], receipts: Mapping[Key, Sequence[str]], rows: Iterable[StoredReport]
) -> ReportTally:
    stored = Counter((row.match, row.reporter) for row in rows)
    return ReportTally(
        filed=len(keys),
        acknowledged=sum(key in receipts for key in keys),
        lost=sum(key in receipts and not stored[key] for key in keys),
        doubled=sum(max(0, stored[key] - 1) for key in keys),
    )


def judge(round: ReportRound, receipts: Mapping[Key, Sequence[str]], ledger: Ledger) -> list[str]:
    """Return what is wrong with the reports of one round."""
    return [*_reports(round, receipts, ledger.rows), *_cases(round, ledger), *_foreign(ledger)]


def _reports(
    round: ReportRound, receipts: Mapping[Key, Sequence[str]], rows: Sequence[StoredReport]
) -> Iterator[str]:
    stored: dict[Key, list[StoredReport]] = defaultdict(list)
    for row in rows:
        stored[row.match, row.reporter].append(row)
    for wanted in round.reports:
        key = wanted.match, wanted.reporter
        found, told = stored[key], set(receipts.get(key, ()))
        name = f"the report of {wanted.reporter} about {wanted.accused}"
        if not told:
            yield f"{name} was never acknowledged"
        if len(found) != 1:
            yield f"{name} is in the database {len(found)} times"
        if told - {row.id for row in found}:
            yield f"{name} was acknowledged as one that is not in the database"
        for row in found:
            if list(row.pictures) != [True] * wanted.pictures:
                yield f"{name} has the pictures {row.pictures}, and not {wanted.pictures}"
            if row.accused != wanted.accused:
                yield f"{name} is about {row.accused}"


def _cases(round: ReportRound, ledger: Ledger) -> Iterator[str]:
    for accused in round.accused:
        ids = [case for case, about in ledger.cases if about == accused]
        of_reports = {row.case for row in ledger.rows if row.accused == accused}
        if len(ids) != 1 or of_reports != set(ids):
            yield f"{accused} has the open cases {ids}, and reports in {sorted(of_reports)}"


def _foreign(ledger: Ledger) -> Iterator[str]:
    if ledger.orphans:
        yield f"{ledger.orphans} pictures belong to no report"


def compare(quiet: ReportRound, struck: ReportRound, weights: Mapping[str, CaseResult]) -> list[str]:
    """Return the cases in which the same reports had another result under faults."""
    return [
        f"{other} differs from what a quiet round came to: {weights.get(other)}, and not {weights.get(one)}"
        for one, other in zip(quiet.accused, struck.accused, strict=True)
        if not _alike(weights.get(one), weights.get(other))
    ]


def _alike(one: CaseResult | None, other: CaseResult | None) -> bool:
    if one is None or other is None:
        return False
    counted = [(each.networks, each.lately, each.levels) for each in (one, other)]
    return (
        counted[0] == counted[1]
        and abs(one.score - other.score) < CLOSE
        and max(one.stale, other.stale) < CLOSE
    )


def judge_appeals(filed: Mapping[str, str], answers: Sequence[AnsweredAppeal]) -> list[str]:
    """Return what is wrong with appeals, all of which succeeded. `filed` has the text for each decision."""
    stored = {answer.decision: answer for answer in answers}
    problems = (
        [f"there are {len(answers)} appeals, and not {len(filed)}"] if len(answers) != len(filed) else []
    )
    for decision, text in filed.items():
        expected = AnsweredAppeal(decision, AppealState.OVERTURNED, text, lifts=1)
        if stored.get(decision) != expected:
            problems.append(f"an appeal is {stored.get(decision)}, and not {expected}")
    return problems
