"""Runs hostile peers as processes of their own, so that they do not slow the process that measures."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..integration.cluster import Cluster
from ..timing import scaled


class Hostile:
    """A hostile process that is ready. `go` lets it begin."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def go(self) -> None:
        await self._order()

    async def outcomes(self) -> dict[str, int]:
        """Return how often each outcome has come so far."""
        await self._order()
        assert self.process.stdout is not None
        return dict(json.loads(await self.process.stdout.readline()))

    async def until(self, outcome: str, count: int, seconds: float) -> None:
        """Wait until an outcome has come this many times. Raises `TimeoutError`."""
        async with asyncio.timeout(scaled(seconds)):
            while (await self.outcomes()).get(outcome, 0) < count:  # noqa: ASYNC110 -- another process counts
                await asyncio.sleep(0.05)

    async def _order(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def hostile(cluster: Cluster, module: str, *words: object) -> AsyncIterator[Hostile]:
    """Run `python -m tests.hostile.<module> …`, and end its connections with the context."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", f"tests.hostile.{module}", *map(str, words)),
        env={**os.environ, "ZUFALL_TOKEN_KEYS": cluster.environment["ZUFALL_TOKEN_KEYS"]},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert (await process.stdout.readline()).strip() == b"ready"
        yield Hostile(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(scaled(10)):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
