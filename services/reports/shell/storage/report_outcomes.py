"""Reads what people decided about reports, for those who filed them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import ReportId

from ...core.records import Dismissal, Level
from ...core.report_outcomes import DecidedReport
from .database import raising_unavailable
from .tables import cases, decisions, reports

# Statements are built once, for building takes longer than executing.
_DECIDED = (
    sa.select(reports.c.id, decisions.c.level, decisions.c.dismissal)
    .join(cases, cases.c.id == reports.c.case_id)
    .join(decisions, decisions.c.id == cases.c.decision)
    .where(
        reports.c.id.in_(sa.bindparam("asked", expanding=True)),
        ~reports.c.flag,
        cases.c.closed_at > 0,
        decisions.c.made_at < sa.bindparam("before"),
    )
)


class SqlReportOutcomes:
    """Implements the port `ReportOutcomes`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def decided(self, asked: Sequence[ReportId], before: int) -> list[DecidedReport]:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(_DECIDED, {"asked": list(asked), "before": before})
                return [
                    DecidedReport(ReportId(row.id), Level(row.level), Dismissal(row.dismissal))
                    for row in rows
                ]
