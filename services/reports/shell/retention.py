"""Deletes pictures, and reports with their notes, some time after a decision, and old cases with flags only.

Originals from reports of minors go as soon as their case is not on hold any more, decided or not. What is on
hold stays, and so does what an open appeal is about, and the device that a decision still binds. Revoked
tokens go when nobody can use them. All goes in small steps with pauses, so that nobody who files waits long.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.jitter import jittered
from services.runtime.logs import logger

from ..core.records import DAY_MS, AppealState, Level
from . import metrics
from .storage.database import for_writing, raising_unavailable
from .storage.tables import (
    OPEN,
    appeals,
    cases,
    decisions,
    evidence,
    notes,
    report_uploads,
    reports,
    revoked_tokens,
    uploads,
)
from .storage.upload_store import kept_bytes

_INTERVAL = 3600.0
"""Seconds between two sweeps, jittered."""

_BATCH = 500
"""The number of rows in one transaction, so that no other one waits long for it."""

_PAGE = 1000
"""The number of decided cases that are looked at in one step."""

_CASES = 50
"""The number of cases that one transaction locks."""

_PAUSE = 0.02
"""Seconds between two steps."""


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """Says how many days after a decision pictures and reports are kept.

    Open cases are kept whole, except those with flags only: they are kept `flags` days after the last flag.
    """

    pictures: float
    reports: float
    flags: float = 30.0


class RetentionSweeper:
    """Deletes what has been kept long enough. Several replicas may do so at the same time."""

    def __init__(self, engine: AsyncEngine, retention: RetentionPeriods, now: Callable[[], int]) -> None:
        """`now` returns Unix milliseconds."""
        self._writer = for_writing(engine)
        self._retention = retention
        self._now = now

    async def run(self) -> None:
        """Sweep forever. What cannot be deleted while the database is away is deleted in the next sweep."""
        while True:
            try:
                pictures, gone = await self.sweep()
                if pictures or gone:
                    logger().info(
                        "expired reports and pictures were deleted", pictures=pictures, reports=gone
                    )
            except Unavailable as error:
                logger().warning("not all that has expired was deleted", reason=str(error.__cause__))
            await asyncio.sleep(jittered(_INTERVAL))

    async def sweep(self) -> tuple[int, int]:
        """Delete what has expired; returns how many pictures and how many reports."""
        with_reports = evidence.join(reports, reports.c.id == evidence.c.report)
        pictures = await self._delete_of_cases(evidence.c.id, with_reports, self._retention.pictures)
        gone = await self._delete_of_cases(reports.c.id, reports, self._retention.reports)
        gone += await self._delete_flags()
        await self._delete_all(self._delete_notes)
        await self._delete_all(self._delete_revoked_tokens)
        await self._delete_all(self._delete_upload_links)
        await self._delete_all(self._forget_devices_of_cases)
        await self._delete_all(self._forget_devices_of_decisions)
        originals = await self._delete_uploads()
        metrics.DELETED.labels("originals").inc(originals)
        metrics.DELETED.labels("pictures").inc(pictures)
        metrics.DELETED.labels("reports").inc(gone)
        return pictures, gone

    async def _delete_all(self, delete: Callable[[], sa.Delete | sa.Update]) -> int:
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    count = (await connection.execute(delete())).rowcount
            total += count
            if not count:
                return total
            await asyncio.sleep(_PAUSE)

    async def _delete_of_cases(self, column: sa.Column[str], source: sa.FromClause, days: float) -> int:
        """Go through the cases that were decided `days` ago once, from the oldest on, and delete of each.

        `column` is the id of what is deleted, `source` what joins it to its report. To look for all that is
        left after each step would take longer the more cases have nothing left.
        """
        some = sa.select(column).select_from(source)
        total, place = 0, (0, "")
        while True:
            with raising_unavailable():
                async with self._writer.connect() as connection:
                    page = (await connection.execute(self._decided_after(place, days, some))).all()
            if not page:
                return total
            place = page[-1].closed_at, page[-1].id
            left = [row.id for row in page if row.has_some]
            for first in range(0, len(left), _CASES):
                total += await self._delete_from(left[first : first + _CASES], column, some, days)

    async def _delete_from(
        self, names: list[str], column: sa.Column[str], some: sa.Select[str], days: float
    ) -> int:
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    free = list(await connection.scalars(self._locked_cases(names, days)))
                    these = some.where(reports.c.case_id.in_(free)).limit(_BATCH)
                    gone = sa.delete(column.table).where(column.in_(these))
                    count = (await connection.execute(gone)).rowcount
            total += count
            await asyncio.sleep(_PAUSE)
            if count < _BATCH:
                return total

    def _decided_after(
        self, place: tuple[int, str], days: float, some: sa.Select[str]
    ) -> sa.Select[int, str, bool]:
        here = sa.tuple_(sa.literal(place[0], sa.BigInteger), sa.literal(place[1], sa.Text))
        # Not EXISTS, for which PostgreSQL would read all reports at times.
        first = some.where(reports.c.case_id == cases.c.id).limit(1).correlate(cases).scalar_subquery()
        return (
            sa.select(cases.c.closed_at, cases.c.id, first.is_not(None).label("has_some"))
            .where(self._decided_and_free(days), sa.tuple_(cases.c.closed_at, cases.c.id) > here)
            .where(cases.c.closed_at >= place[0])  # an index begins there
            .order_by(cases.c.closed_at, cases.c.id)
            .limit(_PAGE)
        )

    def _delete_notes(self) -> sa.Delete:
        """Select the notes about cases, or about visitors, of whom no report is left."""
        over = self._decided_and_free(self._retention.reports)
        of_case = ~sa.exists().where(reports.c.case_id == cases.c.id)
        on_case = sa.exists().where(cases.c.id == notes.c.case_id, over, of_case)
        involved = (reports.c.accused == notes.c.visitor) | (reports.c.reporter == notes.c.visitor)
        old = notes.c.written_at < self._now() - int(self._retention.reports * DAY_MS)
        on_visitor = notes.c.case_id.is_(None) & old & ~sa.exists().where(involved)
        return sa.delete(notes).where(
            notes.c.id.in_(sa.select(notes.c.id).where(on_case | on_visitor).limit(_BATCH))
        )

    def _delete_revoked_tokens(self) -> sa.Delete:
        over = sa.select(revoked_tokens.c.id).where(revoked_tokens.c.until <= self._now()).limit(_BATCH)
        return sa.delete(revoked_tokens).where(revoked_tokens.c.id.in_(over))

    def _delete_upload_links(self) -> sa.Delete:
        over = (
            sa.select(report_uploads.c.report)
            .join(reports, reports.c.id == report_uploads.c.report)
            .join(cases, cases.c.id == reports.c.case_id)
            .where(cases.c.held_until < self._now())
            .limit(_BATCH)
            .with_for_update(of=cases, skip_locked=True)
        )
        return sa.delete(report_uploads).where(report_uploads.c.report.in_(over))

    def _forget_devices_of_cases(self) -> sa.Update:
        over = sa.select(cases.c.id).where(
            cases.c.device != 0, self._decided_and_free(self._retention.reports)
        )
        locked = over.limit(_BATCH).with_for_update(skip_locked=True)
        return sa.update(cases).where(cases.c.id.in_(locked)).values(device=0)

    def _forget_devices_of_decisions(self) -> sa.Update:
        """Select decisions that are old and do not hold any more."""
        now, later = self._now(), decisions.alias()
        of_visitor = (later.c.visitor == decisions.c.visitor) & ~later.c.silent
        replaced = sa.exists().where(of_visitor, later.c.sequence > decisions.c.sequence)
        ended = (decisions.c.until > 0) & (decisions.c.until < now)
        over = (decisions.c.level == Level.GOOD) | ended | replaced
        old = decisions.c.made_at < now - int(self._retention.reports * DAY_MS)
        these = sa.select(decisions.c.sequence).where(decisions.c.device != 0, old, over).limit(_BATCH)
        return sa.update(decisions).where(decisions.c.sequence.in_(these)).values(device=0)

    async def _delete_uploads(self) -> int:
        """Delete contents that no report has any more; returns how many.

        They are locked first, and looked at again, for a report may just be about to keep one of them.
        """
        linked = sa.exists().where(report_uploads.c.sha256 == uploads.c.sha256)
        unlinked = sa.select(uploads.c.sha256).where(~linked).limit(_BATCH)
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    over = list(await connection.scalars(unlinked.with_for_update(skip_locked=True)))
                    gone = sa.delete(uploads).where(uploads.c.sha256.in_(over), ~linked)
                    total += (await connection.execute(gone)).rowcount
                    metrics.UPLOAD_BYTES.set((await kept_bytes(connection))[1])
            if not over:
                return total
            await asyncio.sleep(_PAUSE)

    async def _delete_flags(self) -> int:
        """Delete old cases with flags only; returns the number of flags.

        A report of a person, a hold, or a decision in the case keeps it.
        """
        total = 0
        while True:
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    over = list(await connection.scalars(self._cases_of_old_flags().limit(_BATCH)))
                    some = sa.select(reports.c.id).where(reports.c.case_id.in_(over)).limit(_BATCH)
                    gone = sa.delete(reports).where(reports.c.id.in_(some))
                    total += (await connection.execute(gone)).rowcount
                    empty = ~sa.exists().where(reports.c.case_id == cases.c.id)
                    await connection.execute(sa.delete(cases).where(cases.c.id.in_(over), empty))
            if not over:
                return total
            await asyncio.sleep(_PAUSE)

    def _cases_of_old_flags(self) -> sa.Select[tuple[str]]:
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

    def _locked_cases(self, names: list[str], days: float) -> sa.Select[str]:
        """Select those of the cases that were decided `days` ago and that nothing holds, locked.

        On PostgreSQL it skips a case that somebody is about to hold or to reopen, which is locked.
        """
        of_case = (decisions.c.case_id == cases.c.id) | (decisions.c.id == cases.c.decision)
        waiting = (appeals.c.decision == decisions.c.id) & (appeals.c.state == AppealState.OPEN)
        appealed = sa.exists().where(waiting, of_case)
        return (
            sa.select(cases.c.id)
            .where(cases.c.id.in_(names), self._decided_and_free(days), ~appealed)
            .with_for_update(of=cases, skip_locked=True)
        )

    def _decided_and_free(self, days: float) -> sa.ColumnElement[bool]:
        """Select the cases that were decided `days` ago, and that no hold keeps."""
        now = self._now()
        decided = (cases.c.closed_at > 0) & (cases.c.closed_at < now - int(days * DAY_MS))
        return decided & (cases.c.held_until < now)
