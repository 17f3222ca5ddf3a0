"""The commands on cases: decide, undo and hold. Each is one transaction with its audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound, PermissionRefused
from services.contract.ids import CaseId, DecisionId, VisitorId, random_id

from ...core.actor import Actor, is_current
from ...core.audit_chain import AuditEvent
from ...core.decision_precedence import dismissal_effect, in_force, in_force_before, restored_decision
from ...core.records import DAY_MS, Decision, DecisionCause, Level, NewDecision
from ...core.roles import Role
from ...core.scoring import MAX_REPORTS_WEIGHED
from ...core.second_look import SecondLook
from ...core.statements import StatementWriter, reporters_told
from ..storage import audit_log
from ..storage.audit_log import UNDONE, AuditWriter
from ..storage.case_evidence import seen_evidence
from ..storage.cases import closed_by, open_case
from ..storage.database import for_writing, raising_unavailable
from ..storage.proposals import WAITING, awaits_second_look, check_proposer, propose
from ..storage.report_store import decision_from_row, insert_decision
from ..storage.tables import appeals, cases, decisions, notes, proposals, reports
from ..storage.teamwork import end_teamwork
from .errors import Conflict


@dataclass(frozen=True, slots=True)
class SeenReports:
    """The number of reports that a moderator saw, and of those from people. None means not said."""

    reports: int | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The new decision, and the decision to announce, if there is one."""

    decision: Decision
    announced: Decision | None


class SqlCaseCommands:
    """Runs the commands. Each raises `NotFound`, `Unavailable`, or `Conflict` if somebody else was first."""

    def __init__(
        self,
        engine: AsyncEngine,
        audit: AuditWriter,
        statements: StatementWriter,
        second_look: SecondLook = SecondLook.AUTO,
    ) -> None:
        self._writer = for_writing(engine)
        self._audit = audit
        self._statements = statements
        self._second_look = second_look

    async def decide(
        self, case: CaseId, decision: NewDecision, seen: SeenReports, role: Role
    ) -> CommandResult:
        """Decide and close the case, as an account with `role`. The visitor of `decision` is filled in here.

        A decision that needs a second moderator holds for some days at most, and leaves the case open.
        """
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = await lock_case(connection, case)
                await self._audit.lock(connection)
                await check_open(connection, row)
                await check_seen(connection, case, seen)
                waits = await awaits_second_look(connection, decision, role, self._second_look)
                if waits:
                    await check_proposer(connection, decision, case)
                await end_teamwork(connection, [case])
                if not waits:
                    closed = sa.update(cases).where(cases.c.id == case)
                    await connection.execute(closed.values(closed_by(decision)))
                evidence = await seen_evidence(connection, case, decision.moderator)
                about = replace(decision, visitor=VisitorId(row.accused), case=case, evidence=evidence)
                if decision.level is Level.GOOD:
                    return await self._dismiss(connection, about)
                if waits:
                    held = in_force(await _decisions_about(connection, about.visitor))
                    about = await propose(connection, self._audit, about, held)
                if about.template:
                    told = reporters_told(await _count_reporters(connection, case))
                    about = self._statements.written(replace(about, reporters_told=told))
                made = await insert_decision(connection, self._audit, about, decision.moderator)
                return CommandResult(made, announced=None if made.silent else made)

    async def undo(self, id: DecisionId, reason: str, actor: Actor) -> CommandResult:
        """Open the case again, restore what was in force before, and return what is in force now."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                decision = await _decision(connection, id)
                if not decision.case:
                    raise PermissionRefused("this decision closed no case: make a new decision instead")
                newer = await open_case(connection, decision.visitor, actor.now)
                await lock_case(connection, newer)  # nobody adds to what may go
                await lock_case(connection, decision.case)
                await self._audit.lock(connection)
                history = await _decisions_about(connection, decision.visitor)
                await _check_undo(connection, decision, history, actor)
                if newer == decision.case:  # it only waited for a second moderator
                    await end_teamwork(connection, [newer])
                else:
                    await _reopen(connection, decision, newer)
                event = audit_log.decision_event(decision, actor.name, UNDONE)
                await self._audit.append(connection, replace(event, at=actor.now))
                before, current = in_force_before(decision, history), in_force(history)
                if current is not None and current == before:  # the dismissal had changed nothing
                    return CommandResult(current, announced=None)
                why = f"{decision.id} was undone: {reason}"
                undone = DecisionCause.UNDONE
                restored = restored_decision(before, decision, undone, why, actor.name, actor.now)
                return await self._restore(connection, restored, actor.name)

    async def hold(self, case: CaseId, days: int, reason: str, actor: Actor) -> int:
        """Keep the case and return until when, in Unix milliseconds. An earlier hold is never shortened."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                row = await lock_case(connection, case)
                until = int(max(row.held_until, actor.now + days * DAY_MS))
                await connection.execute(sa.update(cases).where(cases.c.id == case).values(held_until=until))
                details = {"until": str(until), "reason": reason}
                await self._audit.append(
                    connection, AuditEvent(actor.now, actor.name, "case.held", case, details)
                )
                return until

    async def _dismiss(self, connection: AsyncConnection, decision: NewDecision) -> CommandResult:
        history = await _decisions_about(connection, decision.visitor)
        by, now = decision.moderator, decision.made_at
        effect = dismissal_effect(history, decision.case, now)
        dismissed = await insert_decision(
            connection, self._audit, replace(decision, silent=effect.silent), by
        )
        if effect.restored is None:
            return CommandResult(dismissed, announced=None if effect.silent else dismissed)
        why = f"{decision.id} dismissed what had replaced it"
        again = restored_decision(effect.restored, decision, DecisionCause.RESTORED, why, by, now)
        done = await self._restore(connection, again, by)
        return CommandResult(dismissed, announced=done.announced)

    async def _restore(self, connection: AsyncConnection, again: NewDecision, by: str) -> CommandResult:
        made = await insert_decision(connection, self._audit, replace(again, id=DecisionId(random_id())), by)
        return CommandResult(made, announced=made)


async def lock_case(connection: AsyncConnection, case: CaseId) -> sa.Row[Any]:
    """Return the case, locked until the commit."""
    row = (
        await connection.execute(sa.select(cases).where(cases.c.id == case).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such case")
    return row


async def check_open(connection: AsyncConnection, row: sa.Row[Any]) -> None:
    if row.closed_at:
        who = await connection.scalar(sa.select(decisions.c.moderator).where(decisions.c.id == row.decision))
        raise Conflict(f"this case was decided already, by {who or 'somebody else'}")


async def check_seen(connection: AsyncConnection, case: CaseId, seen: SeenReports) -> None:
    """Raise `Conflict` if there are unseen reports. A report can replace a flag, so both counts count."""
    of_case = sa.select(sa.func.count()).select_from(reports).where(reports.c.case_id == case)
    for count, known in ((of_case, seen.reports), (of_case.where(~reports.c.flag), seen.people)):
        there = await connection.scalar(count) or 0
        if known is not None and min(there, MAX_REPORTS_WEIGHED) != known:  # the page shows no more
            raise Conflict("new reports have come in: look at them before you decide")


async def _count_reporters(connection: AsyncConnection, case: CaseId) -> int:
    """Count the people who reported, and not their browsers."""
    of_people = (reports.c.case_id == case) & ~reports.c.flag
    count = sa.select(sa.func.count(reports.c.reporter.distinct())).where(of_people)
    return await connection.scalar(count) or 0


async def _decision(connection: AsyncConnection, id: DecisionId) -> Decision:
    row = (await connection.execute(sa.select(decisions).where(decisions.c.id == id))).one_or_none()
    if row is None:
        raise NotFound("there is no such decision")
    return decision_from_row(row)


async def _decisions_about(connection: AsyncConnection, visitor: VisitorId) -> list[Decision]:
    """Return all decisions about the visitor, the newest first."""
    newest = sa.select(decisions).where(decisions.c.visitor == visitor).order_by(decisions.c.sequence.desc())
    return [decision_from_row(row) for row in await connection.execute(newest)]


async def _check_undo(
    connection: AsyncConnection, decision: Decision, history: Sequence[Decision], actor: Actor
) -> None:
    if not is_current(decision, history):
        raise Conflict("there is a newer decision about this visitor")
    if not actor.may_undo(decision, history):
        raise PermissionRefused(
            "you may undo only your own last decision, within ten minutes; a senior may undo any"
        )
    closed = sa.select(cases.c.id).where(cases.c.decision == decision.id)
    waits = WAITING.with_only_columns(proposals.c.case_id).where(proposals.c.decision == decision.id)
    appealed = sa.select(appeals.c.decision).where(appeals.c.decision == decision.id)
    if await connection.scalar(closed.union_all(waits)) is None:
        raise Conflict("the decision was undone already")
    if await connection.scalar(appealed) is not None:
        raise Conflict(_whose_appeal(decision, actor))


def _whose_appeal(decision: Decision, actor: Actor) -> str:
    """Say who can do something about an appeal that stands in the way of an undo."""
    if decision.was_decided_by(actor.name):
        return (
            "the visitor has appealed, so this cannot be undone any more. Another moderator answers the "
            "appeal, and lifts the decision if you were wrong: tell a colleague so"
        )
    return "the visitor has appealed: answer the appeal, which lifts the decision if it was wrong"


async def _reopen(connection: AsyncConnection, decision: Decision, newer: CaseId) -> None:
    """Open the case again and move newer reports into it, because a visitor has only one open case."""
    for table in (reports, decisions, notes):
        moved = sa.update(table).where(table.c.case_id == newer).values(case_id=decision.case)
        await connection.execute(moved)
    gone = sa.delete(cases).where(cases.c.id == newer).returning(cases.c.held_until, cases.c.urgency)
    other = (await connection.execute(gone)).one()
    later = sa.case((cases.c.held_until < other.held_until, other.held_until), else_=cases.c.held_until)
    hotter = sa.case((cases.c.urgency < other.urgency, other.urgency), else_=cases.c.urgency)
    again = {"closed_at": 0, "decision": "", "held_until": later, "urgency": hotter}
    await connection.execute(sa.update(cases).where(cases.c.id == decision.case).values(again))
