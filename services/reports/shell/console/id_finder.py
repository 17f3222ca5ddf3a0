"""Finds what an id belongs to: a visitor, a case, a decision or a report, also by its first characters."""

import re
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest

from ..storage.database import raising_unavailable
from ..storage.tables import cases, decisions, reports

MIN_LENGTH = 8
"""Hardly two of ten million ids begin with the same 8 characters, so that lists stay short."""

MAX_FOUND = 10
"""The most results of each kind."""

_START = re.compile(r"[A-Za-z0-9_-]{8,64}")


class FoundDecision(Struct, frozen=True):
    """A decision. `case` is empty if it belongs to none."""

    id: str
    visitor: str
    case: str


class FoundReport(Struct, frozen=True):
    """A report, with its case."""

    id: str
    accused: str
    case: str


class FoundCase(Struct, frozen=True):
    """A case. `closed_at` is 0 while it is open."""

    id: str
    accused: str
    closed_at: int


class FoundIds(Struct, frozen=True):
    """Holds all that begins with the given characters, at most ten of each kind."""

    visitors: list[str]
    cases: list[FoundCase]
    decisions: list[FoundDecision]
    reports: list[FoundReport]


class SqlIdFinder:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, start: str) -> FoundIds:
        """Find what begins with `start`; raise `InvalidRequest` or `Unavailable`."""
        start = start.strip().rstrip("…")
        if not _START.fullmatch(start):
            raise InvalidRequest(f"enter at least the first {MIN_LENGTH} characters of an id")
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return FoundIds(
                    await _visitors(connection, start),
                    [FoundCase(*row) for row in await connection.execute(_cases(connection, start))],
                    [FoundDecision(*row) for row in await connection.execute(_decisions(connection, start))],
                    [FoundReport(*row) for row in await connection.execute(_reports(connection, start))],
                )


async def _visitors(connection: AsyncConnection, start: str) -> list[str]:
    found: set[str] = set()
    for column in (cases.c.accused, reports.c.reporter, decisions.c.visitor):
        some = sa.select(column).where(begins_with(connection, column, start)).distinct().limit(MAX_FOUND)
        found.update(await connection.scalars(some))
    return sorted(found)[:MAX_FOUND]


def _cases(connection: AsyncConnection, start: str) -> sa.Select[Any]:
    columns = sa.select(cases.c.id, cases.c.accused, cases.c.closed_at)
    return columns.where(begins_with(connection, cases.c.id, start)).limit(MAX_FOUND)


def _decisions(connection: AsyncConnection, start: str) -> sa.Select[Any]:
    columns = sa.select(decisions.c.id, decisions.c.visitor, decisions.c.case_id)
    return columns.where(begins_with(connection, decisions.c.id, start)).limit(MAX_FOUND)


def _reports(connection: AsyncConnection, start: str) -> sa.Select[Any]:
    columns = sa.select(reports.c.id, reports.c.accused, reports.c.case_id)
    return columns.where(begins_with(connection, reports.c.id, start)).limit(MAX_FOUND)


def begins_with(
    connection: AsyncConnection, column: sa.ColumnElement[str], start: str
) -> sa.ColumnElement[bool]:
    """Compare byte by byte, as the index does: PostgreSQL's usual order of texts depends on a language."""
    end = start[:-1] + chr(ord(start[-1]) + 1)
    if connection.dialect.name == "postgresql":
        return column.op("~>=~", is_comparison=True)(start) & column.op("~<~", is_comparison=True)(end)
    return (column >= start) & (column < end)
