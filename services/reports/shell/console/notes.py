"""Keeps the notes of moderators about cases and visitors, and whom they mention."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId, VisitorId, random_id

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.mentions import mentioned_accounts
from ..storage.audit_log import AuditWriter
from ..storage.database import for_writing, raising_unavailable
from ..storage.tables import accounts, cases, mentions, notes, reports
from .views import NoteView

MAX_NOTE_LENGTH = 2_000
"""A note has at most this many characters."""


@dataclass(frozen=True, slots=True)
class NoteSubject:
    """What a note is about: a visitor, and one of their cases unless it is None."""

    visitor: VisitorId
    case: CaseId | None


class SqlNotes:
    """Writes notes. The audit log records that there is one and whom it mentions, but not what it says.

    The log is kept for ever, and a note only as long as its case.
    """

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._writer = for_writing(engine)
        self._audit = audit

    async def write_on_case(self, case: CaseId, text: str, actor: Actor) -> NoteView:
        """Add a note to a case, decided or not; raise `NotFound`."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                lock = sa.select(cases.c.accused).where(cases.c.id == case)
                visitor = await connection.scalar(lock.with_for_update(read=True, key_share=True))
                if visitor is None:
                    raise NotFound("there is no such case")
                return await self._write(connection, NoteSubject(VisitorId(visitor), case), text, actor)

    async def write_on_visitor(self, visitor: VisitorId, text: str, actor: Actor) -> NoteView:
        """Add a note about somebody who was reported, or who reported; raise `NotFound`."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                accused = sa.exists().where(cases.c.accused == visitor)
                reporter = sa.exists().where(reports.c.reporter == visitor)
                if not await connection.scalar(sa.select(accused | reporter)):
                    raise NotFound("there is no report about this visitor, nor from them")
                return await self._write(connection, NoteSubject(visitor, None), text, actor)

    async def mark_seen(self, visitor: VisitorId, actor: Actor) -> None:
        """Mark that the actor has seen what mentions them in the notes about a visitor."""
        about = sa.select(notes.c.id).where(notes.c.visitor == visitor)
        unseen = (mentions.c.account == actor.name) & (mentions.c.seen_at == 0)
        seen = sa.update(mentions).where(unseen, mentions.c.note.in_(about)).values(seen_at=actor.now)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(seen)

    async def _write(
        self, connection: AsyncConnection, about: NoteSubject, text: str, actor: Actor
    ) -> NoteView:
        names = set(await connection.scalars(sa.select(accounts.c.name).where(~accounts.c.disabled)))
        named = mentioned_accounts(text, names - {actor.name})
        note = NoteView(random_id(), about.case, actor.name, text, actor.now, named)
        row = {
            "id": note.id,
            "visitor": about.visitor,
            "case_id": about.case,
            "author": note.author,
            "text": text,
            "written_at": note.written_at,
        }
        await connection.execute(sa.insert(notes).values(row))
        unseen = [{"note": note.id, "account": name, "seen_at": 0} for name in named]
        if unseen:
            await connection.execute(sa.insert(mentions), unseen)
        details = {"visitor": about.visitor, "case": about.case or "", "mentions": ", ".join(named)}
        event = AuditEvent(actor.now, actor.name, "note.written", note.id, details)
        await self._audit.append(connection, event)
        return note


async def notes_about(connection: AsyncConnection, visitor: VisitorId, limit: int) -> list[NoteView]:
    """Return the newest notes about a visitor and their cases, the newest first."""
    newest = (
        sa.select(notes).where(notes.c.visitor == visitor).order_by(notes.c.written_at.desc()).limit(limit)
    )
    rows = (await connection.execute(newest)).all()
    named: dict[str, list[str]] = defaultdict(list)
    of_them = sa.select(mentions).where(mentions.c.note.in_([row.id for row in rows]))
    for mention in await connection.execute(of_them.order_by(mentions.c.account)):
        named[mention.note].append(mention.account)
    return [
        NoteView(row.id, row.case_id, row.author, row.text, row.written_at, named[row.id]) for row in rows
    ]
