"""Checks the audit log with the decisions, and writes the entries that say what is known to be otherwise."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.audit_chain import GENESIS_HASH, AuditAnchor, AuditEntry, AuditEvent
from ...core.audit_check import ACKNOWLEDGED, ADOPTED, MADE, AuditCheck, parse_details
from .audit_log import SERVICE, AuditWriter
from .audit_reader import SqlAuditReader
from .database import for_writing, raising_unavailable
from .tables import audit, decisions

_NEWEST_DECISION = sa.select(audit).where(audit.c.action == MADE).order_by(audit.c.sequence.desc()).limit(1)
_FIRST_ENTRY = sa.select(audit).order_by(audit.c.sequence).limit(1)
_IS_ADOPTED = sa.exists().where(audit.c.action == ADOPTED)


class SqlAuditChecks:
    """Runs checks, each of which may take minutes. Every method raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._audit = audit

    async def check(
        self,
        anchors: Iterable[AuditAnchor] = (),
        rest: float = 0,
        progress: Callable[[float], None] = lambda _: None,
    ) -> AuditCheck:
        """Read the whole log and all decisions. `rest` and `progress` are those of `SqlAuditReader`."""
        return await SqlAuditReader(self._engine, self._audit.chain, anchors, rest, progress).check()

    async def adopt_decisions(self, now: int) -> None:
        """Name the decisions of older versions by a common digest, when this version runs for the first time.

        Some have no entry, and the entries of the others have no digest. A log that began with our key has
        none of them: who cut it short must not have what it said of decisions forgotten.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.lock(connection)
                if await self._began_with_key(connection) or not await _has_old_decisions(connection):
                    return
                reader = SqlAuditReader(self._engine, self._audit.chain)
                await reader.read_decisions_locked(connection)
                details = {**reader.digest_of_decisions(), "count": str(reader.count_of_decisions)}
                event = AuditEvent(now, SERVICE, ADOPTED, "", details)
                await self._audit.append_locked(connection, event)

    async def acknowledge(
        self, reason: str, actor: str, now: int, anchors: Iterable[AuditAnchor] = ()
    ) -> AuditCheck:
        """Write down that somebody knows of all that is wrong, and return it. Write nothing if nothing is.

        The log is locked only while this reads what came since it began.
        """
        reader = SqlAuditReader(self._engine, self._audit.chain, anchors)
        if (found := await reader.check()).intact:
            return found
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.lock(connection)
                found = await reader.check_locked(connection)
                said = {"reason": reason, "problems": str(found.found), "entries": reader.digest_of_entries()}
                details = {**reader.digest_of_decisions(), **said}
                event = AuditEvent(now, actor, ACKNOWLEDGED, "", details)
                await self._audit.append_locked(connection, event)
        return found

    async def _began_with_key(self, connection: AsyncConnection) -> bool:
        """Tell whether the first entry was made with one of the keys, also if there is none yet."""
        row = (await connection.execute(_FIRST_ENTRY)).one_or_none()
        return row is None or self._audit.chain.made(AuditEntry(**row._mapping), GENESIS_HASH)


async def _has_old_decisions(connection: AsyncConnection) -> bool:
    """Tell whether there are decisions, no entry has a digest yet, and nobody adopted them."""
    if await connection.scalar(sa.select(_IS_ADOPTED)):
        return False
    newest = (await connection.execute(_NEWEST_DECISION)).one_or_none()
    if newest is not None and "digest" in parse_details(AuditEntry(**newest._mapping)):
        return False
    return await connection.scalar(sa.select(decisions.c.sequence).limit(1)) is not None
