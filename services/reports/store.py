"""The store on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import Unavailable
from services.contract.ids import DecisionId, MatchId, ReportId, VisitorId

from .database import writing
from .records import ChatLine, Decision, Filed, Level, NewDecision, Picture, Reason, Report, Summary
from .tables import decisions, evidence, reports

_INSERT: dict[str, Callable[[sa.Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
_DECISION_LOCK = 0x7A756662
_PAGE = 1000


class SqlStore:
    """Implements the port `Store`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = writing(engine)

    async def file(self, report: Report, frames: Sequence[Picture]) -> Filed:
        with answering():
            async with self._writer.begin() as connection:
                filed = await self._insert(connection, report)
                if frames and not filed.repeated:
                    rows = [{"report": report.id, "number": n, **asdict(f)} for n, f in enumerate(frames)]
                    await connection.execute(sa.insert(evidence), rows)
            return filed  # only here is it committed

    async def _insert(self, connection: AsyncConnection, report: Report) -> Filed:
        """A filing of the same match and reporter that is under way elsewhere is waited for."""
        row = {**asdict(report), "chat": [[line.from_accused, line.text] for line in report.chat]}
        insert = _INSERT[connection.dialect.name](reports).values(row)
        unless_there = insert.on_conflict_do_nothing(index_elements=["match", "reporter"])
        fresh = await connection.scalar(unless_there.returning(reports.c.id))
        if fresh is not None:
            return Filed(report.id, repeated=False)
        same = (reports.c.match == report.match) & (reports.c.reporter == report.reporter)
        found = (await connection.execute(sa.select(reports.c.id).where(same))).scalar_one()
        return Filed(ReportId(found), repeated=True)

    async def latest_reports(self, limit: int) -> list[Summary]:
        count = (
            sa.select(sa.func.count())
            .where(evidence.c.report == reports.c.id)
            .scalar_subquery()
            .label("frames")
        )
        newest = sa.select(reports, count).order_by(reports.c.filed_at.desc(), reports.c.id).limit(limit)
        with answering():
            async with self._engine.connect() as connection:
                return [_summary(row) for row in await connection.execute(newest)]

    async def decide(self, decision: NewDecision) -> Decision:
        insert = sa.insert(decisions).values(asdict(decision)).returning(decisions.c.sequence)
        with answering():
            async with self._writer.begin() as connection:
                if connection.dialect.name == "postgresql":
                    # Numbers are drawn in the order of the commits, so that no reader passes over one that is
                    # still under way. SQLite has one writer at a time anyway.
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_DECISION_LOCK)))
                sequence = (await connection.execute(insert)).scalar_one()
            return Decision(**asdict(decision), sequence=sequence)

    async def decisions_after(self, sequence: int) -> list[Decision]:
        later = decisions.c.sequence > sequence
        with answering():
            async with self._engine.connect() as connection:
                return await _decisions(connection, later)

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        other = decisions.alias()
        newer = (other.c.visitor == decisions.c.visitor) & (other.c.sequence > decisions.c.sequence)
        unexpired = (decisions.c.until == 0) | (decisions.c.until > now)
        holds = (decisions.c.level != Level.GOOD) & unexpired & ~sa.exists().where(newer)
        with answering():
            async with self._engine.connect() as connection:
                last = await connection.scalar(sa.select(sa.func.max(decisions.c.sequence)))
                return last or 0, await _decisions(connection, holds, None)


async def _decisions(
    connection: AsyncConnection, which: sa.ColumnElement[bool], limit: int | None = _PAGE
) -> list[Decision]:
    chosen = sa.select(decisions).where(which).order_by(decisions.c.sequence).limit(limit)
    return [_decision(row) for row in await connection.execute(chosen)]


def _decision(row: sa.Row[Any]) -> Decision:
    columns = {**row._mapping, "level": Level(row.level)}
    columns["id"], columns["visitor"] = DecisionId(row.id), VisitorId(row.visitor)
    return Decision(**columns)


def _summary(row: sa.Row[Any]) -> Summary:
    columns = dict(row._mapping)
    frames = columns.pop("frames")
    columns["reason"] = Reason(row.reason)
    columns["chat"] = tuple(ChatLine(from_accused, text) for from_accused, text in row.chat)
    columns["match"] = MatchId(row.match)
    return Summary(Report(**columns), frames)


_PASSING = ("08", "40", "53", "57")
"""SQLSTATE classes that may be over at the next attempt: connection, rollback, resources, operator."""


@contextmanager
def answering() -> Iterator[None]:
    """Everything that another attempt may mend becomes `Unavailable`; mistakes of ours stay what they are."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        unanswered = isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError))
        if not (unanswered or error.connection_invalidated or state.startswith(_PASSING)):
            raise
        raise Unavailable("the database does not answer") from error
    except (sa.exc.TimeoutError, OSError) as error:  # OSError includes TimeoutError
        raise Unavailable("the database does not answer") from error
