"""The SQL of what is to be found out about pictures; it is committed with them and their report."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import CaseId, ReportId, VisitorId

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ...core.triage import CaseEvaluation, QueueScore
from .cases import apply_evaluation, facts_of_case
from .database import for_writing, raising_unavailable
from .tables import OPEN, cases, evidence, inspections, reports

_MINUTE = 60_000
_LONGEST = 10 * _MINUTE


def pause(tries: int) -> int:
    """Milliseconds until it is tried once more: one minute, two, four, eight, and then ten."""
    return min(_MINUTE << min(tries, 8) - 1, _LONGEST)


class SqlAnalysisQueue:
    """Implements the port `AnalysisQueue`."""

    def __init__(self, engine: AsyncEngine, place: QueueScore) -> None:
        self._writer = for_writing(engine)
        self._place = place

    async def claim(self, kind: AnalysisKind, now: int) -> AnalysisTask | None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                due = {"of_kind": kind, "now": now}
                row = (await connection.execute(_DUE_FIRST, due)).one_or_none()
                row = row or (await connection.execute(_DUE_LATER, due)).one_or_none()
                if row is None:
                    return None
                claimed = _inspection(row)
                again = {"due_at": now + pause(claimed.tries), "tries": claimed.tries}
                await connection.execute(sa.update(inspections).where(_is(claimed)).values(again))
                return claimed

    async def found(self, inspection: AnalysisTask, finding: Finding, now: int) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                held = await _hold(connection, inspection.report)  # first, in one order everywhere
                if held and await _keep(connection, inspection, finding):
                    case, accused = held
                    complaints, _ = await facts_of_case(connection, case, accused)
                    place = self._place(complaints, now)
                    await apply_evaluation(connection, case, CaseEvaluation(place, None, finding.held_until))

    async def give_up(self, inspection: AnalysisTask) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(sa.delete(inspections).where(_is(inspection)))


async def _hold(connection: AsyncConnection, report: ReportId) -> tuple[CaseId, VisitorId] | None:
    """The case that the report is in now, and about whom it is; nobody else changes it until the commit.

    None when the report is gone. While we wait for a case it may join another, where we look then.
    """
    of_report = sa.select(cases.c.id, cases.c.accused).join(reports, reports.c.case_id == cases.c.id)
    held = of_report.where(reports.c.id == report).with_for_update(of=cases)
    for _ in range(2):
        if row := (await connection.execute(held)).one_or_none():
            return CaseId(row.id), VisitorId(row.accused)
    return None


async def _keep(connection: AsyncConnection, of: AnalysisTask, finding: Finding) -> bool:
    """Whether the picture is still there."""
    found = {"score": finding.score} if of.kind is AnalysisKind.SCORE else {"known": finding.known}
    one = (evidence.c.report == of.report) & (evidence.c.number == of.number)
    kept = (await connection.execute(sa.update(evidence).where(one).values(found))).rowcount
    await connection.execute(sa.delete(inspections).where(_is(of)))
    return bool(kept)


def _is(one: AnalysisTask) -> sa.ColumnElement[bool]:
    keys = inspections.c
    return (keys.report == one.report) & (keys.number == one.number) & (keys.kind == one.kind)


def _inspection(row: sa.Row[Any]) -> AnalysisTask:
    return AnalysisTask(
        kind=AnalysisKind(row.kind),
        case=CaseId(row.case_id),
        report=ReportId(row.report),
        number=row.number,
        tries=row.tries + 1,
        content=row.content,
        sha256=row.sha256,
        original_sha256=row.original_sha256 or b"",
    )


_DUE = (
    sa.select(
        inspections,
        reports.c.case_id,
        evidence.c.content,
        evidence.c.sha256,
        evidence.c.original_sha256,
    )
    .join(evidence, (evidence.c.report == inspections.c.report) & (evidence.c.number == inspections.c.number))
    .join(reports, reports.c.id == inspections.c.report)
    .join(cases, cases.c.id == reports.c.case_id)
    .where(inspections.c.kind == sa.bindparam("of_kind"), inspections.c.due_at <= sa.bindparam("now"))
    .limit(1)
    .with_for_update(of=inspections, skip_locked=True)
)
_DUE_FIRST = _DUE.where(OPEN).order_by(reports.c.filed_at.desc(), reports.c.id, inspections.c.number)
_DUE_LATER = _DUE.order_by(inspections.c.due_at)
"""A score of a decided case orders nothing, but a list may know what nobody had seen: both are found out.

There may be very many, from before there was such a program: they are taken as the index has them.
"""
