"""Keeps who looks at which case now. On several replicas, the database decides who was first."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.teamwork import CLAIM_LIFETIME, MAX_CLAIMS, Claim
from ..storage.audit_log import AuditWriter
from ..storage.database import INSERT, for_writing, raising_unavailable
from ..storage.tables import case_claims, cases


class SqlClaims:
    """Claims cases. Claims that nobody renews end by themselves."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._writer = for_writing(engine)
        self._audit = audit

    async def claim(self, case: CaseId, actor: Actor, take_over: bool = False) -> Claim:
        """Claim an open case, or renew the claim, and return whose it is now.

        A case that somebody else has must be taken over, which the audit log records.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                if await _closed(connection, case):
                    return Claim(case, "", 0, 0)
                before = await _find(connection, case)
                await _claim(connection, case, actor, take_over)
                await _end_oldest(connection, actor)
                claim = await _find(connection, case)
                if take_over and before is not None and before.keeps_from(actor.name, actor.now):
                    details = {"from": before.account}
                    event = AuditEvent(actor.now, actor.name, "case.taken_over", case, details)
                    await self._audit.append(connection, event)
        return claim or Claim(case, "", 0, 0)

    async def leave(self, case: CaseId, actor: Actor) -> None:
        """End the actor's own claim, if they have it."""
        own = (case_claims.c.case_id == case) & (case_claims.c.account == actor.name)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(sa.delete(case_claims).where(own))


async def _closed(connection: AsyncConnection, case: CaseId) -> bool:
    """Tell whether the case is decided. It is locked so that nobody else decides it at this moment."""
    when = sa.select(cases.c.closed_at).where(cases.c.id == case)
    closed_at = await connection.scalar(when.with_for_update(read=True, key_share=True))
    if closed_at is None:
        raise NotFound("there is no such case")
    return bool(closed_at)


async def _find(connection: AsyncConnection, case: CaseId) -> Claim | None:
    of_it = sa.select(case_claims).where(case_claims.c.case_id == case)
    row = (await connection.execute(of_it)).one_or_none()
    return None if row is None else claim_from_row(row)


def claim_from_row(row: sa.Row[Any]) -> Claim:
    """Read a row of the table `case_claims`."""
    return Claim(CaseId(row.case_id), row.account, row.since, row.until)


async def _claim(connection: AsyncConnection, case: CaseId, actor: Actor, take_over: bool) -> None:
    """Write the claim, unless another one holds. Of two at the same moment the second waits for the first."""
    values = {
        "case_id": case,
        "account": actor.name,
        "since": actor.now,
        "until": actor.now + CLAIM_LIFETIME,
    }
    insert = INSERT[connection.dialect.name](case_claims).values(values)
    mine, over = case_claims.c.account == actor.name, case_claims.c.until <= actor.now
    since = sa.case((mine & ~over, case_claims.c.since), else_=insert.excluded.since)
    changes = {"account": actor.name, "since": since, "until": insert.excluded.until}
    free = mine | over | sa.literal(take_over)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=["case_id"], set_=changes, where=free)
    )


async def _end_oldest(connection: AsyncConnection, actor: Actor) -> None:
    """End what the actor claims beyond `MAX_CLAIMS`, for colleagues skip what somebody has."""
    own, newest = case_claims.c.account == actor.name, case_claims.c.until.desc()
    kept = sa.select(case_claims.c.case_id).where(own).order_by(newest, case_claims.c.since.desc())
    over = case_claims.c.case_id.not_in(kept.limit(MAX_CLAIMS))
    await connection.execute(sa.delete(case_claims).where(own, over))
