"""Stores which tokens were revoked."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import TokenId

from ...core.audit_chain import AuditEvent
from ...core.records import RevokedToken
from .audit_log import AuditWriter
from .database import INSERT, for_writing, raising_unavailable
from .tables import revoked_tokens


class SqlRevokedTokens:
    """Implements the port `RevocationStore`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._audit = audit

    async def revoke(self, token: RevokedToken, event: AuditEvent) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                insert = INSERT[connection.dialect.name](revoked_tokens).on_conflict_do_nothing()
                await connection.execute(insert, {"id": token.id, "until": token.until})
                await self._audit.append(connection, event)

    async def revoked(self, now: int) -> list[RevokedToken]:
        in_force = sa.select(revoked_tokens).where(revoked_tokens.c.until > now)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(in_force)
                return [RevokedToken(TokenId(row.id), row.until) for row in rows]
