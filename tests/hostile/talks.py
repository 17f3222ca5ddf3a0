"""Lets honest pairs talk all the time, and measures the round trip of each exchange."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from ..integration.cluster import Cluster
from ..integration.meetings import Way, pair
from ..visitor import ManualVisitor

CANDIDATES = [{"candidate": "candidate:1 1 udp 1 8.8.8.8 1 typ host"}]
WAYS: Sequence[Way] = ((0, 1), (0, 0), (1, 0))

PAUSE = 0.015
"""Seconds between two exchanges of a pair. They make about fifty frames a second, half of the limit."""


async def exchange_lines(speaker: ManualVisitor, hearer: ManualVisitor) -> None:
    """Send a line, and its acknowledgement as a page does."""
    await speaker.chat("hello")
    line = await hearer.hear("chat")
    await hearer.received(line["n"])


async def exchange_typing(speaker: ManualVisitor, hearer: ManualVisitor) -> None:
    await speaker.say_here("typing")
    await hearer.hear("typing")


async def exchange_candidates(speaker: ManualVisitor, hearer: ManualVisitor) -> None:
    await speaker.say_here("candidates", candidates=CANDIDATES)
    await hearer.hear("candidates")


EXCHANGES = (exchange_lines, exchange_typing, exchange_candidates)


class Talks:
    """The pairs. `took` has the seconds of every exchange in the present measurement."""

    def __init__(self) -> None:
        self.took: list[float] = []

    async def during(self, seconds: float) -> list[float]:
        """Return the seconds of the exchanges that end within the given time."""
        self.took = []
        await asyncio.sleep(seconds)
        return list(self.took)

    async def talk(self, one: ManualVisitor, other: ManualVisitor) -> None:
        """Talk until cancelled."""
        while True:
            for exchange in EXCHANGES:
                began = time.perf_counter()
                for speaker, hearer in ((one, other), (other, one)):
                    await exchange(speaker, hearer)
                self._add(time.perf_counter() - began)
                await asyncio.sleep(PAUSE)

    def _add(self, seconds: float) -> None:
        """Add an exchange. A long one kept others from beginning, so they count as well."""
        while seconds > 0:
            self.took.append(seconds)
            seconds -= PAUSE


@asynccontextmanager
async def talking(cluster: Cluster) -> AsyncIterator[Talks]:
    """Let three pairs talk, over one gateway and over two. The end raises a failed exchange."""
    talks = Talks()
    async with AsyncExitStack() as stack:
        # The pairs meet one after the other, because two pairs who search at once would mix.
        pairs = [await stack.enter_async_context(pair(cluster, way)) for way in WAYS]
        tasks = [asyncio.create_task(talks.talk(*each)) for each in pairs]
        try:
            yield talks
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
