"""Stores appeals in SQLite or PostgreSQL: one against each decision, decided by another moderator."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest, NotFound
from services.contract.ids import DecisionId

from ...core.audit_chain import AuditEvent
from ...core.records import Appeal, AppealedDecision, AppealState, Decision, NewDecision
from . import audit_log
from .audit_log import AuditWriter
from .database import INSERT, for_writing, raising_unavailable
from .report_store import decision_from_row, insert_decision
from .tables import OPEN, appeals, cases, decisions
from .teamwork import end_teamwork


class SqlAppealStore:
    """Implements the port `AppealStore`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._audit = audit

    async def find(self, decision: DecisionId) -> AppealedDecision:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await find_appealed_decision(connection, decision)

    async def file(self, appeal: Appeal) -> AppealedDecision:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                insert = INSERT[connection.dialect.name](appeals).values(asdict(appeal))
                await connection.execute(insert.on_conflict_do_nothing(index_elements=["decision"]))
                return await find_appealed_decision(connection, appeal.decision)

    async def open_appeals(self, limit: int) -> list[AppealedDecision]:
        oldest = (
            sa.select(appeals.c.decision)
            .where(appeals.c.state == AppealState.OPEN)
            .order_by(appeals.c.filed_at)
            .limit(limit)
        )
        with raising_unavailable():
            async with self._engine.connect() as connection:
                found = [DecisionId(name) for name in await connection.scalars(oldest)]
                return [await find_appealed_decision(connection, decision) for decision in found]

    async def decide(
        self, decided: Appeal, lift: NewDecision | None, actor: str | None = None
    ) -> Decision | None:
        actor = actor or audit_log.token_actor(decided.moderator)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                about = (await find_appealed_decision(connection, decided.decision)).decision
                _check_moderator(about, decided)
                await _close(connection, decided)
                made = await _overturn(connection, self._audit, about, lift, actor) if lift else None
                await self._audit.append(connection, _audit_event(decided, actor))
                return made


async def find_appealed_decision(connection: AsyncConnection, decision: DecisionId) -> AppealedDecision:
    """Read a decision with its appeal; raises `NotFound`."""
    row = (await connection.execute(sa.select(decisions).where(decisions.c.id == decision))).one_or_none()
    if row is None:
        raise NotFound("there is no such decision")
    appeal = (
        await connection.execute(sa.select(appeals).where(appeals.c.decision == decision))
    ).one_or_none()
    later = (decisions.c.visitor == row.visitor) & (decisions.c.sequence > row.sequence) & ~decisions.c.silent
    if row.automated:
        later &= ~_continues_case(row.case_id)
    replaced_at = await connection.scalar(sa.select(sa.func.min(decisions.c.made_at)).where(later))
    return AppealedDecision(
        decision_from_row(row), _appeal(appeal) if appeal is not None else None, replaced_at or 0
    )


def _continues_case(case: str) -> sa.ColumnElement[bool]:
    """Select automatic decisions of the case: they go on with an earlier one, and do not replace it."""
    return decisions.c.automated & (decisions.c.case_id == case)


def _appeal(row: sa.Row[tuple[object, ...]]) -> Appeal:
    columns = {**row._mapping, "state": AppealState(row.state), "decision": DecisionId(row.decision)}
    return Appeal(**columns)


def _check_moderator(decision: Decision, decided: Appeal) -> None:
    if not decided.moderator:
        raise InvalidRequest("say who answers the appeal: it must not be whoever made the decision")
    if decision.was_decided_by(decided.moderator):
        raise InvalidRequest("the moderator who made the decision cannot answer the appeal")


async def _close(connection: AsyncConnection, decided: Appeal) -> None:
    """Close the appeal; raises `InvalidRequest` for the slower of two who decide at the same moment."""
    values = {"state": decided.state, "answer": decided.answer, "moderator": decided.moderator}
    still_open = (appeals.c.decision == decided.decision) & (appeals.c.state == AppealState.OPEN)
    closed = await connection.execute(
        sa.update(appeals).where(still_open).values(**values, decided_at=decided.decided_at)
    )
    if closed.rowcount != 1:
        raise InvalidRequest("there is no open appeal against this decision")


def _audit_event(decided: Appeal, actor: str) -> AuditEvent:
    details = {"state": decided.state.name.lower(), "answer": decided.answer}
    return AuditEvent(decided.decided_at, actor, "appeal.decided", decided.decision, details)


async def _overturn(
    connection: AsyncConnection, audit: AuditWriter, decision: Decision, lift: NewDecision, actor: str
) -> Decision | None:
    """Commit the lift and dismiss the case; returns None when something else was decided since."""
    affected = await _lock_cases(connection, decision)
    await audit.lock(connection)  # a decision at the same moment either came before, or waits
    if (await find_appealed_decision(connection, decision.id)).replaced_at:
        return None
    closed_at = sa.case((OPEN, lift.made_at), else_=cases.c.closed_at)
    dismissed = sa.update(cases).where(cases.c.id.in_(affected))
    await connection.execute(dismissed.values(decision=lift.id, closed_at=closed_at))
    await end_teamwork(connection, affected)
    return await insert_decision(connection, audit, lift, actor)


async def _lock_cases(connection: AsyncConnection, decision: Decision) -> list[str]:
    """Lock the cases of the decision until the commit.

    They include a case that is open because only triage had decided: otherwise its reports would lead to the
    same action again. The open case is locked first, as it is when a decision is undone, or two
    transactions could wait for each other.
    """
    of_it = (cases.c.decision == decision.id) | (cases.c.id == decision.case)
    if decision.automated and decision.case:
        of_it |= OPEN & (cases.c.accused == decision.visitor)
    open_first = sa.select(cases.c.id).where(of_it).order_by(cases.c.closed_at)
    return list(await connection.scalars(open_first.with_for_update()))
