"""Searches the audit log, and writes what it finds as CSV and JSON."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest

from ...core.audit_chain import AuditEntry
from ...core.case_search import DayRange, parse_day
from ...core.records import DAY_MS
from ..storage.database import raising_unavailable
from ..storage.tables import audit, cases, decisions, reports
from .views import AuditEntryView

AUDIT_PARAMETERS = {
    "action": "What was done, such as case.seen, or its first part, such as case.",
    "actor": "Who did it.",
    "subject": "What it was done to: an account, or the id of a visitor, case, decision or report.",
    "from": "The first day, such as 2026-01-31, in UTC.",
    "to": "The last day.",
}
"""The parameters of a search of the log, and what each means."""

_MAX_VALUE = 200
_PAGE = 500
_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Says which entries are wanted. What is empty does not restrict them."""

    action: str = ""
    actor: str = ""
    subject: str = ""
    days: DayRange = DayRange()


def parse_audit_filter(query: Mapping[str, str]) -> AuditFilter:
    """Return the filter; raise `InvalidRequest`."""
    given = {name: query.get(name, "") for name in AUDIT_PARAMETERS}
    if any(len(value) > _MAX_VALUE or "\0" in value for value in given.values()):
        raise InvalidRequest(f"what to look for has at most {_MAX_VALUE} characters, and no NUL")
    first = parse_day(given["from"]) if given["from"] else None
    end = parse_day(given["to"]) + DAY_MS if given["to"] else None
    return AuditFilter(given["action"], given["actor"], given["subject"], DayRange(first, end))


class SqlAuditSearch:
    """Reads the log. Every method raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def entries(self, wanted: AuditFilter, before: int, limit: int) -> list[AuditEntry]:
        """Return the entries below the sequence `before`, the newest first."""
        older = sa.select(audit).where(audit.c.sequence < before, *_conditions(wanted))
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(older.order_by(audit.c.sequence.desc()).limit(limit))
                return [AuditEntry(**row._mapping) for row in rows]

    async def pages(self, wanted: AuditFilter) -> AsyncIterator[list[AuditEntry]]:
        """Yield all entries, the newest first. No connection is held between two pages."""
        before = _NEWEST
        while entries := await self.entries(wanted, before, _PAGE):
            yield entries
            before = entries[-1].sequence


def _conditions(wanted: AuditFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.action:
        part = audit.c.action.startswith(f"{wanted.action}.", autoescape=True)
        yield audit.c.action == wanted.action if "." in wanted.action else part
    if wanted.actor:
        yield audit.c.actor == wanted.actor
    if wanted.subject:
        yield audit.c.subject.in_(_ids_about(wanted.subject))
    if wanted.days.first is not None:
        yield audit.c.at >= wanted.days.first
    if wanted.days.end is not None:
        yield audit.c.at < wanted.days.end


def _ids_about(subject: str) -> sa.CompoundSelect[str]:
    """Select the subject, and the cases, decisions and reports that belong to a visitor or a case."""
    return sa.union_all(
        sa.select(sa.literal(subject, sa.Text)),
        sa.select(cases.c.id).where(cases.c.accused == subject),
        sa.select(decisions.c.id).where(decisions.c.visitor == subject),
        sa.select(decisions.c.id).where(decisions.c.case_id == subject),
        sa.select(reports.c.id).where(reports.c.case_id == subject),
        sa.select(reports.c.id).where(reports.c.accused == subject),
    )


def entry_view(entry: AuditEntry) -> AuditEntryView:
    return AuditEntryView(
        entry.sequence,
        entry.at,
        entry.actor,
        entry.action,
        entry.subject,
        json.loads(entry.details),
        entry.hash.hex(),
    )


async def as_json(pages: AsyncIterator[list[AuditEntry]]) -> AsyncIterator[bytes]:
    """Write the entries as one JSON object, as `GET /audit` returns them."""
    separator = b'{"entries":['
    async for page in pages:
        for entry in page:
            yield separator + msgspec.json.encode(entry_view(entry))
            separator = b",\n"
    yield b"]}\n" if separator == b",\n" else b'{"entries":[]}\n'


async def as_csv_lines(pages: AsyncIterator[list[AuditEntry]]) -> AsyncIterator[bytes]:
    """Write the entries as CSV, with times in UTC."""
    yield b"sequence,at,actor,action,subject,details,hash\n"
    async for page in pages:
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows(map(_csv_row, page))
        yield file.getvalue().encode()


def _csv_row(entry: AuditEntry) -> list[object]:
    at = datetime.fromtimestamp(entry.at / 1000, UTC).isoformat(timespec="milliseconds")
    texts = (entry.actor, entry.action, entry.subject, entry.details)
    return [entry.sequence, at, *map(_as_text, texts), entry.hash.hex()]


def _as_text(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; ids may begin with a minus sign."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
