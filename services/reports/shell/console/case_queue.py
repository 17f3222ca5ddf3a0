"""Reads the list of open cases, the most urgent first, and any other list of cases that is searched for."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import VisitorId

from ...core.case_search import CaseSearch
from ...core.records import AppealState, Decision, Reason
from ...core.review import QueueGroup
from ...core.triage import FLOOD_BELOW, MINOR_OFFSET
from ..storage.cases import GROUPS
from ..storage.database import raising_unavailable
from ..storage.report_store import decision_from_row
from ..storage.tables import KNOWN, OPEN, appeals, cases, decisions, evidence, reports
from .case_filters import count_cases, cursor_of, needs_scan, select_cases, select_last_scanned
from .listed_reports import ListedReports, listed_reports
from .views import CasePage, CaseQueue, CaseSummary, api_name, decision_view

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
        """Return a page. `now` is in Unix milliseconds."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = (await connection.execute(select_cases(search), {"now": now})).all()
                following = await _following(connection, rows, search)
                total = await _total(connection, rows, search)
                lines = await self._summaries(connection, rows)
        return CasePage(lines, following, total)

    async def _summaries(self, connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[CaseSummary]:
        names = [row.id for row in rows]
        counted = await listed_reports(connection, names)
        frames = {row.case_id: row for row in await connection.execute(_frames(names))}
        known = await _known_lists(connection, [one.case_id for one in frames.values() if one.known])
        closed_by = await _decisions(connection, [row.decision for row in rows if row.decision])
        return [
            self._summary(
                row,
                counted.get(row.id, ListedReports()),
                frames.get(row.id),
                tuple(known.get(row.id, ())),
                closed_by.get(row.decision),
            )
            for row in rows
        ]

    def _summary(
        self,
        row: sa.Row[Any],
        counted: ListedReports,
        frames: sa.Row[Any, Any, Any, Any] | None,
        known: Sequence[str],
        decision: Decision | None,
    ) -> CaseSummary:
        standing = self.standing(VisitorId(row.accused), row.device)
        return CaseSummary(
            id=row.id,
            accused=row.accused,
            opened_at=row.opened_at,
            newest_at=counted.newest_at or row.opened_at,
            urgency=row.urgency,
            known=known,
            minor=row.urgency >= MINOR_OFFSET and Reason.MINOR in counted.reasons,
            flagged=FLOOD_BELOW <= row.urgency < 0,
            flood=row.urgency < FLOOD_BELOW,
            reports=counted.count,
            flags=counted.flags,
            reporters=counted.reporters,
            networks=counted.networks,
            frames=frames.count_of if frames else 0,
            reasons={api_name(reason): count for reason, count in counted.reasons.items()},
            languages=counted.languages,
            mode=counted.mode,
            country=counted.country,
            standing=decision_view(standing) if standing else None,
            score=frames.score if frames else None,
            closed_at=row.closed_at,
            decision=decision_view(decision) if decision else None,
        )


async def _decisions(connection: AsyncConnection, names: list[str]) -> dict[str, Decision]:
    if not names:
        return {}
    rows = await connection.execute(sa.select(decisions).where(decisions.c.id.in_(names)))
    return {row.id: decision_from_row(row) for row in rows}


async def _following(
    connection: AsyncConnection, rows: Sequence[sa.Row[Any]], search: CaseSearch
) -> str | None:
    """Return where the next page begins. After a scan that is the last case that was looked into."""
    if len(rows) == search.limit or not needs_scan(search.filter):
        return _next(rows, search)
    last = (await connection.execute(select_last_scanned(search))).one_or_none()
    return str(cursor_of(last, search.order)) if last else None


async def _total(connection: AsyncConnection, rows: Sequence[sa.Row[Any]], search: CaseSearch) -> int | None:
    """Count all cases for the first page, but not by a scan."""
    if search.after is not None or needs_scan(search.filter):
        return None
    return len(rows) if len(rows) < search.limit else await connection.scalar(count_cases(search.filter))


def _next(rows: Sequence[sa.Row[Any]], search: CaseSearch) -> str | None:
    """Return where the next page begins; None behind the last case."""
    return str(cursor_of(rows[-1], search.order)) if len(rows) == search.limit else None


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


_STANDARD = CaseSearch()  # open pages search for the cases behind it
# Statements are built once, for building takes longer than executing.
_FIRST = select_cases(_STANDARD)
_OPEN_CASES = sa.select(sa.func.count()).select_from(cases).where(OPEN)
_FLAGGED_CASES = _OPEN_CASES.where(GROUPS[QueueGroup.FLAGS])
_FLOOD_CASES = _OPEN_CASES.where(GROUPS[QueueGroup.FLOOD])
_OPEN_APPEALS = sa.select(sa.func.count()).select_from(appeals).where(appeals.c.state == AppealState.OPEN)
