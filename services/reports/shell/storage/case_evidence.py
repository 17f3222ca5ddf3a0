"""Finds out what a decision rests on: what was weighed or looked at, and not what reports brought."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId

from ...core.records import Evidence
from .audit_log import CASE_SEEN, PICTURE_SEEN
from .tables import audit, reports

# Statements are built once, for building takes longer than executing.
_OF_CASE = reports.c.case_id == sa.bindparam("of_case")
_WEIGHED = sa.select(
    sa.exists().where(_OF_CASE, reports.c.flag).label("flags"),
    sa.exists().where(_OF_CASE, ~reports.c.flag).label("people"),
)
_HAS_CHAT = sa.cast(reports.c.chat, sa.Text) != "[]"
_BY_MODERATOR = audit.c.actor == sa.bindparam("by_moderator")
_PICTURE_SEEN = (audit.c.action == PICTURE_SEEN) & (audit.c.subject == reports.c.id)
_CHAT_SEEN = (
    (audit.c.action == CASE_SEEN)
    & (audit.c.subject == sa.bindparam("of_case"))
    & (audit.c.at >= reports.c.filed_at)
    & _HAS_CHAT
)
_SEEN = sa.select(
    sa.exists().where(_OF_CASE, _BY_MODERATOR, _PICTURE_SEEN).label("pictures"),
    sa.exists().where(_OF_CASE, _BY_MODERATOR, _CHAT_SEEN).label("chat"),
)


async def weighed_evidence(connection: AsyncConnection, case: CaseId) -> Evidence:
    """Return what a decision of triage rests on: reports and flags, for it weighs nothing else."""
    there = (await connection.execute(_WEIGHED, {"of_case": case})).one()
    found = Evidence.REPORTS if there.people else Evidence(0)
    return found | Evidence.FLAGS if there.flags else found


async def seen_evidence(connection: AsyncConnection, case: CaseId, moderator: str) -> Evidence:
    """Return what a decision of this account rests on.

    It rests on pictures if the account opened one of this case, and on the chat if it opened the case when a
    report with chat was there. The audit log tells so.
    """
    found = await weighed_evidence(connection, case)
    seen = (await connection.execute(_SEEN, {"of_case": case, "by_moderator": moderator})).one()
    found |= Evidence.PICTURES if seen.pictures else found
    return found | Evidence.CHAT if seen.chat else found
