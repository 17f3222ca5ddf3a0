"""Shows as metrics what waits for moderators, and what they and triage have decided.

Both are read from the database, so they are the same at every replica.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.jitter import jittered

from ..core.audit_check import MADE
from ..core.records import AppealState, DecisionCause, Level, Reason
from ..core.review import QueueGroup
from . import metrics
from .storage.cases import GROUPS
from .storage.database import raising_unavailable
from .storage.decision_figures import NONE, Unanswered, open_appeals
from .storage.tables import OPEN, appeals, audit, cases, decisions

INTERVAL = 60.0
"""Seconds between two looks, jittered."""

_LEVELS = {
    QueueGroup.KNOWN: "known",
    QueueGroup.MINOR: "minor",
    QueueGroup.PEOPLE: "reported",
    QueueGroup.FLAGS: "flagged",
    QueueGroup.FLOOD: "flood",
}
LEVELS = tuple(_LEVELS.values())
"""What metrics and figures call the groups of the queue, the most urgent first."""

_RULES = {reason.name.lower() for reason in Reason}
_ACTS = 1000
"""How many acts are read at once."""

_LEVEL = sa.case(*((GROUPS[group], level) for group, level in _LEVELS.items()))
_WAITING = (
    sa.select(_LEVEL, sa.func.count(), sa.func.min(cases.c.opened_at)).where(OPEN).group_by(sa.text("1"))
)
_LAST_ENTRY = sa.select(sa.func.max(audit.c.sequence))
_CLOSED_BY_IT = (cases.c.id == decisions.c.case_id) & (cases.c.decision == decisions.c.id)
_NEW_ACTS: sa.Select[Any] = (
    sa.select(
        audit.c.sequence,
        audit.c.action,
        decisions.c.level,
        decisions.c.rule,
        decisions.c.automated,
        decisions.c.cause,
        decisions.c.made_at,
        cases.c.opened_at,
        appeals.c.state,
    )
    .select_from(audit)
    .join(decisions, decisions.c.id == audit.c.subject)
    .join(cases, _CLOSED_BY_IT, isouter=True)
    .join(appeals, appeals.c.decision == decisions.c.id, isouter=True)
    .where(audit.c.sequence > sa.bindparam("after"), audit.c.action.in_([MADE, "appeal.decided"]))
    .order_by(audit.c.sequence)
    .limit(_ACTS)
)


async def waiting_cases(connection: AsyncConnection) -> Mapping[str, Unanswered]:
    """Return what waits, by the levels `LEVELS`. Those without a case are left out."""
    rows = (await connection.execute(_WAITING)).all()
    return {level: Unanswered(count, oldest) for level, count, oldest in rows}


class Backlog:
    """Counts what waits and what was decided, again and again. `now` returns Unix milliseconds."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], int]) -> None:
        self._engine = engine
        self._now = now
        self._last_entry: int | None = None

    async def run(self) -> None:
        """Count forever. The numbers stay what they were while the database is away."""
        while True:
            with suppress(Unavailable):  # `zufall_database_up` says so
                await self.count()
            await asyncio.sleep(jittered(INTERVAL))

    async def count(self) -> None:
        """Count now. Decisions count from the first call on. Raises `Unavailable`."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                found = await waiting_cases(connection)
                unanswered = await open_appeals(connection)
                await self._count_acts(connection)
        now = self._now()
        for level in LEVELS:
            waiting = found.get(level, NONE)
            metrics.OPEN_CASES.labels(level).set(waiting.count)
            metrics.OLDEST_CASE.labels(level).set(_age(waiting, now))
        metrics.OPEN_APPEALS.set(unanswered.count)
        metrics.OLDEST_APPEAL.set(_age(unanswered, now))

    async def _count_acts(self, connection: AsyncConnection) -> None:
        """Count the decisions and answered appeals that the audit log got since the last call."""
        last = await connection.scalar(_LAST_ENTRY) or 0
        if self._last_entry is None or last < self._last_entry:  # a start, or an older database was restored
            self._last_entry = last
        while rows := list(await connection.execute(_NEW_ACTS, {"after": self._last_entry})):
            for row in rows:
                _count_act(row)
            self._last_entry = rows[-1].sequence
        self._last_entry = max(self._last_entry, last)


def _age(waiting: Unanswered, now: int) -> float:
    """Return for how many seconds the oldest has waited, 0 if there is none."""
    return 0 if waiting.oldest is None else max(0, now - waiting.oldest) / 1000


def _count_act(row: sa.Row[Any]) -> None:
    rule = row.rule if row.rule in _RULES else "other" if row.rule else "none"
    by = "triage" if row.automated else "person"
    if row.action != MADE:
        if row.state == AppealState.OVERTURNED:
            metrics.OVERTURNED.labels(by, rule).inc()
    elif row.cause == DecisionCause.DECIDED:
        metrics.DECISIONS.labels(Level(row.level).name.lower(), by, rule).inc()
        if row.opened_at is not None:
            metrics.DECISION_SECONDS.observe(max(0, row.made_at - row.opened_at) / 1000)
