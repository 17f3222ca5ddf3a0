"""The commands that hand a case over to a colleague or to the seniors, and give it back."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest, NotFound, PermissionRefused
from services.contract.ids import CaseId

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.roles import Role
from ...core.teamwork import SENIORS, Assignment
from ..storage.audit_log import AuditWriter
from ..storage.database import INSERT, for_writing, raising_unavailable
from ..storage.tables import accounts, assignments, case_claims
from .case_commands import check_open, lock_case


class SqlAssignments:
    """Each command raises `NotFound`, `PermissionRefused`, `Unavailable`, or `Conflict`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._writer = for_writing(engine)
        self._audit = audit

    async def assign(self, case: CaseId, to: str, sentence: str, actor: Actor) -> None:
        """Hand the case over to the account `to`, or to `SENIORS`. This ends the claim of the actor."""
        made = Assignment(case, to, actor.name, sentence, actor.now)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await check_open(connection, await lock_case(connection, case))
                await _check_colleague(connection, to)
                await insert_assignment(connection, made)
                own = (case_claims.c.case_id == case) & (case_claims.c.account == actor.name)
                await connection.execute(sa.delete(case_claims).where(own))
                details = {"to": to or "seniors", "reason": sentence}
                event = AuditEvent(actor.now, actor.name, "case.assigned", case, details)
                await self._audit.append(connection, event)

    async def give_back(self, case: CaseId, actor: Actor) -> None:
        """Give the case back to everybody."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await lock_case(connection, case)
                found = await _find(connection, case)
                if not found.may_be_given_back_by(actor):
                    raise PermissionRefused("you did not get this case, nor hand it over")
                await connection.execute(sa.delete(assignments).where(assignments.c.case_id == case))
                details = {"was": found.account or "seniors"}
                event = AuditEvent(actor.now, actor.name, "case.given_back", case, details)
                await self._audit.append(connection, event)


async def insert_assignment(connection: AsyncConnection, made: Assignment) -> None:
    """Hand the case over, also if somebody has it. The case is locked already."""
    values = {
        "account": made.account,
        "assigned_by": made.assigned_by,
        "sentence": made.sentence,
        "assigned_at": made.assigned_at,
    }
    insert = INSERT[connection.dialect.name](assignments).values(case_id=made.case, **values)
    await connection.execute(insert.on_conflict_do_update(index_elements=["case_id"], set_=values))


def assignment_from_row(row: sa.Row[Any]) -> Assignment:
    """Read a row of the table `assignments`."""
    columns = dict(row._mapping)
    return Assignment(case=CaseId(columns.pop("case_id")), **columns)


async def _find(connection: AsyncConnection, case: CaseId) -> Assignment:
    of_it = sa.select(assignments).where(assignments.c.case_id == case)
    row = (await connection.execute(of_it)).one_or_none()
    if row is None:
        raise NotFound("this case was handed to nobody")
    return assignment_from_row(row)


async def _check_colleague(connection: AsyncConnection, name: str) -> None:
    """Raise `InvalidRequest` unless this account may decide cases."""
    in_use = ~accounts.c.disabled & (accounts.c.role >= Role.MODERATOR)
    found = sa.select(accounts.c.name).where(accounts.c.name == name, in_use)
    if name != SENIORS and await connection.scalar(found) is None:
        raise InvalidRequest(f"there is no moderator {name}")
