"""Watches whether the database can be written, and tells an operator once when this changes."""

import asyncio
import os
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from . import metrics
from .storage.database import INSERT, for_writing, raising_unavailable
from .storage.tables import write_probe
from .storage.write_faults import write_fault

INTERVAL = 10.0
"""Seconds between two tries."""

LARGE = 1024 * 1024
"""The bytes of a try after a fault: about a report with pictures, for which a full disk may have no room."""

_TRIES = 2
"""How many tries must succeed, with no fault between them, until all is well again."""


class DatabaseWrites:
    """Knows of a fault by the statements of the service that fail, and by a small row that it writes.

    A full disk, a read-only file or a lost right does not pass by itself, and reads go on to work. A database
    that does not answer is no such fault: `StandingsPoller` tells of it.
    """

    def __init__(self, engine: AsyncEngine, interval: float = INTERVAL) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._interval = interval
        self._fault = ""
        self._successes = 0
        metrics.DATABASE_WRITABLE.set_function(lambda: not self._fault)

    def problems(self) -> list[str]:
        """Return why reports are refused, or nothing while they can be stored."""
        return [f"the database cannot be written: {self._fault}"] if self._fault else []

    async def run(self) -> None:
        """Watch and try forever."""
        sa.event.listen(self._engine.sync_engine, "handle_error", self._on_error)
        while True:
            await asyncio.sleep(self._interval)
            with suppress(Unavailable):  # `_on_error` or the poller of standings has told of it
                await self.attempt()

    async def attempt(self) -> None:
        """Try to write, as much as a report if something is wrong. Raises `Unavailable`."""
        filling = os.urandom(LARGE) if self._fault else b""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                insert = INSERT[connection.dialect.name](write_probe).values(id=1, filling=filling)
                await connection.execute(
                    insert.on_conflict_do_update(index_elements=["id"], set_={"filling": filling})
                )
        self._successes += 1
        if self._fault and self._successes >= _TRIES:
            logger().info("the database can be written again", after=self._fault)
            self._fault = ""

    def _on_error(self, context: sa.ExceptionContext) -> None:
        fault = write_fault(context.original_exception)
        if not fault:
            return
        self._successes = 0
        if fault != self._fault:
            logger().error(
                "the database cannot be written: reports, bans and logins are refused", reason=fault
            )
            self._fault = fault
