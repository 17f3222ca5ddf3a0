"""What is deleted when: pictures, and whole reports, some time after a person has decided; old flags alone.

Not what is held, nor what somebody who appeals is waiting for.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ..core.records import DAY_MS, AppealState
from . import metrics
from .storage.database import for_writing, raising_unavailable
from .storage.tables import OPEN, appeals, cases, decisions, evidence, reports

EVERY = 3600.0
"""Seconds between two rounds, times a random factor of 0.5 to 1.5: replicas do not come at once."""

_AT_ONCE = 500
"""Reports in one transaction, so that nobody waits long for it."""


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """Days after a decision. An open case is kept whole; one of flags alone for `flags` after the last."""

    pictures: float
    reports: float
    flags: float = 30.0


class RetentionSweeper:
    """Deletes what is over. Several replicas may do so at the same time."""

    def __init__(self, engine: AsyncEngine, retention: RetentionPeriods, now: Callable[[], int]) -> None:
        """`now` in Unix milliseconds."""
        self._writer = for_writing(engine)
        self._retention = retention
        self._now = now

    async def run(self) -> None:
        """For ever. What a database that is away keeps from being deleted is deleted in the next round."""
        while True:
            try:
                pictures, gone = await self.sweep()
                if pictures or gone:
                    logger().info("what is over was deleted", pictures=pictures, reports=gone)
            except Unavailable as error:
                logger().warning("nothing could be deleted", reason=str(error.__cause__))
            await asyncio.sleep(EVERY * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret

    async def sweep(self) -> tuple[int, int]:
        """How many pictures, and how many reports, were deleted."""
        pictures = await self._all(self._delete_pictures)
        gone = await self._all(self._delete_reports) + await self._forget_flags()
        metrics.DELETED.labels("pictures").inc(pictures)
        metrics.DELETED.labels("reports").inc(gone)
        return pictures, gone

    async def _all(self, delete: Callable[[], sa.Delete]) -> int:
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    count = (await connection.execute(delete())).rowcount
            total += count
            if not count:
                return total

    def _delete_pictures(self) -> sa.Delete:
        over = self._over(self._retention.pictures)
        shown = sa.exists().where(evidence.c.report == reports.c.id)
        return sa.delete(evidence).where(evidence.c.report.in_(over.where(shown).limit(_AT_ONCE)))

    def _delete_reports(self) -> sa.Delete:
        """With what pictures they still have."""
        return sa.delete(reports).where(reports.c.id.in_(self._over(self._retention.reports).limit(_AT_ONCE)))

    async def _forget_flags(self) -> int:
        """How many. A person, a hold, or something that followed from them keeps a case."""
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    over = list(await connection.scalars(self._flags_alone().limit(_AT_ONCE)))
                    gone = sa.delete(reports).where(reports.c.case_id.in_(over))
                    total += (await connection.execute(gone)).rowcount
                    await connection.execute(sa.delete(cases).where(cases.c.id.in_(over)))
            if not over:
                return total

    def _flags_alone(self) -> sa.Select[tuple[str]]:
        now = self._now()
        of_case = reports.c.case_id == cases.c.id
        newer = reports.c.filed_at >= now - int(self._retention.flags * DAY_MS)
        followed = sa.exists().where(decisions.c.case_id == cases.c.id)
        return (
            sa.select(cases.c.id)
            .where(OPEN, cases.c.urgency < 0, cases.c.held_until < now)
            .where(~sa.exists().where(of_case, newer | ~reports.c.flag), ~followed)
            .with_for_update(skip_locked=True)
        )

    def _over(self, days: float) -> sa.Select[tuple[str]]:
        """The reports of the cases that were decided so long ago, and that nothing holds.

        Nor anybody who is about to hold or to open one again: on PostgreSQL it is locked, and left for later.
        """
        now = self._now()
        of_case = (decisions.c.case_id == cases.c.id) | (decisions.c.id == cases.c.decision)
        waiting = (appeals.c.decision == decisions.c.id) & (appeals.c.state == AppealState.OPEN)
        appealed = sa.exists().where(waiting, of_case)
        decided = (cases.c.closed_at > 0) & (cases.c.closed_at < now - int(days * DAY_MS))
        return (
            sa.select(reports.c.id)
            .join(cases, cases.c.id == reports.c.case_id)
            .where(decided, cases.c.held_until < now, ~appealed)
            .with_for_update(of=cases, skip_locked=True)
        )
