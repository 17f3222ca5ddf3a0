"""A crowd goes on from stranger to stranger while matcher replicas leave, die, hang and come back."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import combinations
from pathlib import Path

import pytest
import pytest_asyncio

from bench.client.connection import ClientConnection
from bench.client.events import ClientEvent
from bench.client.transports import ConnectionClosed
from services.signaling.core.messages import Ended, Find, Matched

from ..timing import scaled, until
from ..visitor import ManualVisitor, visitor
from .cluster import Cluster, Service, running_cluster

CROWD = 24
STAY = 0.5
"""Seconds that a visitor stays with a stranger, so that nobody meets everybody within the test."""


class RovingVisitor:
    """A visitor who goes from match to match, and records the partner and time of each."""

    def __init__(self, visitor: ManualVisitor) -> None:
        self.client = visitor.client
        self._connection = ClientConnection(visitor.client, visitor.transport)
        self.match: str | None = None
        self.met: dict[str, float] = {}
        self.restless = True

    async def live(self) -> None:
        self.client.find(Find("text"))
        raise ConnectionClosed(await self._connection.converse(self._on_event))

    def _on_event(self, event: ClientEvent) -> None:
        match event:
            case Matched():
                assert self.match is None, "in two matches at once"
                self.match = event.match
                self.met[event.match] = time.monotonic()
                asyncio.get_running_loop().call_later(STAY, self._go_on, event.match)
            case Ended():
                assert self.match in (event.match, None), "we may have left at the same moment"
                self.match = None
                if event.reason == "lost":  # the partner's gateway was late, and told nobody of the match
                    self.met.pop(event.match, None)

    def _go_on(self, match: str) -> None:
        if self.match == match and self.restless:
            self.match = None
            self.client.next()
            self.going = asyncio.ensure_future(self._connection.flush())


class RovingVisitors:
    """The visitors of one test."""

    def __init__(self, visitors: list[RovingVisitor]) -> None:
        self.visitors = visitors

    def at_rest(self) -> bool:
        """Tell whether every match was told to both, and nobody waits beside somebody they could meet."""
        sides = Counter(match for roving in self.visitors for match in roving.met)
        present = Counter(roving.match for roving in self.visitors if roving.match is not None)
        alone = [roving for roving in self.visitors if roving.match is None]
        return {*sides.values(), *present.values()} == {2} and all(
            one.met.keys() & other.met.keys() for one, other in combinations(alone, 2)
        )

    async def until_somebody_meets(self, since: float) -> float:
        """Return the seconds from `since` until two meet who both began after it."""
        async with asyncio.timeout(scaled(10)):
            while True:
                new = [at for roving in self.visitors for at in roving.met.values() if at > since]
                if len(new) >= CROWD // 2:
                    return max(sorted(new)[: CROWD // 2]) - since
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    folder: Path = tmp_path_factory.mktemp("replicas")
    async with running_cluster(folder, matchers=2, ZUFALL_LANE_RATE="10") as running:
        yield running


@asynccontextmanager
async def roving_visitors(cluster: Cluster) -> AsyncIterator[RovingVisitors]:
    async with AsyncExitStack() as stack:
        urls = [cluster.urls[number % 2] for number in range(CROWD)]
        visitors = [RovingVisitor(await stack.enter_async_context(visitor(url))) for url in urls]
        living = [asyncio.create_task(roving.live()) for roving in visitors]
        made = RovingVisitors(visitors)
        await made.until_somebody_meets(0)
        try:
            yield made
            for task in living:
                assert not task.done(), task.exception()
        finally:
            for task in living:
                task.cancel()
            await asyncio.gather(*living, return_exceptions=True)


async def die(replica: Service) -> None:
    await replica.kill()


async def leave(replica: Service) -> None:
    await replica.stop()


async def hang(replica: Service) -> None:
    replica.send(signal.SIGSTOP)


async def come_back(replica: Service) -> None:
    if replica.running:
        replica.send(signal.SIGCONT)
    else:
        await replica.start()
    await replica.until_ready()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("end", [die, leave, hang])
async def test_strangers_go_on_meeting(crowded: Cluster, end: Callable[[Service], Awaitable[None]]) -> None:
    await crowded.until_ready()
    async with roving_visitors(crowded) as crowd:
        for replica in crowded.matchers:
            began = time.monotonic()
            await end(replica)
            assert await crowd.until_somebody_meets(began + 0.1) < scaled(3), "half the crowd meets again"
            await come_back(replica)
            await crowd.until_somebody_meets(time.monotonic())
        for roving in crowd.visitors:
            roving.restless = False
        await until(crowd.at_rest)
