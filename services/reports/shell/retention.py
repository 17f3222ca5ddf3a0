"""Deletes pictures, and whole reports, some time after a person decided, and old cases with flags only.

Notes go with the last report of their case, or of the visitor that they are about.
Originals from reports of minors go as soon as their case is not on hold any more, decided or not. What is on
hold stays, and so does what an open appeal is about, and the device that a decision still binds. Revoked
tokens go when nobody can use them. All goes in small steps with pauses, so that nobody who files waits long.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
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
"""Seconds between two sweeps, times a random factor of 0.5 to 1.5, so that replicas do not meet."""

_BATCH = 500
"""The number of rows in one transaction, so that no other one waits long for it."""

_PAGE = 1000
"""The number of decided cases that are looked at in one step."""

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
                logger().warning("nothing could be deleted", reason=str(error.__cause__))
            await asyncio.sleep(_INTERVAL * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret

    async def sweep(self) -> tuple[int, int]:
        """Delete what has expired; returns how many pictures and how many reports."""
        pictures = await self._delete_of_cases(self._delete_pictures, self._retention.pictures)
        gone = await self._delete_of_cases(self._delete_reports, self._retention.reports)
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

    async def _delete_of_cases(self, delete: Callable[[list[str]], sa.Delete], days: float) -> int:
        """Go through the cases that were decided `days` ago once, from the oldest on, and delete of each.

        To look for all that is left after each step would take longer the more cases have nothing left.
        """
        total, place = 0, (0, "")
        while True:
            with raising_unavailable():
                async with self._writer.connect() as connection:
                    page = (await connection.execute(self._decided_after(place, days))).all()
            if not page:
                return total
            place = page[-1].closed_at, page[-1].id
            if left := [row.id for row in page if row.has_reports]:
                total += await self._delete_all(partial(delete, left))

    def _decided_after(self, place: tuple[int, str], days: float) -> sa.Select[int, str, bool]:
        here = sa.tuple_(sa.literal(place[0], sa.BigInteger), sa.literal(place[1], sa.Text))
        has_reports = sa.exists().where(reports.c.case_id == cases.c.id).label("has_reports")
        return (
            sa.select(cases.c.closed_at, cases.c.id, has_reports)
            .where(self._decided_and_free(days), sa.tuple_(cases.c.closed_at, cases.c.id) > here)
            .where(cases.c.closed_at >= place[0])  # an index begins there
            .order_by(cases.c.closed_at, cases.c.id)
            .limit(_PAGE)
        )

    def _delete_pictures(self, of: list[str]) -> sa.Delete:
        expired = self._expired_reports(self._retention.pictures, of)
        shown = sa.exists().where(evidence.c.report == reports.c.id)
        return sa.delete(evidence).where(evidence.c.report.in_(expired.where(shown).limit(_BATCH)))

    def _delete_reports(self, of: list[str]) -> sa.Delete:
        expired = self._expired_reports(self._retention.reports, of)
        return sa.delete(reports).where(reports.c.id.in_(expired.limit(_BATCH)))

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

    def _expired_reports(self, days: float, of: list[str]) -> sa.Select[tuple[str]]:
        """Select the reports of these cases if they were decided `days` ago, and nothing holds them.

        On PostgreSQL it skips a case that somebody is about to hold or to reopen, which is locked.
        """
        of_case = (decisions.c.case_id == cases.c.id) | (decisions.c.id == cases.c.decision)
        waiting = (appeals.c.decision == decisions.c.id) & (appeals.c.state == AppealState.OPEN)
        appealed = sa.exists().where(waiting, of_case)
        return (
            sa.select(reports.c.id)
            .join(cases, cases.c.id == reports.c.case_id)
            .where(cases.c.id.in_(of), self._decided_and_free(days), ~appealed)
            .with_for_update(of=cases, skip_locked=True)
        )

    def _decided_and_free(self, days: float) -> sa.ColumnElement[bool]:
        """Select the cases that were decided `days` ago, and that no hold keeps."""
        now = self._now()
        decided = (cases.c.closed_at > 0) & (cases.c.closed_at < now - int(days * DAY_MS))
        return decided & (cases.c.held_until < now)
