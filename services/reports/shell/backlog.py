"""Shows as metrics how many cases and appeals wait for moderators."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable

from ..core.records import AppealState
from ..core.triage import FLOOD_BELOW, KNOWN_OFFSET, MINOR_OFFSET
from . import metrics
from .storage.database import raising_unavailable
from .storage.tables import OPEN, appeals, cases

INTERVAL = 15.0
"""Seconds between two looks, times a random factor of 0.5 to 1.5, so that replicas do not meet."""

LEVELS = ("known", "minor", "reported", "flagged", "flood")

_LEVEL = sa.case(
    (cases.c.urgency >= KNOWN_OFFSET, "known"),
    (cases.c.urgency >= MINOR_OFFSET, "minor"),
    (cases.c.urgency >= 0, "reported"),
    (cases.c.urgency >= FLOOD_BELOW, "flagged"),
    else_="flood",
)
_WAITING = (
    sa.select(_LEVEL, sa.func.count(), sa.func.min(cases.c.opened_at)).where(OPEN).group_by(sa.text("1"))
)
_OPEN_APPEALS = sa.select(sa.func.count(), sa.func.min(appeals.c.filed_at)).where(
    appeals.c.state == AppealState.OPEN
)


class Backlog:
    """Counts what waits, again and again. `now` returns Unix milliseconds."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], int]) -> None:
        self._engine = engine
        self._now = now

    async def run(self) -> None:
        """Count forever. The numbers stay what they were while the database is away."""
        while True:
            with suppress(Unavailable):  # `zufall_database_up` says so
                await self.count()
            await asyncio.sleep(INTERVAL * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret

    async def count(self) -> None:
        """Count now. Raises `Unavailable`."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = (await connection.execute(_WAITING)).all()
                appealed, filed_at = (await connection.execute(_OPEN_APPEALS)).one()
        found = {level: (count, oldest) for level, count, oldest in rows}
        now = self._now()
        for level in LEVELS:
            count, oldest = found.get(level, (0, now))
            metrics.OPEN_CASES.labels(level).set(count)
            metrics.OLDEST_CASE.labels(level).set(max(0, now - oldest) / 1000)
        metrics.OPEN_APPEALS.set(appealed)
        metrics.OLDEST_APPEAL.set(max(0, now - (filed_at or now)) / 1000)
