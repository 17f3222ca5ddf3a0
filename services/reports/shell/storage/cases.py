"""Holds the SQL of cases: all open reports about one visitor form one case, until a person decides."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId, ReportId, VisitorId, random_id
from services.contract.limits import MAX_DEVICE_HOURS

from ...core.records import DAY_MS, Dismissal, LastStanding, Level, NewDecision, Reason
from ...core.review import QueueGroup
from ...core.scoring import MAX_REPORTS_WEIGHED, ReportFacts
from ...core.triage import FLOOD_BELOW, KNOWN_OFFSET, MINOR_OFFSET, CaseEvaluation, confirmed_until
from .database import INSERT
from .tables import KNOWN, OPEN, cases, decisions, evidence, notes, reports
from .teamwork import end_teamwork

GROUPS: dict[QueueGroup, sa.ColumnElement[bool]] = {
    QueueGroup.KNOWN: cases.c.urgency >= KNOWN_OFFSET,
    QueueGroup.MINOR: (cases.c.urgency >= MINOR_OFFSET) & (cases.c.urgency < KNOWN_OFFSET),
    QueueGroup.PEOPLE: (cases.c.urgency >= 0) & (cases.c.urgency < MINOR_OFFSET),
    QueueGroup.FLAGS: (cases.c.urgency >= FLOOD_BELOW) & (cases.c.urgency < 0),
    QueueGroup.FLOOD: cases.c.urgency < FLOOD_BELOW,
}
"""How the urgency that a case is stored with tells its group."""


async def open_case(connection: AsyncConnection, accused: VisitorId, now: int, device: int = 0) -> CaseId:
    """Return the open case about `accused`, a new one if there is none, locked until the commit.

    The case keeps the key of the last known device of `accused`; `device` is 0 if nothing new is known.
    """
    new = {"id": random_id(), "accused": accused, "opened_at": now, "device": device}
    return CaseId((await connection.execute(_OPEN_CASE[connection.dialect.name], new)).scalar_one())


async def apply_evaluation(connection: AsyncConnection, case: CaseId, evaluation: CaseEvaluation) -> None:
    """Store the place of the case in the queue, and how long all of it is kept at least."""
    values = {"evaluated": case, "urgency": evaluation.queue_score, "hold": evaluation.held_until}
    await connection.execute(_APPLY_EVALUATION, values)


def closed_by(decision: NewDecision) -> dict[str, object]:
    """Return the values of a case that a person closes with `decision`. No hold is shortened."""
    hold = sa.literal(confirmed_until(decision), sa.BigInteger)
    held_until = sa.case((cases.c.held_until < hold, hold), else_=cases.c.held_until)
    return {"closed_at": decision.made_at, "decision": decision.id, "held_until": held_until}


async def close_case(connection: AsyncConnection, decision: NewDecision) -> CaseId:
    """Close the open case about the visitor with a person's decision; returns "" when none was open."""
    closing = (
        sa.update(cases)
        .where(OPEN & (cases.c.accused == decision.visitor))
        .values(closed_by(decision))
        .returning(cases.c.id)
    )
    case = CaseId((await connection.execute(closing)).scalar() or "")
    await end_teamwork(connection, [case])
    return case


async def last_known_device(connection: AsyncConnection, visitor: VisitorId) -> int:
    """Return the key of the device that the visitor had last, as far as reports named one, else 0."""
    return await connection.scalar(_LAST_KNOWN_DEVICE, {"of_visitor": visitor}) or 0


async def facts_of_case(
    connection: AsyncConnection, case: CaseId, accused: VisitorId
) -> tuple[list[ReportFacts], LastStanding | None]:
    """Return the facts of the reports of a case that are weighed, and the last decision about the accused."""
    rows = (await connection.execute(_FACTS_OF_CASE, {"of_case": case, "of_accused": accused})).all()
    held = [
        LastStanding(Level(row.held_level), row.held_until) for row in rows[:1] if row.held_level is not None
    ]
    return [facts_from_row(row) for row in rows], held[0] if held else None


def has_row(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Select cases for which there is such a row, and look it up for each case in turn.

    PostgreSQL would join an EXISTS, and at times read a million reports first, for some thousand cases.
    """
    first: sa.Select[int] = sa.select(sa.literal_column("1", sa.Integer)).where(*which).limit(1)
    return first.correlate_except(reports, evidence, decisions, notes).scalar_subquery().is_not(None)


def facts_from_row(row: sa.Row[Any]) -> ReportFacts:
    """Read a row of the columns `REPORT_FACTS`."""
    return ReportFacts(
        id=ReportId(row.id),
        reporter=VisitorId(row.reporter),
        network=row.reporter_network or b"",
        reason=Reason(row.reason),
        filed_at=row.filed_at,
        upheld=row.upheld,
        dismissed=row.dismissed,
        reported_lately=row.lately,
        proven=row.proven,
        device_hours=row.device_hours,
        flag=row.flag,
        alike_lately=row.alike_lately,
        undressed=row.undressed or 0.0,
        known=bool(row.known),
    )


def _count_decided(how: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Count the earlier reports of the reporter that a person had decided `how` when this one was filed.

    For a flag only flags count, and for a report only reports: a browser's guesses say nothing of its owner.
    """
    earlier = reports.alias()
    return (
        sa.select(sa.func.count())
        .select_from(earlier)
        .join(cases, cases.c.id == earlier.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision)
        .where(
            earlier.c.reporter == reports.c.reporter,
            earlier.c.flag == reports.c.flag,
            earlier.c.filed_at <= reports.c.filed_at,  # implied by the next, and an index reads no further
            decisions.c.made_at <= reports.c.filed_at,
            how,
        )
        .correlate(reports)
        .scalar_subquery()
    )


def _count_reported_lately() -> sa.ScalarSelect[int]:
    """Count the visitors that the reporter had reported within a day, this one included.

    Flags count for flags only: a visitor whose check is on and who meets many people is no worse a reporter.
    """
    other = reports.alias()
    return (
        sa.select(sa.func.count(other.c.accused.distinct()))
        .where(
            other.c.reporter == reports.c.reporter,
            other.c.filed_at > reports.c.filed_at - DAY_MS,
            other.c.filed_at <= reports.c.filed_at,
            reports.c.flag | ~other.c.flag,
        )
        .correlate(reports)
        .scalar_subquery()
    )


def _over_pictures(aggregate: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    return sa.select(aggregate).where(evidence.c.report == reports.c.id).correlate(reports).scalar_subquery()


def _last_decision(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    return (
        sa.select(column)
        .where(decisions.c.visitor == sa.bindparam("of_accused"), ~decisions.c.silent)
        .order_by(decisions.c.sequence.desc())
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


# Statements are built once, for building takes longer than executing.
_INSERTS = {dialect: insert(cases) for dialect, insert in INSERT.items()}
_OPEN_CASE = {
    dialect: insert.values(closed_at=0, decision="", urgency=0, held_until=0)
    .on_conflict_do_update(
        index_elements=["accused"],
        index_where=OPEN,
        set_={"device": sa.case((insert.excluded.device == 0, cases.c.device), else_=insert.excluded.device)},
    )
    .returning(cases.c.id)
    for dialect, insert in _INSERTS.items()
}
_LAST_KNOWN_DEVICE = (
    sa.select(cases.c.device)
    .where(cases.c.accused == sa.bindparam("of_visitor"), cases.c.device != 0)
    .order_by(cases.c.opened_at.desc())
    .limit(1)
)
_HOLD = sa.bindparam("hold", type_=sa.BigInteger)
_APPLY_EVALUATION = (
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("evaluated"))
    .values(
        urgency=sa.bindparam("urgency"),
        held_until=sa.case((cases.c.held_until < _HOLD, _HOLD), else_=cases.c.held_until),
    )
)
_BLAMED = (decisions.c.level == Level.GOOD) & (decisions.c.dismissal == Dismissal.UNFOUNDED)
"""Other dismissals count neither for the reporters nor against them."""

REPORT_FACTS = (
    reports.c.id,
    reports.c.reporter,
    reports.c.reporter_network,
    reports.c.reason,
    reports.c.filed_at,
    reports.c.proven,
    reports.c.device_hours,
    reports.c.flag,
    _count_decided(decisions.c.level != Level.GOOD).label("upheld"),
    _count_decided(_BLAMED).label("dismissed"),
    _count_reported_lately().label("lately"),
    reports.c.alike_lately,
    _over_pictures(sa.func.max(evidence.c.score)).label("undressed"),
    _over_pictures(sa.func.max(evidence.c.known)).label("known"),
)
_MINOR = reports.c.reason == Reason.MINOR
_KNOWN = reports.c.id.in_(sa.select(evidence.c.report).where(KNOWN))
_PLACE = sa.func.row_number().over(
    partition_by=_MINOR,
    order_by=(~_KNOWN, reports.c.flag, reports.c.device_hours < MAX_DEVICE_HOURS, reports.c.filed_at.desc()),
)
WEIGHED = (
    sa.select(reports.c.id)
    .where(reports.c.case_id == sa.bindparam("of_case"))
    .order_by(_PLACE, ~_MINOR)
    .limit(MAX_REPORTS_WEIGHED)
    .subquery()
)
"""Selects the ids of what `choose_weighed` chooses from the case `of_case`."""

EVALUATION_ORDER = (~_KNOWN, ~_MINOR, reports.c.flag, reports.c.filed_at.desc())
"""A case shows known pictures first, then reports of minors, of people, and flags, each the newest first."""


def select_weighed(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Select the facts of the reports of the case `of_case` that are weighed, and `more` about each."""
    those = sa.select(*REPORT_FACTS, *more).join(WEIGHED, WEIGHED.c.id == reports.c.id)
    return those.order_by(*EVALUATION_ORDER)


_FACTS_OF_CASE = select_weighed(
    _last_decision(decisions.c.level).label("held_level"),
    _last_decision(decisions.c.until).label("held_until"),
)
