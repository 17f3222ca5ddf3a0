"""Writes the audit log in the database. An entry is committed together with what it records."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.runtime.logs import logger

from ...core.audit_chain import GENESIS_HASH, AuditEntry, AuditEvent, ChainCheck, ChainChecker, chain_entry
from ...core.records import Decision
from .database import for_writing, raising_unavailable
from .tables import audit

TRIAGE = "triage"
"""The actor of automatic decisions."""

_LOCK = 0x7A756663
_PAGE = 1000


# Statements are built once, for building takes longer than executing.
_LOCK_LOG = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_LAST_ENTRY = sa.select(audit.c.sequence, audit.c.hash).order_by(audit.c.sequence.desc()).limit(1)
_INSERT_ENTRY = sa.insert(audit)


def token_actor(name: str) -> str:
    """Return the actor who used the moderator token and gave this name, which nothing proves."""
    return f"{name or 'somebody'} (moderator token)"


def decision_event(decision: Decision, actor: str, action: str = "decision.made") -> AuditEvent:
    details = {
        "visitor": decision.visitor,
        "level": decision.level.name.lower(),
        "rule": decision.rule,
        "reason": decision.reason,
        "statement": decision.statement,
        "until": str(decision.until),
        "case": decision.case,
    }
    if decision.policy:
        details["policy"] = decision.policy
    return AuditEvent(decision.made_at, actor, action, decision.id, details)


async def lock_log(connection: AsyncConnection) -> None:
    """Lock the log, and with it all decisions, until the commit. Do this last in a transaction."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        await connection.execute(_LOCK_LOG)


async def append(connection: AsyncConnection, event: AuditEvent) -> None:
    """Append an entry in the transaction of what it records."""
    await lock_log(connection)
    await append_locked(connection, event)


async def append_locked(connection: AsyncConnection, event: AuditEvent) -> None:
    """Append an entry where `lock_log` was called already."""
    before = (await connection.execute(_LAST_ENTRY)).one_or_none()
    sequence, head = (before.sequence, before.hash) if before else (0, GENESIS_HASH)
    entry = chain_entry(event, sequence + 1, head)
    await connection.execute(_INSERT_ENTRY, _row(entry))
    logger().info("audited", sequence=entry.sequence, action=entry.action, hash=entry.hash.hex())


class SqlAuditLog:
    """Reads the log, and writes entries that belong to no other transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def record(self, event: AuditEvent) -> None:
        """Append an entry, and return once it is committed."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await append(connection, event)

    async def entries(self, before: int, limit: int) -> list[AuditEntry]:
        """Return the entries below the sequence `before`, the newest first."""
        older = sa.select(audit).where(audit.c.sequence < before)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(older.order_by(audit.c.sequence.desc()).limit(limit))
                return [AuditEntry(**row._mapping) for row in rows]

    async def check(self) -> ChainCheck:
        """Read the whole log, and check its chain."""
        checker, last = ChainChecker(), 0
        while entries := await self._page(last):
            checker.add(entries)
            last = entries[-1].sequence
        return checker.result()

    async def _page(self, after: int) -> list[AuditEntry]:
        """Use a connection for one page only, for the whole log may take a while."""
        later = sa.select(audit).where(audit.c.sequence > after).order_by(audit.c.sequence).limit(_PAGE)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return [AuditEntry(**row._mapping) for row in await connection.execute(later)]


def _row(entry: AuditEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}
