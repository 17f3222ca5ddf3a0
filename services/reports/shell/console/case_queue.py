"""Reads the list of open cases, the most urgent first."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.ids import VisitorId

from ...core.records import AppealState, Decision, Reason
from ...core.triage import FLOOD_BELOW, MINOR_OFFSET
from ..storage.database import raising_unavailable
from ..storage.tables import OPEN, appeals, cases, evidence, reports
from .views import CaseQueue, CaseSummary, api_name, decision_view

MAX_CASES, MAX_FLAGGED_CASES, MAX_FLOOD_CASES = 200, 50, 50
"""The most cases in the list that people reported, the most with flags only, and the most of floods."""

CurrentStanding = Callable[[VisitorId, int], Decision | None]
"""Returns the decision that is in force about a visitor, or about the device with this key (0 if unknown)."""


class SqlCaseQueue:
    def __init__(self, engine: AsyncEngine, standing: CurrentStanding) -> None:
        self._engine = engine
        self.standing = standing

    async def read(self) -> CaseQueue:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = (await connection.execute(_CASES)).all()
                names = [row.id for row in rows]
                reasons = await _reasons(connection, names)
                frames = {row.case_id: row for row in await connection.execute(_frames(names))}
                known = await _known_lists(connection, [one.case_id for one in frames.values() if one.known])
                waiting = await connection.scalar(_OPEN_CASES) or 0
                flagged = await connection.scalar(_FLAGGED_CASES) or 0
                flooded = await connection.scalar(_FLOOD_CASES) or 0
                appealed = await connection.scalar(_OPEN_APPEALS) or 0
        lines = [self._summary(row, reasons[row.id], frames.get(row.id), known[row.id]) for row in rows]
        return CaseQueue(lines, waiting, flagged, flooded, appealed)

    def _summary(
        self,
        row: sa.Row[Any],
        reasons: Counter[str],
        frames: sa.Row[Any, Any, Any, Any] | None,
        known: list[str],
    ) -> CaseSummary:
        standing = self.standing(VisitorId(row.accused), row.device)
        return CaseSummary(
            id=row.id,
            accused=row.accused,
            opened_at=row.opened_at,
            newest_at=row.newest_at,
            urgency=row.urgency,
            known=known,
            minor=row.urgency >= MINOR_OFFSET and api_name(Reason.MINOR) in reasons,
            flagged=FLOOD_BELOW <= row.urgency < 0,
            flood=row.urgency < FLOOD_BELOW,
            reports=reasons.total(),
            flags=row.flags,
            reporters=row.reporters,
            networks=row.networks,
            frames=frames.count_of if frames else 0,
            reasons=dict(reasons.most_common()),
            standing=decision_view(standing) if standing else None,
            score=frames.score if frames else None,
        )


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
            .where(reports.c.case_id.in_(names), evidence.c.known != "")
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


_ORDER = (cases.c.urgency.desc(), cases.c.opened_at)
# Choose the cases first, or each second all open cases would be counted.
_FLOOD = cases.c.urgency < FLOOD_BELOW
_FLAGGED = (cases.c.urgency < 0) & ~_FLOOD


def _first(which: sa.ColumnElement[bool], limit: int) -> sa.Select[Any]:
    return sa.select(sa.select(cases).where(OPEN, which).order_by(*_ORDER).limit(limit).subquery())


_FIRST = sa.union_all(
    _first(cases.c.urgency >= 0, MAX_CASES),
    _first(_FLAGGED, MAX_FLAGGED_CASES),
    _first(_FLOOD, MAX_FLOOD_CASES),
).subquery()
_CASES = (
    sa.select(
        _FIRST,
        sa.func.coalesce(sa.func.max(reports.c.filed_at), _FIRST.c.opened_at).label("newest_at"),
        sa.func.coalesce(sa.func.sum(sa.cast(reports.c.flag, sa.Integer)), 0).label("flags"),
        sa.func.count(reports.c.reporter.distinct()).label("reporters"),
        sa.func.count(reports.c.reporter_network.distinct()).label("networks"),
    )
    # The reports of a reopened case may be deleted.
    .join(reports, reports.c.case_id == _FIRST.c.id, isouter=True)
    .group_by(*_FIRST.c)
    .order_by(_FIRST.c.urgency.desc(), _FIRST.c.opened_at)
)
_OPEN_CASES = sa.select(sa.func.count()).select_from(cases).where(OPEN)
_FLAGGED_CASES = _OPEN_CASES.where(_FLAGGED)
_FLOOD_CASES = _OPEN_CASES.where(_FLOOD)
_OPEN_APPEALS = sa.select(sa.func.count()).select_from(appeals).where(appeals.c.state == AppealState.OPEN)
