"""Stores reports and decisions in SQLite or PostgreSQL."""

from collections.abc import Sequence
from dataclasses import astuple, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import NotFound
from services.contract.ids import CaseId, DecisionId, MatchId, ReportId, VisitorId

from ...core.audit_chain import AuditEvent
from ...core.picture_budget import PictureBudget
from ...core.policy import MAX_ALIKE_COUNTED
from ...core.records import (
    DAY_MS,
    ChatLine,
    Decision,
    DecisionCause,
    Dismissal,
    Evidence,
    FilingResult,
    FilingState,
    Level,
    NewDecision,
    Picture,
    Reason,
    Report,
    ReportSummary,
    SpamObservation,
    VisitorTraces,
)
from ...core.triage import TRIAGE_EVIDENCE, CaseEvaluator, SpamEvaluator
from . import audit_log
from .audit_log import AuditWriter
from .call_columns import CALL_COLUMNS, call_from_row, call_to_columns
from .cases import apply_evaluation, close_case, facts_of_case, last_known_device, open_case
from .database import INSERT, for_writing, raising_unavailable
from .picture_store import insert_pictures
from .tables import decisions, evidence, reports
from .upload_store import keep_uploads

NOTHING_TO_LIFT = "nothing restricts this visitor, and no case about them is open: nothing was changed"

_PAGE = 1000
_LAST = 100
"""The last decisions about a visitor that are read."""
_REPORT_COLUMNS = [field.name for field in fields(Report) if field.name not in ("accused_device", "call")]
_DECISION_COLUMNS = [field.name for field in fields(NewDecision)]

# Statements are built once, for building takes longer than executing.
_LAST_DECISIONS = (
    sa.select(decisions)
    .where(
        sa.or_(
            decisions.c.visitor == sa.bindparam("of_visitor"),
            sa.and_(decisions.c.device != 0, decisions.c.device == sa.bindparam("of_device")),
        ),
        ~decisions.c.silent,
    )
    .order_by(decisions.c.sequence.desc())
    .limit(_LAST)
)
_INSERT_DECISION = sa.insert(decisions).returning(decisions.c.sequence)
_IDENTITY = ("id", "match", "reporter", "accused")
_INSERTS = {dialect: insert(reports) for dialect, insert in INSERT.items()}
_INSERT_REPORT = {
    dialect: insert.on_conflict_do_update(
        index_elements=["match", "reporter"],
        set_={column.name: column for column in insert.excluded if column.name not in _IDENTITY},
        where=reports.c.flag & ~insert.excluded.flag,
    ).returning(reports.c.id)
    for dialect, insert in _INSERTS.items()
}
"""A reporter's own report replaces the flag of their browser about the same match, and nothing else is
replaced."""


_FIRST_FILED = sa.select(reports.c.id).where(
    reports.c.match == sa.bindparam("match"),
    reports.c.reporter == sa.bindparam("reporter"),
    ~reports.c.flag | sa.bindparam("flag", type_=sa.Boolean),  # else the report takes the place of the flag
)
_NETWORK_BYTES = (
    sa.select(sa.func.sum(sa.func.length(evidence.c.content)))
    .join(reports, reports.c.id == evidence.c.report)
    .where(reports.c.reporter_network == sa.bindparam("network"), reports.c.filed_at > sa.bindparam("since"))
)

_ALIKE = ("reporter", "reporter_network", "flag", "reason", "filed_at")


def _alike_with_same(column: str) -> sa.Select[str]:
    same = [reports.c[name] == sa.bindparam(f"of_{name}") for name in (column, "flag", "reason")]
    until = sa.bindparam("of_filed_at", type_=sa.BigInteger)
    lately = (reports.c.filed_at > until - DAY_MS) & (reports.c.filed_at <= until)
    known = sa.func.length(reports.c[column]) > 0
    found = sa.select(reports.c.id).where(*same, known, lately).limit(MAX_ALIKE_COUNTED)
    return sa.select(found.subquery().c.id)


_COUNT_ALIKE = sa.select(sa.func.count()).select_from(
    sa.union(_alike_with_same("reporter"), _alike_with_same("reporter_network")).subquery()
)
"""Counts what is alike and came before. Each part has an index of its own, and is read only as far as needed.

Reports from unknown networks have only their reporter in common.
"""


class SqlReportStore:
    """Implements the port `ReportStore`."""

    def __init__(self, engine: AsyncEngine, audit: AuditWriter, budget: PictureBudget | None = None) -> None:
        self._engine = engine
        self._budget = budget or PictureBudget()
        self._writer = for_writing(engine)
        self._audit = audit

    async def file(self, report: Report, frames: Sequence[Picture], evaluate: CaseEvaluator) -> FilingResult:
        with raising_unavailable():
            async with self._writer.connect() as connection, connection.begin() as transaction:
                case = await open_case(connection, report.accused, report.filed_at, report.accused_device)
                id = await _insert(connection, report, case)
                if id is None:
                    first = FilingResult(await _first_filed(connection, report), repeated=True)
                    await transaction.rollback()  # the case, too, if it is new
                    return first
                await insert_pictures(connection, id, frames)
                dropped = await keep_uploads(connection, report, id, frames, self._budget)
                decision = await self._evaluate_case(connection, report.accused, case, evaluate)
            # Only here is it committed.
            return FilingResult(id, repeated=False, decision=decision, dropped=dropped, case=case)

    async def state_before(self, report: Report) -> FilingState:
        since = {"network": report.reporter_network, "since": report.filed_at - DAY_MS}
        keys = {"match": report.match, "reporter": report.reporter, "flag": report.flag}
        with raising_unavailable():
            async with self._engine.connect() as connection:
                first = await connection.scalar(_FIRST_FILED, keys)
                network_bytes = await connection.scalar(_NETWORK_BYTES, since)
        return FilingState(ReportId(first) if first else None, network_bytes or 0)

    async def last_known_device(self, visitor: VisitorId) -> int:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await last_known_device(connection, visitor)

    async def observe(self, observed: SpamObservation, evaluate: SpamEvaluator) -> Decision | None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.lock(connection)  # nothing is decided between the reading and the deciding
                about = {"of_visitor": observed.visitor, "of_device": observed.device}
                last = await connection.execute(_LAST_DECISIONS, about)
                decision = evaluate([decision_from_row(row) for row in last])
                if decision is None:
                    return None
                return await insert_decision(connection, self._audit, decision, audit_log.TRIAGE)

    async def name_device(self, visitor: VisitorId, device: int, now: int) -> Decision | None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._audit.lock(connection)  # nothing is decided between the reading and the naming
                about = {"of_visitor": visitor, "of_device": 0}
                row = (await connection.execute(_LAST_DECISIONS, about)).first()
                last = decision_from_row(row) if row else None
                if last is None or not last.holds(now) or last.device not in (0, device):
                    return None
                named = replace(last, device=device)
                if not last.device:
                    names = sa.update(decisions).where(decisions.c.sequence == last.sequence)
                    await connection.execute(names.values(device=device))
                    event = AuditEvent(now, audit_log.TRIAGE, "decision.device_named", last.id, {})
                    await self._audit.append_locked(connection, event)
                return named

    async def latest_reports(self, limit: int) -> list[ReportSummary]:
        count = (
            sa.select(sa.func.count())
            .where(evidence.c.report == reports.c.id)
            .scalar_subquery()
            .label("frames")
        )
        newest = sa.select(reports, count).order_by(reports.c.filed_at.desc(), reports.c.id).limit(limit)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return [_summary(row) for row in await connection.execute(newest)]

    async def report(self, id: ReportId) -> ReportSummary | None:
        count = sa.select(sa.func.count()).where(evidence.c.report == id).scalar_subquery().label("frames")
        with raising_unavailable():
            async with self._engine.connect() as connection:
                found = await connection.execute(sa.select(reports, count).where(reports.c.id == id))
                row = found.one_or_none()
                return None if row is None else _summary(row)

    async def traces(self, visitor: VisitorId) -> VisitorTraces:
        columns = (reports.c.accused, reports.c.reporter, decisions.c.visitor)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                counts = [
                    await connection.scalar(sa.select(sa.func.count()).where(column == visitor))
                    for column in columns
                ]
        return VisitorTraces(*(count or 0 for count in counts))

    async def decide(self, decision: NewDecision) -> Decision:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                # The case first, then the number: in one order everywhere, or two would wait for each other.
                case = await close_case(connection, decision)
                if decision.level is Level.GOOD and not case:
                    await _check_restricted(connection, decision)
                actor = audit_log.token_actor(decision.moderator)
                return await insert_decision(connection, self._audit, replace(decision, case=case), actor)

    async def decisions_after(self, sequence: int) -> list[Decision]:
        later = (decisions.c.sequence > sequence) & ~decisions.c.silent
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _decisions(connection, later)

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        other = decisions.alias()
        newer = (
            (other.c.visitor == decisions.c.visitor)
            & (other.c.sequence > decisions.c.sequence)
            & ~other.c.silent
        )
        unexpired = (decisions.c.until == 0) | (decisions.c.until > now)
        bad = (decisions.c.level != Level.GOOD) & ~decisions.c.silent
        holds = bad & unexpired & ~sa.exists().where(newer)
        last_sequence = sa.select(sa.func.max(decisions.c.sequence)).where(~decisions.c.silent)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                last = await connection.scalar(last_sequence)
                return last or 0, await _decisions(connection, holds, None)

    async def _evaluate_case(
        self, connection: AsyncConnection, accused: VisitorId, case: CaseId, evaluate: CaseEvaluator
    ) -> Decision | None:
        evaluation = evaluate(*await facts_of_case(connection, case, accused))
        await apply_evaluation(connection, case, evaluation)
        if evaluation.decision is None:
            return None
        decision = replace(evaluation.decision, case=case)
        return await insert_decision(connection, self._audit, decision, audit_log.TRIAGE)


async def _check_restricted(connection: AsyncConnection, lift: NewDecision) -> None:
    """Raise `NotFound` if there is nothing to lift, for figures would count it as a decision."""
    about = {"of_visitor": lift.visitor, "of_device": 0}
    row = (await connection.execute(_LAST_DECISIONS, about)).first()
    if row is None or not decision_from_row(row).holds(lift.made_at):
        raise NotFound(NOTHING_TO_LIFT)


async def _decisions(
    connection: AsyncConnection, which: sa.ColumnElement[bool], limit: int | None = _PAGE
) -> list[Decision]:
    chosen = sa.select(decisions).where(which).order_by(decisions.c.sequence).limit(limit)
    return [decision_from_row(row) for row in await connection.execute(chosen)]


async def _insert(connection: AsyncConnection, report: Report, case: CaseId) -> ReportId | None:
    """Return the id if the report is new. This waits for another transaction that files the same one."""
    row = {name: getattr(report, name) for name in _REPORT_COLUMNS}
    row |= {"chat": [astuple(line) for line in report.chat], "case_id": case, **call_to_columns(report.call)}
    alike = {f"of_{name}": row[name] for name in _ALIKE}
    row["alike_lately"] = 1 + (await connection.scalar(_COUNT_ALIKE, alike) or 0)
    id = await connection.scalar(_INSERT_REPORT[connection.dialect.name], row)
    return ReportId(id) if id else None


async def _first_filed(connection: AsyncConnection, report: Report) -> ReportId:
    """Return the id of the report that was filed first."""
    same = (reports.c.match == report.match) & (reports.c.reporter == report.reporter)
    return ReportId((await connection.execute(sa.select(reports.c.id).where(same))).scalar_one())


async def insert_decision(
    connection: AsyncConnection, audit: AuditWriter, decision: NewDecision, actor: str
) -> Decision:
    """Insert a decision and its entry in the audit log, by `actor`.

    Sequences are drawn in the order of the commits, so that no reader skips a decision that is under way.
    """
    device = decision.device or await last_known_device(connection, decision.visitor)
    decision = replace(decision, device=device)
    await audit.lock(connection)
    values = {name: getattr(decision, name) for name in _DECISION_COLUMNS}
    row = {**values, "case_id": decision.case, "evidence": int(decision.evidence)}
    del row["case"]
    made = Decision(**values, sequence=(await connection.execute(_INSERT_DECISION, row)).scalar_one())
    await audit.append_locked(connection, audit_log.decision_event(made, actor))
    return made


def decision_from_row(row: sa.Row[Any]) -> Decision:
    """Read a row of the table `decisions`.

    Before 0016, decisions of triage named pictures and chat, too, which triage has never looked at.
    """
    evidence = Evidence(row.evidence) & (TRIAGE_EVIDENCE if row.automated else ~Evidence(0))
    columns = {**row._mapping, "level": Level(row.level), "evidence": evidence}
    columns["id"], columns["visitor"] = DecisionId(row.id), VisitorId(row.visitor)
    columns["case"] = CaseId(columns.pop("case_id"))
    columns["cause"] = DecisionCause(row.cause)
    columns["dismissal"] = Dismissal(row.dismissal)
    return Decision(**columns)


def chat_from_row(row: sa.Row[Any]) -> tuple[ChatLine, ...]:
    """Read the chat of a row of the table `reports`. Old lines do not say whether they are proven."""
    return tuple(ChatLine(*line) for line in row.chat)


def _summary(row: sa.Row[Any]) -> ReportSummary:
    columns = dict(row._mapping)
    frames = columns.pop("frames")
    del columns["case_id"], columns["alike_lately"]
    columns["reporter_network"] = row.reporter_network or b""
    columns["reason"] = Reason(row.reason)
    columns["chat"] = chat_from_row(row)
    columns["match"] = MatchId(row.match)
    for name in CALL_COLUMNS:
        del columns[name]
    columns["call"] = call_from_row(row)
    return ReportSummary(Report(**columns), frames)
