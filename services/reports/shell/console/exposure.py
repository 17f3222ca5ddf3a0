"""Counts the pictures that a moderator opens, suggests breaks, and may refuse more in an hour."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.actor import Actor
from ..storage.audit_log import PICTURE_SEEN
from ..storage.database import raising_unavailable
from ..storage.tables import audit
from .errors import TooManyPictures
from .team_views import ExposureView

_HOUR_MS = 3_600_000
_LONGEST_MS = 36 * _HOUR_MS
"""A day is counted from the moderator's midnight, wherever they are, and never from longer ago."""


@dataclass(frozen=True, slots=True)
class ExposureSettings:
    """Says when the console suggests a break, and how long that is. `limit` is 0 for none."""

    pictures_an_hour: int = 60
    limit: int = 0
    work_minutes: int = 90
    break_minutes: int = 10


class SqlExposure:
    """Counts in the audit log, which records every picture that somebody opens."""

    def __init__(self, engine: AsyncEngine, settings: ExposureSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def read(self, since: int, actor: Actor) -> ExposureView:
        """Return the counts of the actor for the last hour, and since `since` in Unix milliseconds."""
        settings, oldest = self._settings, max(since, actor.now - _LONGEST_MS)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return ExposureView(
                    last_hour=await _count(connection, actor, actor.now - _HOUR_MS),
                    since=await _count(connection, actor, oldest),
                    suggested=settings.pictures_an_hour,
                    limit=settings.limit,
                    work_minutes=settings.work_minutes,
                    break_minutes=settings.break_minutes,
                )


async def check_pictures(connection: AsyncConnection, actor: Actor, limit: int) -> None:
    """Raise `TooManyPictures` if the actor has opened `limit` pictures in the last hour; 0 is no limit.

    Lock the audit log before, or requests at the same moment do not see each other.
    """
    opened_at = await connection.scalar(_place(actor, limit)) if limit else None
    if opened_at is not None:
        wait = (opened_at + _HOUR_MS - actor.now) / 1000
        raise TooManyPictures(
            f"you have opened {limit} pictures within an hour: take a break", retry_after=wait
        )


def _looks(actor: Actor, since: int) -> sa.ColumnElement[bool]:
    return (audit.c.action == PICTURE_SEEN) & (audit.c.at > since) & (audit.c.actor == actor.name)


async def _count(connection: AsyncConnection, actor: Actor, since: int) -> int:
    looks = sa.select(sa.func.count()).select_from(audit).where(_looks(actor, since))
    return await connection.scalar(looks) or 0


def _place(actor: Actor, limit: int) -> sa.Select[int]:
    """Select when the actor opened the picture that is `limit` back in the last hour."""
    looks = sa.select(audit.c.at).where(_looks(actor, actor.now - _HOUR_MS))
    return looks.order_by(audit.c.at.desc()).offset(limit - 1).limit(1)
