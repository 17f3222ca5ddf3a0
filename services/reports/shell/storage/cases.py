"""The SQL of cases: all open reports about one visitor are one, until a person decides."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId, DecisionId, ReportId, VisitorId, random_id

from ...core.policy import MAX_FLAGS_COUNTED
from ...core.records import DAY_MS, LastStanding, Level, Reason
from ...core.scoring import MAX_REPORTS_WEIGHED, ReportFacts
from ...core.triage import CaseEvaluation
from .tables import OPEN, cases, decisions, evidence, reports

INSERT: dict[str, Callable[[sa.Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


async def open_case(connection: AsyncConnection, accused: VisitorId, now: int) -> CaseId:
    """The open case about `accused`, a new one if there is none; nobody else changes it until the commit."""
    new = {"id": random_id(), "accused": accused, "opened_at": now}
    return CaseId((await connection.execute(_OPENED[connection.dialect.name], new)).scalar_one())


async def apply_evaluation(connection: AsyncConnection, case: CaseId, judgement: CaseEvaluation) -> None:
    """Where the case stands in the queue, the most urgent first, and how long all of it is kept at least."""
    ranked = {"ranked": case, "urgency": judgement.urgency, "hold": judgement.held_until}
    await connection.execute(_RANKED, ranked)


async def close_case(
    connection: AsyncConnection, accused: VisitorId, decision: DecisionId, now: int
) -> CaseId:
    """A person has decided. Returns the case, or "" when none was open."""
    shut = (
        sa.update(cases)
        .where(OPEN & (cases.c.accused == accused))
        .values(closed_at=now, decision=decision)
        .returning(cases.c.id)
    )
    return CaseId((await connection.execute(shut)).scalar() or "")


async def facts_of_case(
    connection: AsyncConnection, case: CaseId, accused: VisitorId
) -> tuple[list[ReportFacts], LastStanding | None]:
    """The reports of a case that are weighed, and what is known of who filed them; the last decision."""
    rows = (await connection.execute(_WEIGHED, {"of_case": case, "of_accused": accused})).all()
    held = [
        LastStanding(Level(row.held_level), row.held_until) for row in rows[:1] if row.held_level is not None
    ]
    return [facts_from_row(row) for row in rows], held[0] if held else None


def facts_from_row(row: sa.Row[Any]) -> ReportFacts:
    """The complaint in a row of `REPORT_FACTS`."""
    return ReportFacts(
        report=ReportId(row.id),
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
        flags_lately=row.flags_lately,
        undressed=row.undressed or 0.0,
        known=bool(row.known),
    )


def _decided(how: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many reports of the same reporter had been decided so, by a person, when this one was filed.

    Of flags for a flag, and of their own for a report: what a browser guesses says nothing of its owner.
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
            decisions.c.made_at <= reports.c.filed_at,
            how,
        )
        .correlate(reports)
        .scalar_subquery()
    )


def _lately() -> sa.ScalarSelect[int]:
    """How many visitors the reporter had reported within a day, this one included.

    Flags count for flags only: who has the check on and meets many is no worse a reporter for it.
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


def _flags_lately() -> sa.ColumnElement[int]:
    """For a flag: how many of its reporter or network there were within a day, this one included.

    Each is looked up by an index of its own, and no further than it matters, however many there are.
    """
    some = sa.union(_some_flags("reporter"), _some_flags("reporter_network")).subquery()
    counted = sa.select(sa.func.count()).select_from(some).correlate(reports).scalar_subquery()
    return sa.case((reports.c.flag, counted), else_=0)


def _some_flags(alike: str) -> sa.Select[str]:
    other = reports.alias()
    found = (
        sa.select(other.c.id)
        .where(
            other.c.flag,
            other.c[alike] == reports.c[alike],
            other.c.filed_at > reports.c.filed_at - DAY_MS,
            other.c.filed_at <= reports.c.filed_at,
        )
        .limit(MAX_FLAGS_COUNTED + 1)
        .correlate(reports)
    )
    return sa.select(found.subquery().c.id).correlate(reports)


def _of_pictures(what: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Of all pictures of the report."""
    return sa.select(what).where(evidence.c.report == reports.c.id).correlate(reports).scalar_subquery()


def _held(what: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """Of the last decision about the accused."""
    return (
        sa.select(what)
        .where(decisions.c.visitor == sa.bindparam("of_accused"), ~decisions.c.silent)
        .order_by(decisions.c.sequence.desc())
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


# Put together once: that takes longer than to carry it out.
_OPENED = {
    dialect: insert(cases)
    .values(closed_at=0, decision="", urgency=0, held_until=0)
    .on_conflict_do_update(index_elements=["accused"], index_where=OPEN, set_={"accused": cases.c.accused})
    .returning(cases.c.id)
    for dialect, insert in INSERT.items()
}
_HOLD = sa.bindparam("hold", type_=sa.BigInteger)
_RANKED = (
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("ranked"))
    .values(
        urgency=sa.bindparam("urgency"),
        held_until=sa.case((cases.c.held_until < _HOLD, _HOLD), else_=cases.c.held_until),
    )
)
REPORT_FACTS = (
    reports.c.id,
    reports.c.reporter,
    reports.c.reporter_network,
    reports.c.reason,
    reports.c.filed_at,
    reports.c.proven,
    reports.c.device_hours,
    reports.c.flag,
    _decided(decisions.c.level != Level.GOOD).label("upheld"),
    _decided(decisions.c.level == Level.GOOD).label("dismissed"),
    _lately().label("lately"),
    _flags_lately().label("flags_lately"),
    _of_pictures(sa.func.max(evidence.c.score)).label("undressed"),
    _of_pictures(sa.func.max(evidence.c.known)).label("known"),
)
HEAVIEST_FIRST = (reports.c.reason != Reason.MINOR, reports.c.flag, reports.c.filed_at.desc())
"""However many others come in, a report of a minor is not pushed out, nor one of a person by flags."""

_WEIGHED = (
    sa.select(
        *REPORT_FACTS,
        _held(decisions.c.level).label("held_level"),
        _held(decisions.c.until).label("held_until"),
    )
    .where(reports.c.case_id == sa.bindparam("of_case"))
    .order_by(*HEAVIEST_FIRST)
    .limit(MAX_REPORTS_WEIGHED)
)
