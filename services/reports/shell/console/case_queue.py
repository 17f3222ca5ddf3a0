"""Reads the list of open cases, the most urgent first, and any other list of cases that is searched for."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import VisitorId

from ...core.case_search import CaseFilter, CaseSearch
from ...core.records import AppealState, Decision, Reason
from ...core.review import QueueGroup
from ...core.triage import FLOOD_BELOW, MINOR_OFFSET
from ..storage.database import raising_unavailable
from ..storage.report_store import decision_from_row
from ..storage.tables import KNOWN, OPEN, appeals, cases, decisions, evidence, reports
from .case_filters import GROUPS, count_cases, cursor_of, select_cases
from .views import CasePage, CaseQueue, CaseSummary, api_name, decision_view

MAX_CASES = 100
"""The most cases in the queue that open pages are sent. They search for those behind them."""

CurrentStanding = Callable[[VisitorId, int], Decision | None]
"""Returns the decision that is in force about a visitor, or about the device with this key (0 if unknown)."""


class SqlCaseQueue:
    """Reads lists of cases. Every method raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine, standing: CurrentStanding) -> None:
        self._engine = engine
        self.standing = standing

    async def read(self) -> CaseQueue:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = (await connection.execute(_FIRST)).all()
                lines = await self._summaries(connection, rows)
                waiting = await connection.scalar(_OPEN_CASES) or 0
                flagged = await connection.scalar(_FLAGGED_CASES) or 0
                flooded = await connection.scalar(_FLOOD_CASES) or 0
                appealed = await connection.scalar(_OPEN_APPEALS) or 0
        return CaseQueue(lines, waiting, flagged, flooded, appealed, _next(rows, _STANDARD))

    async def search(self, search: CaseSearch, now: int) -> CasePage:
        """Return a page, and the number of all cases with the first page. `now` is in Unix milliseconds."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = (await connection.execute(select_cases(search), {"now": now})).all()
                total = None
                if search.after is None and len(rows) < search.limit:
                    total = len(rows)
                elif search.after is None:
                    total = await connection.scalar(count_cases(search.filter), {"now": now})
                lines = await self._summaries(connection, rows)
        return CasePage(lines, _next(rows, search), total)

    async def _summaries(self, connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[CaseSummary]:
        names = [row.id for row in rows]
        counts = {row.case_id: row for row in await connection.execute(_counts(names))}
        reasons = await _reasons(connection, names)
        frames = {row.case_id: row for row in await connection.execute(_frames(names))}
        known = await _known_lists(connection, [one.case_id for one in frames.values() if one.known])
        closed_by = await _decisions(connection, [row.decision for row in rows if row.decision])
        return [
            self._summary(
                row,
                _Details(
                    counts.get(row.id), reasons[row.id], frames.get(row.id), known.get(row.id, []), closed_by
                ),
            )
            for row in rows
        ]

    def _summary(self, row: sa.Row[Any], details: "_Details") -> CaseSummary:
        standing = self.standing(VisitorId(row.accused), row.device)
        counts, reasons, frames = details.counts, details.reasons, details.frames
        decision = details.decisions.get(row.decision)
        return CaseSummary(
            id=row.id,
            accused=row.accused,
            opened_at=row.opened_at,
            newest_at=counts.newest_at if counts else row.opened_at,
            urgency=row.urgency,
            known=details.known,
            minor=row.urgency >= MINOR_OFFSET and api_name(Reason.MINOR) in reasons,
            flagged=FLOOD_BELOW <= row.urgency < 0,
            flood=row.urgency < FLOOD_BELOW,
            reports=reasons.total(),
            flags=counts.flags if counts else 0,
            reporters=counts.reporters if counts else 0,
            networks=counts.networks if counts else 0,
            frames=frames.count_of if frames else 0,
            reasons=dict(reasons.most_common()),
            standing=decision_view(standing) if standing else None,
            score=frames.score if frames else None,
            closed_at=row.closed_at,
            decision=decision_view(decision) if decision else None,
        )


@dataclass(frozen=True, slots=True)
class _Details:
    """Holds what is known of a case apart from its row, and the decisions of all. Reports may be deleted."""

    counts: sa.Row[Any] | None
    reasons: Counter[str]
    frames: sa.Row[Any, Any, Any, Any] | None
    known: list[str]
    decisions: dict[str, Decision]


def _counts(names: list[str]) -> sa.Select[Any]:
    return (
        sa.select(
            reports.c.case_id,
            sa.func.max(reports.c.filed_at).label("newest_at"),
            sa.func.sum(sa.cast(reports.c.flag, sa.Integer)).label("flags"),
            sa.func.count(reports.c.reporter.distinct()).label("reporters"),
            sa.func.count(reports.c.reporter_network.distinct()).label("networks"),
        )
        .where(reports.c.case_id.in_(names))
        .group_by(reports.c.case_id)
    )


async def _decisions(connection: AsyncConnection, names: list[str]) -> dict[str, Decision]:
    if not names:
        return {}
    rows = await connection.execute(sa.select(decisions).where(decisions.c.id.in_(names)))
    return {row.id: decision_from_row(row) for row in rows}


def _next(rows: Sequence[sa.Row[Any]], search: CaseSearch) -> str | None:
    """Return where the next page begins; None behind the last case."""
    return str(cursor_of(rows[-1], search.order)) if len(rows) == search.limit else None


async def _reasons(connection: AsyncConnection, names: list[str]) -> dict[str, Counter[str]]:
    """Count the reports of each case by reason."""
    count = sa.func.count().label("count")
    counted = (
        sa.select(reports.c.case_id, reports.c.reason, count)
        .where(reports.c.case_id.in_(names))
        .group_by(reports.c.case_id, reports.c.reason)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in await connection.execute(counted):
        found[row.case_id][api_name(Reason(row.reason))] = row[2]
    return found


async def _known_lists(connection: AsyncConnection, names: list[str]) -> dict[str, list[str]]:
    """Name the lists that know pictures of these cases."""
    found: dict[str, list[str]] = defaultdict(list)
    if names:
        listed = (
            sa.select(reports.c.case_id, evidence.c.known)
            .join(evidence, evidence.c.report == reports.c.id)
            .where(reports.c.case_id.in_(names), KNOWN)
            .order_by(evidence.c.known)
            .distinct()
        )
        for row in await connection.execute(listed):
            found[row.case_id].append(row.known)
    return found


def _frames(names: list[str]) -> sa.Select[Any, Any, Any, Any]:
    """Count the pictures of each case, with the highest score and one of the lists that know them."""
    columns = (
        sa.func.count().label("count_of"),
        sa.func.max(evidence.c.score).label("score"),
        sa.func.max(evidence.c.known).label("known"),
    )
    return (
        sa.select(reports.c.case_id, *columns)
        .join(evidence, evidence.c.report == reports.c.id)
        .where(reports.c.case_id.in_(names))
        .group_by(reports.c.case_id)
    )


_STANDARD = CaseSearch(CaseFilter(), limit=MAX_CASES)
# Statements are built once, for building takes longer than executing.
_FIRST = select_cases(_STANDARD)
_OPEN_CASES = sa.select(sa.func.count()).select_from(cases).where(OPEN)
_FLAGGED_CASES = _OPEN_CASES.where(GROUPS[QueueGroup.FLAGS])
_FLOOD_CASES = _OPEN_CASES.where(GROUPS[QueueGroup.FLOOD])
_OPEN_APPEALS = sa.select(sa.func.count()).select_from(appeals).where(appeals.c.state == AppealState.OPEN)
