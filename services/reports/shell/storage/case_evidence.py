"""Finds out what a person's decision rests on: what they looked at, and not what reports brought."""

from functools import reduce
from operator import or_

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId

from ...core.records import Evidence
from .audit_log import CASE_SEEN, PICTURE_SEEN
from .tables import audit, reports

# Statements are built once, for building takes longer than executing.
_OF_CASE = reports.c.case_id == sa.bindparam("of_case")
_HAS_CHAT = sa.cast(reports.c.chat, sa.Text) != "[]"
_BY_MODERATOR = audit.c.actor == sa.bindparam("by_moderator")
_PICTURE_SEEN = (audit.c.action == PICTURE_SEEN) & (audit.c.subject == reports.c.id)
_CHAT_SEEN = (
    (audit.c.action == CASE_SEEN)
    & (audit.c.subject == sa.bindparam("of_case"))
    & (audit.c.at >= reports.c.filed_at)
    & _HAS_CHAT
)
_RESTS_ON = {
    Evidence.REPORTS: sa.exists().where(_OF_CASE, ~reports.c.flag),
    Evidence.FLAGS: sa.exists().where(_OF_CASE, reports.c.flag),
    Evidence.PICTURES: sa.exists().where(_OF_CASE, _BY_MODERATOR, _PICTURE_SEEN),
    Evidence.CHAT: sa.exists().where(_OF_CASE, _BY_MODERATOR, _CHAT_SEEN),
}
_SEEN = sa.select(*_RESTS_ON.values())


async def seen_evidence(connection: AsyncConnection, case: CaseId, moderator: str) -> Evidence:
    """Return what a decision of this account rests on.

    It rests on pictures if the account opened one of this case, and on the chat if it opened the case when a
    report with chat was there. The audit log tells so.
    """
    row = (await connection.execute(_SEEN, {"of_case": case, "by_moderator": moderator})).one()
    return reduce(or_, (kind for kind, seen in zip(_RESTS_ON, row, strict=True) if seen), Evidence(0))
