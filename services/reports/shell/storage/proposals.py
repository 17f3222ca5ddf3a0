"""Holds the SQL of decisions that wait for a second moderator."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.errors import PermissionRefused
from services.contract.ids import CaseId

from ...core.actor import UNDO_WINDOW
from ...core.audit_chain import AuditEvent
from ...core.records import Decision, DecisionCause, NewDecision
from ...core.roles import Role
from ...core.second_look import (
    Proposal,
    SecondLook,
    confirming_role,
    needs_second_look,
    provisional_decision,
)
from .audit_log import CONFIRMED, SENT_BACK, UNDONE, AuditWriter
from .report_store import decision_from_row
from .tables import OPEN, accounts, audit, cases, decisions, proposals

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


_by: sa.BindParameter[str] = sa.bindparam("by")
_looked_at = sa.exists().where(
    audit.c.subject == _held.c.id, audit.c.action.in_([CONFIRMED, SENT_BACK, UNDONE]), audit.c.actor != _by
)
_decided_otherwise = sa.exists().where(
    _newer.c.case_id == _held.c.case_id,
    _newer.c.sequence > _held.c.sequence,
    ~_newer.c.automated,
    _newer.c.moderator != _by,
)
_FIRST_UNANSWERED = sa.select(sa.func.min(_held.c.made_at)).where(
    _held.c.case_id == sa.bindparam("of_case"),
    _held.c.cause == DecisionCause.PROPOSED,
    _held.c.moderator == _by,
    ~_looked_at,
    ~_decided_otherwise,
)
"""When a moderator first proposed something in a case about which nobody else has done anything since."""


async def awaits_second_look(
    connection: AsyncConnection, decision: NewDecision, role: Role, setting: SecondLook
) -> bool:
    """Tell whether a second moderator must confirm this decision of an account with `role`.

    Who may not make it alone proposes it, whatever the setting. Raise `PermissionRefused` if nobody could
    confirm that.
    """
    if role < confirming_role(decision):
        if not await _others_may_confirm(connection, decision):
            raise PermissionRefused("there is no senior, who alone may ban without an end or for over a year")
        return True
    if setting is SecondLook.OFF or not needs_second_look(decision):
        return False
    return setting is SecondLook.ON or await _others_may_confirm(connection, decision)


async def _others_may_confirm(connection: AsyncConnection, decision: NewDecision) -> bool:
    """Tell whether somebody else has an account in use that may confirm the decision."""
    in_use = ~accounts.c.disabled & (accounts.c.invitation == b"")
    others = (accounts.c.name != decision.moderator) & (accounts.c.role >= confirming_role(decision))
    return bool(await connection.scalar(sa.select(sa.exists().where(in_use, others))))


async def check_proposer(connection: AsyncConnection, proposed: NewDecision, case: CaseId) -> None:
    """Raise `PermissionRefused` if the moderator proposed something in this case, and nobody else has acted.

    Else one person could prolong what holds until somebody else has looked. Who took it back within the first
    minutes may propose again.
    """
    own = {"of_case": case, "by": proposed.moderator}
    first = await connection.scalar(_FIRST_UNANSWERED, own)
    waiting = await find_proposal(connection, case)
    waits = waiting is not None and waiting.decision.moderator == proposed.moderator
    if waits or (first is not None and first + UNDO_WINDOW < proposed.made_at):
        raise PermissionRefused(
            "you have proposed a decision in this case: somebody else must look at it now"
        )


async def propose(
    connection: AsyncConnection, audit: AuditWriter, proposed: NewDecision, held: Decision | None
) -> NewDecision:
    """Keep what was proposed about the open case, and return what holds until somebody confirms it.

    `held` is in force so far.
    """
    values = {"case_id": proposed.case, "decision": proposed.id, "until": proposed.until}
    await connection.execute(sa.insert(proposals).values(values))
    details = {"case": proposed.case, "until": str(proposed.until)}
    event = AuditEvent(proposed.made_at, proposed.moderator, "decision.proposed", proposed.id, details)
    await audit.append(connection, event)
    return provisional_decision(proposed, held)


async def find_proposal(connection: AsyncConnection, case: CaseId) -> Proposal | None:
    """Return what waits for a second moderator in this case."""
    found = await _find(connection, WAITING.where(proposals.c.case_id == case))
    return found[0] if found else None


async def waiting_proposals(connection: AsyncConnection, limit: int) -> list[Proposal]:
    """Return at most `limit` of what waits for a second moderator, the oldest first."""
    oldest = WAITING.join(decisions, decisions.c.id == proposals.c.decision).order_by(decisions.c.sequence)
    found = await _find(connection, oldest.limit(limit))
    return sorted(found, key=lambda one: one.decision.sequence)


async def _find(connection: AsyncConnection, which: sa.Select[Any]) -> list[Proposal]:
    rows = {row.decision: row for row in await connection.execute(which)}
    made = await connection.execute(sa.select(decisions).where(decisions.c.id.in_(rows)))
    held = [decision_from_row(row) for row in made]
    return [Proposal(CaseId(rows[one.id].case_id), one, rows[one.id].until) for one in held]
