"""Writes the audit log in the database. An entry is committed together with what it records."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.keys import Key, derive_secret
from services.runtime.logs import logger

from ...core.audit_chain import (
    GENESIS_HASH,
    AuditAnchor,
    AuditChain,
    AuditEntry,
    AuditEvent,
)
from ...core.audit_check import MADE
from ...core.decision_digest import decision_digest
from ...core.records import Decision, Evidence, Level
from .database import for_writing, raising_unavailable
from .tables import audit

TRIAGE = "triage"
"""The actor of automatic decisions."""

CASE_SEEN, PICTURE_SEEN = "case.seen", "picture.seen"
"""The actions of a look at a case with its chat, and at a picture. A decision rests on these looks."""

CONFIRMED, SENT_BACK, UNDONE = "decision.confirmed", "decision.sent_back", "decision.undone"
"""The actions of what somebody does about a decision that was made or proposed, which is the subject."""

SERVICE = "service"
"""The actor of what the service records about the log itself."""

_LOCK = 0x7A756663


# Statements are built once, for building takes longer than executing.
_LOCK_LOG = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_LAST_ENTRY = sa.select(audit.c.sequence, audit.c.hash).order_by(audit.c.sequence.desc()).limit(1)
_LAST_TWO_ENTRIES = sa.select(audit).order_by(audit.c.sequence.desc()).limit(2)
_INSERT_ENTRY = sa.insert(audit)


def keyed_chain(ring: Sequence[Key]) -> AuditChain:
    """Return the chain with the console's keys, from which its own are derived."""
    return AuditChain([derive_secret(key, b"zufall audit 1") for key in ring])


def token_actor(name: str) -> str:
    """Return the actor who used the moderator token and gave this name, which nothing proves."""
    return f"{name or 'somebody'} (moderator token)"


def decision_event(decision: Decision, actor: str, action: str = MADE) -> AuditEvent:
    details = {
        "visitor": decision.visitor,
        "level": decision.level.name.lower(),
        "rule": decision.rule,
        "reason": decision.reason,
        "statement": decision.statement,
        "until": str(decision.until),
        "case": decision.case,
        "evidence": ", ".join((kind.name or "").lower() for kind in Evidence if kind in decision.evidence),
    }
    if action == MADE:
        details["digest"] = decision_digest(decision)
    if decision.policy:
        details["policy"] = decision.policy
    if decision.template:
        details["template"] = decision.template
    if decision.level is Level.GOOD and decision.case:
        details["dismissal"] = decision.dismissal.name.lower()
    return AuditEvent(decision.made_at, actor, action, decision.id, details)


class AuditWriter:
    """Appends entries to the log, in the transactions of what they record."""

    def __init__(self, chain: AuditChain) -> None:
        self.chain = chain

    async def lock(self, connection: AsyncConnection) -> None:
        """Lock the log, and with it all decisions, until the commit. Do this last in a transaction."""
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            await connection.execute(_LOCK_LOG)

    async def append(self, connection: AsyncConnection, event: AuditEvent) -> None:
        """Append an entry in the transaction of what it records."""
        await self.lock(connection)
        await self.append_locked(connection, event)

    async def append_locked(self, connection: AsyncConnection, event: AuditEvent) -> None:
        """Append an entry where `lock` was called already."""
        before = (await connection.execute(_LAST_ENTRY)).one_or_none()
        sequence, head = (before.sequence, before.hash) if before else (0, GENESIS_HASH)
        entry = self.chain.entry(event, sequence + 1, head)
        await connection.execute(_INSERT_ENTRY, _row(entry))
        log_entry(entry)


def log_entry(entry: AuditEntry) -> None:
    """Say in the service's log what was done by whom, so that the entry cannot vanish without a trace.

    It has no subject, because that may be a visitor. It is said before the commit, so that no entry is there
    without it. Where the commit fails, as on a full disk, the next entry gets the same number: the last line
    of a number counts.
    """
    about = entry.action.partition(".")[0]
    logger().info(
        "audited",
        sequence=entry.sequence,
        actor=entry.actor,
        action=entry.action,
        about=about,
        hash=entry.hash.hex(),
    )


class SqlAuditLog:
    """Reads the log, and writes entries that belong to no other transaction."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._audit = audit

    async def record(self, event: AuditEvent) -> None:
        """Append an entry, and return once it is committed."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.append(connection, event)

    async def use_key(self, now: int) -> None:
        """Name the head of a log that was written without a key, or with keys that we do not have.

        The entry that names it has a key, so from here on nobody else can change what came before.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.lock(connection)
                newest = [AuditEntry(**row._mapping) for row in await connection.execute(_LAST_TWO_ENTRIES)]
                if not newest or self._audit.chain.made(newest[0], _hash_before(newest)):
                    return
                head = str(AuditAnchor(newest[0].sequence, newest[0].hash))
                event = AuditEvent(now, SERVICE, "chain.keyed", head, {})
                await self._audit.append_locked(connection, event)

    async def head(self) -> AuditAnchor | None:
        """Return the newest entry's number and hash; None if there is no entry."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(_LAST_ENTRY)).one_or_none()
                return None if row is None else AuditAnchor(row.sequence, row.hash)

    async def has(self, anchor: AuditAnchor) -> bool:
        """Tell whether the log still has this hash at this entry."""
        same = (audit.c.sequence == anchor.sequence) & (audit.c.hash == anchor.hash)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await connection.scalar(sa.select(audit.c.sequence).where(same)) is not None


def _hash_before(newest: list[AuditEntry]) -> bytes:
    return newest[1].hash if len(newest) > 1 else GENESIS_HASH


def _row(entry: AuditEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}
