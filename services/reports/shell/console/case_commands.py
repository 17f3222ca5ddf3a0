"""What people do to cases: decide, take it back, hold. Each is one transaction with its audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound, PermissionRefused
from services.contract.ids import CaseId, DecisionId, VisitorId, random_id

from ...core import decision_precedence
from ...core.actor import Actor, is_current
from ...core.audit_chain import AuditEvent
from ...core.records import DAY_MS, Decision, Level, NewDecision
from ...core.scoring import MAX_REPORTS_WEIGHED
from ..storage import audit_log
from ..storage.cases import open_case
from ..storage.database import for_writing, raising_unavailable
from ..storage.report_store import decision_from_row, evidence_of_case, insert_decision
from ..storage.tables import appeals, cases, decisions, reports
from .errors import Conflict


@dataclass(frozen=True, slots=True)
class SeenReports:
    """How many reports a moderator saw, and how many of them were of people; None where they do not say."""

    reports: int | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """`news` is what everybody is to hear of, if anything."""

    decision: Decision
    announced: Decision | None


class SqlCaseCommands:
    """Every method raises `NotFound`, `Conflict` when somebody else was first, or `Unavailable`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._writer = for_writing(engine)

    async def decide(self, case: CaseId, decision: NewDecision, seen: SeenReports) -> CommandResult:
        """Closes the case. `decision` needs no visitor; `seen` is what its moderator saw."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = await _lock_case(connection, case)
                await audit_log.lock_log(connection)
                await _check_open(connection, row)
                await _check_seen(connection, case, seen)
                closed = sa.update(cases).where(cases.c.id == case)
                await connection.execute(closed.values(closed_at=decision.made_at, decision=decision.id))
                evidence = await evidence_of_case(connection, case)
                about = replace(decision, visitor=VisitorId(row.accused), case=case, evidence=evidence)
                if decision.level is Level.GOOD:
                    return await _dismiss(connection, about)
                made = await insert_decision(connection, about, decision.moderator)
                return CommandResult(made, announced=made)

    async def undo(self, id: DecisionId, reason: str, reader: Actor) -> CommandResult:
        """Opens the case again, and what held before the decision holds again; that is what it returns."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                decision = await _decision(connection, id)
                if not decision.case:
                    raise PermissionRefused("this closed no case: decide anew instead")
                newer = await open_case(connection, decision.visitor, reader.now)
                await _lock_case(connection, decision.case)
                await audit_log.lock_log(connection)
                made = await _decisions_about(connection, decision.visitor)
                await _check_undo(connection, decision, made, reader)
                await _reopen(connection, decision, newer)
                held, holds = (
                    decision_precedence.in_force_before(decision, made),
                    decision_precedence.in_force(made),
                )
                if holds is not None and holds == held:  # a dismissal that had changed nothing
                    event = audit_log.decision_event(decision, reader.name, "decision.undone")
                    await audit_log.append(connection, replace(event, at=reader.now))
                    return CommandResult(holds, announced=None)
                why = f"{decision.id} was taken back: {reason}"
                again = decision_precedence.restored_decision(held, decision, why, reader.name, reader.now)
                return await _restore(connection, again, reader.name)

    async def hold(self, case: CaseId, days: int, reason: str, reader: Actor) -> int:
        """Until when (Unix milliseconds) nothing of the case is deleted; never sooner than before."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = await _lock_case(connection, case)
                until = int(max(row.held_until, reader.now + days * DAY_MS))
                await connection.execute(sa.update(cases).where(cases.c.id == case).values(held_until=until))
                details = {"until": str(until), "reason": reason}
                await audit_log.append(
                    connection, AuditEvent(reader.now, reader.name, "case.held", case, details)
                )
                return until


async def _lock_case(connection: AsyncConnection, case: CaseId) -> sa.Row[Any]:
    """The case, which nobody else changes until the commit."""
    row = (
        await connection.execute(sa.select(cases).where(cases.c.id == case).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such case")
    return row


async def _check_open(connection: AsyncConnection, row: sa.Row[Any]) -> None:
    if row.closed_at:
        who = await connection.scalar(sa.select(decisions.c.moderator).where(decisions.c.id == row.decision))
        raise Conflict(f"{who or 'somebody else'} has decided this case already")


async def _check_seen(connection: AsyncConnection, case: CaseId, seen: SeenReports) -> None:
    """A report may also have taken the place of a flag: then there are as many as before."""
    of_case = sa.select(sa.func.count()).select_from(reports).where(reports.c.case_id == case)
    for count, known in ((of_case, seen.reports), (of_case.where(~reports.c.flag), seen.people)):
        there = await connection.scalar(count) or 0
        if known is not None and min(there, MAX_REPORTS_WEIGHED) != known:  # no more are shown
            raise Conflict("new reports have come in: look at them before you decide")


async def _dismiss(connection: AsyncConnection, decision: NewDecision) -> CommandResult:
    made = await _decisions_about(connection, decision.visitor)
    by, now = decision.moderator, decision.made_at
    how = decision_precedence.dismissal_effect(made, decision.case, now)
    dismissed = await insert_decision(connection, replace(decision, silent=how.silent), by)
    if how.restored is None:
        return CommandResult(dismissed, announced=None if how.silent else dismissed)
    why = f"{decision.id} dismissed what had replaced it"
    done = await _restore(
        connection, decision_precedence.restored_decision(how.restored, decision, why, by, now), by
    )
    return CommandResult(dismissed, announced=done.announced)


async def _restore(connection: AsyncConnection, again: NewDecision, by: str) -> CommandResult:
    made = await insert_decision(connection, replace(again, id=DecisionId(random_id())), by)
    return CommandResult(made, announced=made)


async def _decision(connection: AsyncConnection, id: DecisionId) -> Decision:
    row = (await connection.execute(sa.select(decisions).where(decisions.c.id == id))).one_or_none()
    if row is None:
        raise NotFound("there is no such decision")
    return decision_from_row(row)


async def _decisions_about(connection: AsyncConnection, visitor: VisitorId) -> list[Decision]:
    """All decisions about the visitor, the newest first."""
    newest = sa.select(decisions).where(decisions.c.visitor == visitor).order_by(decisions.c.sequence.desc())
    return [decision_from_row(row) for row in await connection.execute(newest)]


async def _check_undo(
    connection: AsyncConnection, decision: Decision, made: Sequence[Decision], reader: Actor
) -> None:
    if not is_current(decision, made):
        raise Conflict("something else was decided about this visitor since")
    if not reader.may_undo(decision, made):
        raise PermissionRefused(
            "one takes back one's own last decision, within ten minutes; a senior moderator anybody's"
        )
    closed = sa.select(cases.c.id).where(cases.c.decision == decision.id)
    appealed = sa.select(appeals.c.decision).where(appeals.c.decision == decision.id)
    if await connection.scalar(closed) is None:
        raise Conflict("the decision was taken back already")
    if await connection.scalar(appealed) is not None:
        raise Conflict("there is an appeal against this decision: answer it")


async def _reopen(connection: AsyncConnection, decision: Decision, newer: CaseId) -> None:
    """A visitor has one open case: what was filed since, which is in the newer one, joins it."""
    for table in (reports, decisions):
        moved = sa.update(table).where(table.c.case_id == newer).values(case_id=decision.case)
        await connection.execute(moved)
    gone = sa.delete(cases).where(cases.c.id == newer).returning(cases.c.held_until, cases.c.urgency)
    other = (await connection.execute(gone)).one()
    later = sa.case((cases.c.held_until < other.held_until, other.held_until), else_=cases.c.held_until)
    hotter = sa.case((cases.c.urgency < other.urgency, other.urgency), else_=cases.c.urgency)
    again = {"closed_at": 0, "decision": "", "held_until": later, "urgency": hotter}
    await connection.execute(sa.update(cases).where(cases.c.id == decision.case).values(again))
