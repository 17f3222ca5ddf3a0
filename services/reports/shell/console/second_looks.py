"""The commands of the second moderator: confirm what a colleague proposed, or send it back."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import PermissionRefused
from services.contract.ids import CaseId, DecisionId, random_id

from ...core.actor import Actor
from ...core.audit_chain import AuditEvent
from ...core.records import AppealState, Decision
from ...core.second_look import Proposal, confirmed_decision, confirming_role
from ...core.statements import StatementWriter
from ...core.teamwork import Assignment
from ..storage.audit_log import CONFIRMED, SENT_BACK, AuditWriter
from ..storage.cases import closed_by
from ..storage.database import for_writing, raising_unavailable
from ..storage.proposals import find_proposal
from ..storage.report_store import insert_decision
from ..storage.tables import appeals, cases
from ..storage.teamwork import end_teamwork
from .assignments import insert_assignment
from .case_commands import SeenReports, check_open, check_seen, lock_case
from .errors import Conflict


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the second moderator saw, and says for colleagues."""

    sentence: str
    seen: SeenReports


class SqlSecondLooks:
    """Each command raises `NotFound`, `PermissionRefused`, `Unavailable`, or `Conflict`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter, statements: StatementWriter) -> None:
        self._writer = for_writing(engine)
        self._audit = audit
        self._statements = statements

    async def confirm(self, case: CaseId, opinion: SecondOpinion, actor: Actor) -> Decision:
        """Decide what was proposed, in the name of both, and close the case."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                proposal = await self._take(connection, case, actor)
                await check_seen(connection, case, opinion.seen)
                if proposal.is_over(actor.now):
                    raise Conflict("the time that was proposed is over: decide anew")
                if not self._statements.can_write(proposal.proposed):
                    raise Conflict("the template of its statement is gone: decide anew")
                await _check_appeals(connection, proposal)
                made = confirmed_decision(proposal, DecisionId(random_id()), actor.name, actor.now)
                closed = sa.update(cases).where(cases.c.id == case)
                await connection.execute(closed.values(closed_by(made)))
                await self._record(connection, CONFIRMED, proposal, opinion, actor)
                made = self._statements.written(made)
                return await insert_decision(connection, self._audit, made, actor.name)

    async def send_back(self, case: CaseId, opinion: SecondOpinion, actor: Actor) -> None:
        """Hand the case back to the proposer. What holds meanwhile holds until its end, or their decision."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                proposal = await self._take(connection, case, actor)
                proposer = proposal.decision.moderator
                back = Assignment(case, proposer, actor.name, opinion.sentence, actor.now)
                await insert_assignment(connection, back)
                await self._record(connection, SENT_BACK, proposal, opinion, actor)

    async def _take(self, connection: AsyncConnection, case: CaseId, actor: Actor) -> Proposal:
        """Return the proposal, which ends with this transaction."""
        row = await lock_case(connection, case)
        await self._audit.lock(connection)
        await check_open(connection, row)
        proposal = await find_proposal(connection, case)
        if proposal is None:
            raise Conflict("nothing waits for a second look in this case")
        if proposal.decision.moderator == actor.name:
            raise PermissionRefused("somebody else must look at what you proposed")
        if not proposal.may_be_confirmed_by(actor.name, actor.role):
            least = confirming_role(proposal.proposed).name.lower()
            raise PermissionRefused(f"this is for {least}s")
        await end_teamwork(connection, [case])
        return proposal

    async def _record(
        self,
        connection: AsyncConnection,
        action: str,
        proposal: Proposal,
        opinion: SecondOpinion,
        actor: Actor,
    ) -> None:
        about = proposal.decision
        details = {"case": proposal.case, "proposed_by": about.moderator, "reason": opinion.sentence}
        await self._audit.append_locked(
            connection, AuditEvent(actor.now, actor.name, action, about.id, details)
        )


async def _check_appeals(connection: AsyncConnection, proposal: Proposal) -> None:
    """Raise `Conflict` while an appeal is open: it would be answered about something that no longer holds."""
    waiting = (appeals.c.decision == proposal.decision.id) & (appeals.c.state == AppealState.OPEN)
    if await connection.scalar(sa.select(appeals.c.decision).where(waiting)) is not None:
        raise Conflict("there is an appeal against this decision: answer it first")
