"""The transparency report: how much was reported, decided and appealed in a period."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, to_builtins
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest

from ...core.records import AppealState, Level, Reason
from ..storage.database import raising_unavailable
from ..storage.tables import appeals, audit, cases, decisions, reports
from .views import api_name

_HOUR = 3_600_000


class ReportCounts(Struct, frozen=True):
    total: int
    by_reason: Mapping[str, int]


class DecisionCounts(Struct, frozen=True):
    total: int
    automated: int
    by_level: Mapping[str, int]
    by_rule: Mapping[str, int]


class AppealCounts(Struct, frozen=True):
    """The appeals that were filed in the period, and their state now."""

    filed: int
    upheld: int
    overturned: int
    open: int


class ResponseTimes(Struct, frozen=True):
    """Hours from a person's first report to a person's decision, and from an appeal to its answer."""

    to_decision_median: float | None
    to_decision_p90: float | None
    to_answer_median: float | None


class TransparencyReport(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The report. `first` and `last` are days in UTC, both included."""

    first: str
    last: str
    reports: ReportCounts
    decisions: DecisionCounts
    appeals: AppealCounts
    hours: ResponseTimes
    pictures_looked_at: int


class Period(Struct, frozen=True):
    """A period. `start` and `end` are in Unix milliseconds, the end excluded."""

    first: str
    last: str
    start: int
    end: int


def parse_period(first: str, last: str) -> Period:
    """Return the period of whole days in UTC; raise `InvalidRequest`."""
    try:
        start, end = (datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) for day in (first, last))
        after = end + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidRequest("give the first and the last day as 2026-11-30") from None
    if end < start:
        raise InvalidRequest("the last day is before the first")
    return Period(first, last, int(start.timestamp() * 1000), int(after.timestamp() * 1000))


class SqlTransparency:
    """Counts what is in the database. Reports that were deleted by age are no longer counted."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, period: Period) -> TransparencyReport:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                reasons = (await connection.execute(_count_reports(period))).all()
                decided = (await connection.execute(_count_decisions(period))).all()
                appealed = (await connection.execute(_select_appeals(period))).all()
                waited = list(await connection.scalars(_times_to_decision(period)))
                seen = await connection.scalar(_pictures_viewed(period)) or 0
        return TransparencyReport(
            first=period.first,
            last=period.last,
            reports=_report_counts(reasons),
            decisions=_decision_counts(decided),
            appeals=_appeal_counts([state for state, _, _ in appealed]),
            hours=_response_times(waited, [at - filed for _, filed, at in appealed if at]),
            pictures_looked_at=seen,
        )


def as_csv(report: TransparencyReport) -> str:
    """Write a line for each number: its name with dots between the parts, and its value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("figure", "value"))
    writer.writerows(_flatten("", to_builtins(report)))
    return file.getvalue()


def _flatten(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flatten(f"{name}.{key}" if name else key, part)
    else:
        yield name, "" if value is None else value


def _within(column: sa.Column[int], of: Period) -> sa.ColumnElement[bool]:
    return (column >= of.start) & (column < of.end)


def _count_reports(of: Period) -> sa.Select[Any, Any]:
    of_people = _within(reports.c.filed_at, of) & ~reports.c.flag
    counted = sa.select(reports.c.reason, sa.func.count()).where(of_people)
    return counted.group_by(reports.c.reason)


def _count_decisions(of: Period) -> sa.Select[Any, Any, Any, Any]:
    what = (decisions.c.level, decisions.c.rule, decisions.c.automated)
    return sa.select(*what, sa.func.count()).where(_within(decisions.c.made_at, of)).group_by(*what)


def _select_appeals(of: Period) -> sa.Select[Any, Any, Any]:
    columns = (appeals.c.state, appeals.c.filed_at, appeals.c.decided_at)
    return sa.select(*columns).where(_within(appeals.c.filed_at, of))


def _times_to_decision(of: Period) -> sa.Select[Any]:
    """Select how long cases waited from a person's first report. Flags are left out."""
    first = sa.func.min(reports.c.filed_at)
    of_people = sa.and_(reports.c.case_id == cases.c.id, ~reports.c.flag)
    waited = sa.select(cases.c.closed_at - first).join_from(cases, reports, of_people)
    return waited.where(_within(cases.c.closed_at, of)).group_by(cases.c.id, cases.c.closed_at)


def _pictures_viewed(of: Period) -> sa.Select[Any]:
    looks = sa.select(sa.func.count()).select_from(audit).where(audit.c.action == "picture.seen")
    return looks.where(_within(audit.c.at, of))


def _report_counts(rows: Sequence[sa.Row[Any, Any]]) -> ReportCounts:
    counts = {api_name(Reason(reason)): count for reason, count in rows}
    return ReportCounts(sum(counts.values()), {api_name(one): counts.get(api_name(one), 0) for one in Reason})


def _decision_counts(rows: Sequence[sa.Row[Any, Any, Any, Any]]) -> DecisionCounts:
    levels: Counter[str] = Counter({api_name(level): 0 for level in Level})
    rules: Counter[str] = Counter()
    automated = 0
    for level, rule, by_itself, count in rows:
        levels[api_name(Level(level))] += count
        automated += count if by_itself else 0
        if rule:
            rules[rule] += count
    return DecisionCounts(levels.total(), automated, dict(levels), dict(sorted(rules.items())))


def _appeal_counts(states: Sequence[int]) -> AppealCounts:
    counts = Counter(states)
    of = [counts[state] for state in (AppealState.UPHELD, AppealState.OVERTURNED, AppealState.OPEN)]
    return AppealCounts(len(states), *of)


def _response_times(to_decision: Sequence[int], to_answer: Sequence[int]) -> ResponseTimes:
    ordered = sorted(to_decision)
    p90 = ordered[ceil(0.9 * len(ordered)) - 1] / _HOUR if ordered else None
    return ResponseTimes(_median(ordered), p90, _median(to_answer))


def _median(milliseconds: Sequence[int]) -> float | None:
    return median(milliseconds) / _HOUR if milliseconds else None
