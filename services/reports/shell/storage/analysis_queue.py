"""Stores which pictures wait for an analysis. The rows are committed with the pictures and their report."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import CaseId, ReportId, VisitorId

from ...core.records import AnalysisKind, AnalysisTask, Finding
from ...core.triage import KNOWN_OFFSET, MINOR_OFFSET, CaseEvaluation, QueueScore
from .cases import apply_evaluation, facts_of_case
from .database import for_writing, raising_unavailable
from .tables import KNOWN, OPEN, cases, evidence, inspections, reports

_MINUTE = 60_000
_MAX_DELAY = 10 * _MINUTE


def retry_delay(tries: int) -> int:
    """Return the milliseconds until the next try: one minute, then two, four, eight, and ten from then on."""
    return min(_MINUTE << min(tries, 8) - 1, _MAX_DELAY)


class SqlAnalysisQueue:
    """Implements the port `AnalysisQueue`."""

    def __init__(self, engine: AsyncEngine, queue_score: QueueScore) -> None:
        self._writer = for_writing(engine)
        self._queue_score = queue_score

    async def claim(self, kind: AnalysisKind, now: int) -> AnalysisTask | None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                due = {"of_kind": kind, "now": now}
                row = (await connection.execute(_DUE_FIRST, due)).one_or_none()
                row = row or (await connection.execute(_DUE_LATER, due)).one_or_none()
                if row is None:
                    return None
                claimed = _task_from_row(row)
                again = {"due_at": now + retry_delay(claimed.tries), "tries": claimed.tries}
                await connection.execute(sa.update(inspections).where(_is(claimed)).values(again))
                return claimed

    async def complete(self, task: AnalysisTask, finding: Finding, now: int) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                locked = await _lock_case(connection, task.report)  # first, in one order everywhere
                if locked and await _store_finding(connection, task, finding):
                    case, accused = locked
                    facts, _ = await facts_of_case(connection, case, accused)
                    evaluation = CaseEvaluation(self._queue_score(facts, now), None, finding.held_until)
                    await apply_evaluation(connection, case, evaluation)

    async def move_known(self) -> None:
        """Move the cases with a known picture up to where they belong.

        Versions before 0016 put them among the cases about minors.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(_MOVE_KNOWN)

    async def give_up(self, task: AnalysisTask) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(sa.delete(inspections).where(_is(task)))


async def _lock_case(connection: AsyncConnection, report: ReportId) -> tuple[CaseId, VisitorId] | None:
    """Lock the case of the report until the commit; returns it and the accused, None if the report is gone.

    While this waits for a case, the report may move to another case. Then it tries once more.
    """
    of_report = sa.select(cases.c.id, cases.c.accused).join(reports, reports.c.case_id == cases.c.id)
    held = of_report.where(reports.c.id == report).with_for_update(of=cases)
    for _ in range(2):
        if row := (await connection.execute(held)).one_or_none():
            return CaseId(row.id), VisitorId(row.accused)
    return None


async def _store_finding(connection: AsyncConnection, task: AnalysisTask, finding: Finding) -> bool:
    """Store the finding and remove the task; returns whether the picture is still there."""
    found = {"score": finding.score} if task.kind is AnalysisKind.SCORE else {"known": finding.known}
    one = (evidence.c.report == task.report) & (evidence.c.number == task.number)
    kept = (await connection.execute(sa.update(evidence).where(one).values(found))).rowcount
    await connection.execute(sa.delete(inspections).where(_is(task)))
    return bool(kept)


def _is(one: AnalysisTask) -> sa.ColumnElement[bool]:
    keys = inspections.c
    return (keys.report == one.report) & (keys.number == one.number) & (keys.kind == one.kind)


def _task_from_row(row: sa.Row[Any]) -> AnalysisTask:
    return AnalysisTask(
        kind=AnalysisKind(row.kind),
        report=ReportId(row.report),
        number=row.number,
        tries=row.tries + 1,
        content=row.content,
        sha256=row.sha256,
        original_sha256=row.original_sha256 or b"",
    )


_MOVE_KNOWN = (
    sa.update(cases)
    .where(cases.c.urgency >= MINOR_OFFSET, cases.c.urgency < KNOWN_OFFSET)
    .where(
        sa.exists()
        .where(reports.c.case_id == cases.c.id, evidence.c.report == reports.c.id, KNOWN)
        .correlate(cases)
    )
    .values(urgency=cases.c.urgency + (KNOWN_OFFSET - MINOR_OFFSET))
)
_DUE = (
    sa.select(
        inspections,
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
"""Pictures of decided cases are analysed too, for a list may know what nobody had seen.

There may be very many from before the analysis was switched on, so they are taken in the order of the index.
"""
