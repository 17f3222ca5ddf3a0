"""Reads the audit log and the decisions in steps, for a check of a log of any length."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.audit_chain import AuditAnchor, AuditChain, AuditEntry
from ...core.audit_check import (
    ACKNOWLEDGED,
    ADOPTED,
    MADE,
    AuditCheck,
    AuditChecker,
    DecisionReader,
)
from ...core.records import Decision
from .database import raising_unavailable
from .report_store import decision_from_row
from .tables import audit, decisions

_PAGE = 500
"""How many entries or decisions are read at once. The event loop waits for them some milliseconds."""

NEXT_ENTRY = 2**63
"""Stands for the number of an entry that is not written yet, which is larger than all others."""

_ENDS = sa.select(
    sa.select(sa.func.max(audit.c.sequence)).scalar_subquery().label("entries"),
    sa.select(sa.func.max(decisions.c.sequence)).scalar_subquery().label("decisions"),
)
"""One statement sees both at the same moment, and an entry is committed together with its decision."""


class SqlAuditReader:
    """Checks the log once. It may be continued with what was written meanwhile.

    After each page it waits `rest` times as long as the page took, so that a check of a long log leaves the
    processor to others. `progress` is told how much is done, from 0 to 1.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        chain: AuditChain,
        anchors: Iterable[AuditAnchor] = (),
        rest: float = 0,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._engine = engine
        self._chain = chain
        self._anchors = anchors
        self._rest = rest
        self._progress = progress
        self._connection: AsyncConnection | None = None
        self._entries_to = 0
        self._decisions_to = -(2**62)
        self._decisions: DecisionReader
        self._checker: AuditChecker

    async def check(self) -> AuditCheck:
        """Read all decisions and entries; raise `Unavailable`."""
        self._decisions = DecisionReader(await self._digested_by())
        self._checker = AuditChecker(self._chain, self._anchors, self._decisions)
        return await self._read_on()

    async def check_locked(self, connection: AsyncConnection) -> AuditCheck:
        """Check on, within a transaction that has locked the log, so that nothing comes after it."""
        self._connection, self._rest = connection, 0
        try:
            return await self._read_on()
        finally:
            self._connection = None

    def digest_of_entries(self) -> str:
        """Return the digest of all entries that were read."""
        return self._checker.digest

    async def read_decisions_locked(self, connection: AsyncConnection) -> None:
        """Read only the decisions, within a transaction that has locked the log."""
        self._connection, self._decisions = connection, DecisionReader([NEXT_ENTRY])
        await self._read_all_decisions((await self._ends()).decisions or 0)

    def digest_of_decisions(self) -> dict[str, str]:
        """Return details of an entry: the digest of all decisions that were read, and the last of them."""
        return {"decisions": self._decisions.digest(NEXT_ENTRY), "through": str(max(0, self._decisions_to))}

    @property
    def count_of_decisions(self) -> int:
        return self._decisions.count

    async def _read_on(self) -> AuditCheck:
        ends = await self._ends()
        # The decisions come first, for the entries about all of them need their digests.
        await self._read_all_decisions(ends.decisions or 0)
        async for rows in self._pages(audit, self._entries_to, ends.entries or 0):
            await self._read_entries([AuditEntry(**row._mapping) for row in rows])
            self._progress(self._entries_to / ends.entries)
        return self._checker.result()

    async def _ends(self) -> sa.Row[int | None, int | None]:
        async with self._connected() as connection:
            return (await connection.execute(_ENDS)).one()

    async def _read_all_decisions(self, last: int) -> None:
        async for rows in self._pages(decisions, self._decisions_to, last):
            await self._read_decisions(rows)

    async def _read_decisions(self, rows: Sequence[sa.Row[Any]]) -> None:
        page = [one for one in map(_readable, rows) if one]
        made = sa.select(audit.c.subject, audit.c.sequence).where(
            audit.c.action == MADE,
            audit.c.at.in_({one.made_at for one in page}),
            audit.c.subject.in_([one.id for one in page]),
        )
        async with self._connected() as connection:
            entries = {row.subject: row.sequence for row in await connection.execute(made)}
        for one in page:
            self._decisions.add(one, entries.get(one.id))
        self._decisions_to = rows[-1].sequence

    async def _read_entries(self, page: Sequence[AuditEntry]) -> None:
        named = [entry.subject for entry in page if entry.action == MADE]
        stored: dict[str, Decision] = {}
        if named:
            async with self._connected() as connection:
                rows = await connection.execute(sa.select(decisions).where(decisions.c.id.in_(named)))
                stored = {one.id: one for one in map(_readable, rows) if one}
        for entry in page:
            self._checker.follow(entry, stored.get(entry.subject))
        self._entries_to = page[-1].sequence

    async def _digested_by(self) -> list[int]:
        """Return the numbers of the entries that have a digest of decisions, and of the entry to come."""
        found = sa.select(audit.c.sequence).where(audit.c.action.in_([ADOPTED, ACKNOWLEDGED]))
        async with self._connected() as connection:
            return [*await connection.scalars(found), NEXT_ENTRY]

    async def _pages(self, table: sa.Table, after: int, last: int) -> AsyncIterator[Sequence[sa.Row[Any]]]:
        """Yield the rows by their sequence. A page has a connection of its own, for all may take a while."""
        while True:
            began = time.monotonic()
            some = sa.select(table).where(table.c.sequence > after, table.c.sequence <= last)
            async with self._connected() as connection:
                rows = (await connection.execute(some.order_by(table.c.sequence).limit(_PAGE))).all()
            if not rows:
                return
            yield rows
            after = rows[-1].sequence
            await asyncio.sleep(self._rest * (time.monotonic() - began))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        with raising_unavailable():
            if self._connection is not None:
                yield self._connection
            else:
                async with self._engine.connect() as connection:
                    yield connection


def _readable(row: sa.Row[Any]) -> Decision | None:
    """Return the decision, or None if somebody gave it a level that does not exist."""
    try:
        return decision_from_row(row)
    except ValueError:
        return None
