"""The SQL of cases: all open reports about one visitor are one, until a person decides."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import CaseId, DecisionId, ReportId, VisitorId, random_id

from .records import Level, Reason
from .tables import OPEN, cases, decisions, reports
from .weighing import Complaint

INSERT: dict[str, Callable[[sa.Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}

MOST_COMPLAINTS = 500
"""Of one case, the newest, that are weighed."""

DAY = 24 * 3600 * 1000


async def open_case(connection: AsyncConnection, accused: VisitorId, now: int) -> CaseId:
    """The open case about `accused`, a new one if there is none; nobody else changes it until the commit."""
    new = INSERT[connection.dialect.name](cases).values(
        id=random_id(), accused=accused, opened_at=now, closed_at=0, decision="", urgency=0
    )
    held = new.on_conflict_do_update(
        index_elements=["accused"], index_where=OPEN, set_={"accused": cases.c.accused}
    )
    return CaseId((await connection.execute(held.returning(cases.c.id))).scalar_one())


async def rank(connection: AsyncConnection, case: CaseId, urgency: float) -> None:
    """Where the case stands in the queue: the most urgent comes first."""
    await connection.execute(sa.update(cases).where(cases.c.id == case).values(urgency=urgency))


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


async def complaints(connection: AsyncConnection, case: CaseId) -> list[Complaint]:
    """The newest reports of a case, and what is known of those who filed them."""
    found = (
        sa.select(
            reports.c.id,
            reports.c.reporter,
            reports.c.reporter_network,
            reports.c.reason,
            reports.c.filed_at,
            _decided(decisions.c.level != Level.GOOD).label("upheld"),
            _decided(decisions.c.level == Level.GOOD).label("dismissed"),
            _lately().label("lately"),
        )
        .where(reports.c.case_id == case)
        .order_by(reports.c.filed_at.desc())
        .limit(MOST_COMPLAINTS)
    )
    return [
        Complaint(
            report=ReportId(row.id),
            reporter=VisitorId(row.reporter),
            network=row.reporter_network or b"",
            reason=Reason(row.reason),
            filed_at=row.filed_at,
            upheld=row.upheld,
            dismissed=row.dismissed,
            reported_lately=row.lately,
            proven=False,
            flag=False,
        )
        for row in await connection.execute(found)
    ]


def _decided(how: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many reports of the same reporter were decided so, by a person."""
    earlier = reports.alias()
    return (
        sa.select(sa.func.count())
        .select_from(earlier)
        .join(cases, cases.c.id == earlier.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision)
        .where(earlier.c.reporter == reports.c.reporter, how)
        .correlate(reports)
        .scalar_subquery()
    )


def _lately() -> sa.ScalarSelect[int]:
    """How many visitors the reporter had reported within a day, this one included."""
    other = reports.alias()
    return (
        sa.select(sa.func.count(other.c.accused.distinct()))
        .where(
            other.c.reporter == reports.c.reporter,
            other.c.filed_at > reports.c.filed_at - DAY,
            other.c.filed_at <= reports.c.filed_at,
        )
        .correlate(reports)
        .scalar_subquery()
    )
