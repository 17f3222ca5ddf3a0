"""The workload: what each moderator decided in a period, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.records import AppealState, Level
from ..storage.audit_log import CASE_SEEN, CONFIRMED, PICTURE_SEEN, SENT_BACK, UNDONE
from ..storage.database import raising_unavailable
from ..storage.tables import accounts, appeals, audit, decisions
from .team_views import WorkloadReport, WorkloadRow
from .transparency import Period

_MINUTE_MS = 60_000

_LONGEST_LOOK_MS = 60 * _MINUTE_MS
"""A case that was opened longer ago than this was not looked at all the time."""


class SqlWorkload:
    """Counts what accounts did in the console. Commands with the moderator token are nobody's work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, period: Period) -> WorkloadReport:
        """Return the work of every account that did any; raise `Unavailable`."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                names = list(await connection.scalars(sa.select(accounts.c.name).order_by(accounts.c.name)))
                decided = (await connection.execute(_decided(period))).all()
                undone = {row.subject for row in await connection.execute(_undone(period))}
                counts = await _counts(connection, period)
        rows = [
            _row(name, [one for one in decided if one.moderator == name], undone, counts) for name in names
        ]
        return WorkloadReport(period.first, period.last, [row for row in rows if _worked(row)])


def _decided(of: Period) -> sa.Select[Any]:
    """Select what people decided in cases, with the first look at the case that came not long before."""
    made = sa.and_(
        audit.c.action == "decision.made",
        audit.c.at == decisions.c.made_at,
        audit.c.subject == decisions.c.id,
        audit.c.actor == decisions.c.moderator,
    )
    look = audit.alias()
    opened = (
        sa.select(sa.func.min(look.c.at))
        .where(
            look.c.action == CASE_SEEN,
            look.c.at >= decisions.c.made_at - _LONGEST_LOOK_MS,
            look.c.at <= decisions.c.made_at,
            look.c.actor == decisions.c.moderator,
            look.c.subject == decisions.c.case_id,
        )
        .scalar_subquery()
    )
    columns = (decisions.c.id, decisions.c.moderator, decisions.c.case_id, decisions.c.level)
    in_period = (decisions.c.made_at >= of.start) & (decisions.c.made_at < of.end)
    return (
        sa.select(*columns, decisions.c.made_at, opened.label("opened_at"))
        .join(audit, made)
        .where(in_period, ~decisions.c.automated, decisions.c.case_id != "")
        .order_by(decisions.c.sequence)
    )


def _of_audit(of: Period, action: str) -> sa.ColumnElement[bool]:
    return (audit.c.action == action) & (audit.c.at >= of.start) & (audit.c.at < of.end)


def _undone(of: Period) -> sa.Select[Any]:
    return sa.select(audit.c.subject).where(_of_audit(of, UNDONE))


_COUNTED = {
    "pictures": PICTURE_SEEN,
    "confirmed": CONFIRMED,
    "sent_back": SENT_BACK,
}
"""The kinds of entries of the audit log that are counted."""

Counts = dict[str, Counter[str]]
"""For each kind of count, how often by account."""


async def _counts(connection: AsyncConnection, of: Period) -> Counts:
    found: Counts = defaultdict(Counter)
    for kind, action in _COUNTED.items():
        count = sa.select(audit.c.actor, sa.func.count()).where(_of_audit(of, action))
        for actor, number in await connection.execute(count.group_by(audit.c.actor)):
            found[kind][actor] = number
    for row in await connection.execute(_answered(of)):
        kind = "overturned" if row.state == AppealState.OVERTURNED else "upheld"
        found[kind].update(name for name in (row.moderator, row.confirmed_by) if name)
    return found


def _answered(of: Period) -> sa.Select[Any]:
    """Select the appeals that were answered in the period against what people decided."""
    answered = (appeals.c.decided_at >= of.start) & (appeals.c.decided_at < of.end)
    return (
        sa.select(appeals.c.state, decisions.c.moderator, decisions.c.confirmed_by)
        .join(decisions, decisions.c.id == appeals.c.decision)
        .where(answered, appeals.c.state != AppealState.OPEN)
    )


def _row(account: str, decided: Iterable[sa.Row[Any]], undone: set[str], counts: Counts) -> WorkloadRow:
    last = {one.case_id: one for one in decided}  # a case that was decided twice is one case
    spans = [one.made_at - one.opened_at for one in last.values() if one.opened_at is not None]
    return WorkloadRow(
        account=account,
        cases=len(last),
        dismissed=sum(one.level == Level.GOOD for one in last.values()),
        undone=sum(one.id in undone for one in last.values()),
        second_looks=counts["confirmed"][account] + counts["sent_back"][account],
        minutes=round(median(spans) / _MINUTE_MS, 2) if spans else None,
        pictures=counts["pictures"][account],
        upheld=counts["upheld"][account],
        overturned=counts["overturned"][account],
    )


def _worked(row: WorkloadRow) -> bool:
    return any((row.cases, row.second_looks, row.pictures, row.upheld, row.overturned))
