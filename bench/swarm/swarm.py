"""Runs some hundreds of visitors on one event loop, with one history."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bench.swarm.history import History
from bench.swarm.person import Habits
from bench.swarm.visitor import SwarmContext, SwarmVisitor

ONE_REQUEST = aiohttp.ClientTimeout(total=12)


class Swarm:
    """Made by `swarm`; runs by itself."""

    def __init__(self, history: History, tasks: asyncio.TaskGroup) -> None:
        self.history = history
        self.filings: set[asyncio.Task[None]] = set()
        """Reports that are not answered yet."""
        self._tasks = tasks

    def start_filing(self, filing: Coroutine[Any, Any, None]) -> None:
        task = self._tasks.create_task(filing)
        self.filings.add(task)
        task.add_done_callback(self.filings.discard)

    async def until_filed(self, seconds: float) -> None:
        """Wait until every report is answered, or the time is over."""
        if self.filings:
            await asyncio.wait(self.filings, timeout=seconds)


@asynccontextmanager
async def swarm(
    origins: Sequence[str],
    visitors: int,
    seed: object,
    habits: Habits | None = None,
    history: History | None = None,
) -> AsyncIterator[Swarm]:
    """Visitors who come within a second, and leave together. The history is finished when it ends.

    A visitor who breaks down, which none should, ends it at once: then it raises an `ExceptionGroup`.
    """
    connector = aiohttp.TCPConnector(limit=64, force_close=True)  # a kept connection may be to the dead
    async with (
        aiohttp.ClientSession(connector=connector, timeout=ONE_REQUEST) as http,
        asyncio.TaskGroup() as tasks,
    ):
        running = Swarm(history or History(), tasks)
        context = SwarmContext(list(origins), http, running.history, habits or Habits(), running.start_filing)
        lives = [tasks.create_task(SwarmVisitor(context, n, seed).live()) for n in range(1, visitors + 1)]
        try:
            yield running
        finally:
            running.history.finish()
            for task in (*lives, *running.filings):
                task.cancel()
