"""Lets the service start when it can use its database, and says until then what it waits for."""

import asyncio
import contextlib

from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ..core.migration_phases import PhaseRefused
from .database_writes import DatabaseWrites
from .standings import StandingsPoller
from .storage.database import raising_unavailable, with_cause
from .storage.schema import SchemaTooNew, SchemaTooOld, prepare
from .storage.write_faults import DAMAGED, NO_DATABASE

_PAUSE = 1.0
"""Seconds between two attempts."""

_IF_BROKEN = (
    ": move it away, with its -wal and -shm if there are any, "
    "and restore a backup with `zufall reports restore`"
)


class DatabaseGate:
    """Waits for a database that starts at the same time, and for migrations that another process runs."""

    def __init__(self, engine: AsyncEngine, poller: StandingsPoller, writes: DatabaseWrites) -> None:
        self._engine = engine
        self._writes = writes
        self._poller = poller
        self._problem = "the standings are not loaded from the database"

    def problems(self) -> list[str]:
        """Return what the start waits for, if it still does, and why the database cannot be written."""
        return [*([self._problem] if self._problem else []), *self._writes.problems()]

    async def wait(self, stop: asyncio.Event) -> bool:
        """Wait until the standings are loaded; returns False when asked to stop first.

        Raises `OSError`, which ends the service with a sentence, when waiting does not help.
        """
        while not stop.is_set():
            problem = await self._attempt()
            if problem and problem != self._problem:
                logger().warning("waiting for the database", reason=problem)
            self._problem = problem
            if not problem:
                return True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await stop.wait()
        return False

    async def _attempt(self) -> str:
        """Write a row and load the standings. Return why that is not possible yet, or an empty text."""
        try:
            with raising_unavailable():
                await prepare(self._engine)
            await self._writes.attempt()
            await self._poller.load()
        except SchemaTooNew as error:
            raise OSError(str(error)) from None
        except (SchemaTooOld, PhaseRefused) as error:
            return str(error)
        except Unavailable as error:
            if self._engine.dialect.name == "sqlite":
                advice = _IF_BROKEN if str(error).endswith((NO_DATABASE, DAMAGED)) else ""
                raise OSError(f"{self._engine.url.database}: {with_cause(error)}{advice}") from None
            return with_cause(error)
        return ""
