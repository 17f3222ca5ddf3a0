"""Holds the SQL of decisions that wait for a second moderator."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.errors import PermissionRefused
from services.contract.ids import CaseId

from ...core.audit_chain import AuditEvent
from ...core.records import NewDecision
from ...core.roles import Role
from ...core.second_look import (
    Proposal,
    SecondLook,
    confirming_role,
    needs_second_look,
    provisional_decision,
)
from .audit_log import AuditWriter
from .report_store import decision_from_row
from .tables import OPEN, accounts, cases, decisions, proposals

_held, _newer = decisions.alias(), decisions.alias()
_UNANSWERED = ~(
    sa.exists()
    .where(
        _held.c.id == proposals.c.decision,
        _newer.c.case_id == proposals.c.case_id,
        _newer.c.sequence > _held.c.sequence,
        ~_newer.c.automated,
    )
    .correlate(proposals)
)
"""A proposal waits only until somebody decides in its case. A replica of an older version leaves it, and it
must not come back if that decision is undone."""

_OF_OPEN_CASE = sa.and_(cases.c.id == proposals.c.case_id, OPEN)
WAITING = sa.select(proposals).join_from(proposals, cases, _OF_OPEN_CASE).where(_UNANSWERED)


async def awaits_second_look(
    connection: AsyncConnection, decision: NewDecision, role: Role, setting: SecondLook
) -> bool:
    """Tell whether a second moderator must confirm this decision of an account with `role`.

    Who may not make it alone proposes it, whatever the setting. Raise `PermissionRefused` if nobody could
    confirm that.
    """
    if role < confirming_role(decision):
        if not await _others_may_confirm(connection, decision):
            raise PermissionRefused("only a senior may ban without an end, and there is none: give it an end")
        return True
    if setting is SecondLook.OFF or not needs_second_look(decision):
        return False
    return setting is SecondLook.ON or await _others_may_confirm(connection, decision)


async def _others_may_confirm(connection: AsyncConnection, decision: NewDecision) -> bool:
    """Tell whether somebody else has an account in use that may confirm the decision."""
    in_use = ~accounts.c.disabled & (accounts.c.invitation == b"")
    others = (accounts.c.name != decision.moderator) & (accounts.c.role >= confirming_role(decision))
    return bool(await connection.scalar(sa.select(sa.exists().where(in_use, others))))


async def check_proposer(connection: AsyncConnection, case: CaseId, moderator: str) -> None:
    """Raise `PermissionRefused` if the moderator proposed something in this case already.

    Else one person could prolong what holds until somebody else has looked.
    """
    waiting = await find_proposal(connection, case)
    if waiting is not None and waiting.decision.moderator == moderator:
        raise PermissionRefused(
            "you have proposed a decision in this case: somebody else must look at it now"
        )


async def propose(connection: AsyncConnection, audit: AuditWriter, proposed: NewDecision) -> NewDecision:
    """Keep what was proposed about the open case, and return what holds until somebody confirms it."""
    values = {"case_id": proposed.case, "decision": proposed.id, "until": proposed.until}
    await connection.execute(sa.insert(proposals).values(values))
    details = {"case": proposed.case, "until": str(proposed.until)}
    event = AuditEvent(proposed.made_at, proposed.moderator, "decision.proposed", proposed.id, details)
    await audit.append(connection, event)
    return provisional_decision(proposed)


async def find_proposal(connection: AsyncConnection, case: CaseId) -> Proposal | None:
    """Return what waits for a second moderator in this case."""
    found = await _find(connection, WAITING.where(proposals.c.case_id == case))
    return found[0] if found else None


async def waiting_proposals(connection: AsyncConnection, limit: int) -> list[Proposal]:
    """Return at most `limit` of what waits for a second moderator, the oldest first."""
    found = await _find(connection, WAITING.limit(limit))
    return sorted(found, key=lambda one: one.decision.sequence)


async def _find(connection: AsyncConnection, which: sa.Select[Any]) -> list[Proposal]:
    rows = {row.decision: row for row in await connection.execute(which)}
    made = await connection.execute(sa.select(decisions).where(decisions.c.id.in_(rows)))
    held = [decision_from_row(row) for row in made]
    return [Proposal(CaseId(rows[one.id].case_id), one, rows[one.id].until) for one in held]
