"""An act of a visitor costs as many messages in a large cluster as in a small one.

Hubs have real buses on one nats-server, which counts its messages. Hubs neither tick nor send heartbeats, so
there are no repetitions.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from services.contract.ids import GatewayId, random_id
from services.signaling.core.messages import Block, Next, Rewind, Stop
from services.signaling.shell.adapters.nats_bus import NatsBus

from ..in_memory.cluster import InMemoryCluster
from ..in_memory.page import Page
from ..servers import NatsServer, nats_server
from ..timing import until

SMALL, LARGE = 2, 20
QUIET = 0.1
"""Seconds without a message after which no more is under way."""


class NatsCluster(InMemoryCluster):
    """Gateways on one real nats-server."""

    def __init__(self, server: NatsServer) -> None:
        super().__init__()
        self.server = server
        self.buses: list[NatsBus] = []

    async def add(self, stack: AsyncExitStack) -> None:
        gateway = GatewayId(random_id())
        bus = NatsBus(gateway, [self.server.url])
        self.buses.append(bus)
        stack.push_async_callback(bus.stop)
        await bus.start(self.hub(gateway, bus), lambda _: None)

    async def quiet(self) -> int:
        """Wait until no message is under way, and return how many were delivered."""
        readings = [-1, await self.server.delivered()]
        while len({*readings[-3:]}) > 1:
            await asyncio.sleep(QUIET)
            for bus in self.buses:  # what the server has sent to it is read after that
                await bus._client.flush()
            readings.append(await self.server.delivered())
        return readings[-1]


@asynccontextmanager
async def cluster(gateways: int) -> AsyncIterator[NatsCluster]:
    async with nats_server() as server, AsyncExitStack() as stack:
        made = NatsCluster(server)
        for _ in range(gateways):
            await made.add(stack)
        made.now += 2  # what was to be heard first after NATS came is heard
        yield made


class Costs:
    """Counts the messages that each act of visitors causes."""

    def __init__(self, of: NatsCluster) -> None:
        self._of = of
        self.counted: dict[str, int] = {}

    async def add(self, what: str, act: Callable[[], object], seen: Callable[[], object]) -> None:
        """Perform an act, and wait until it is `seen` and no message is under way."""
        before = await self._of.quiet()
        act()
        await until(seen)
        self.counted[what] = await self._of.quiet() - before


def told(page: Page, kind: str) -> Callable[[], bool]:
    """Return whether the page got a frame of this kind, and remove it."""

    def check() -> bool:
        found = kind in kinds(page)
        if found:
            del page.frames[kinds(page).index(kind)]
        return found

    return check


async def lives(of: NatsCluster) -> dict[str, int]:
    """Return the cost of each act of some visitors at the first two gateways."""
    (here, there, *_), costs = of.hubs.values(), Costs(of)

    async def meet(one: Page, other: Page, what: str) -> None:
        first, second = of.proposals(one, other)

        def propose() -> None:
            of.propose(one, first)
            of.propose(other, second)

        await costs.add(what, propose, lambda: all("matched" in kinds(page) for page in (one, other)))

    newcomers: list[Page] = []
    await costs.add("hello", lambda: newcomers.append(of.searching(here)), lambda: newcomers)
    one, other = newcomers[0], of.searching(there)
    await meet(one, other, "meet")
    await costs.add("lose a socket", one.loses_socket, told(other, "partner_away"))
    back: list[Page] = []
    await costs.add("resume", lambda: back.append(one.moves(there, resume=True)), told(other, "partner_back"))
    one = back[0]
    await costs.add(
        "resume back", lambda: back.append(one.moves(here, resume=True)), told(other, "partner_back")
    )
    one = back[1]
    await costs.add("next", lambda: one.says(Next()), told(other, "ended"))
    match = of.pass_of(one).match
    await costs.add("ask for the last one", lambda: other.says(Rewind(match)), told(one, "rewind_offer"))
    await costs.add("go back", lambda: one.says(Rewind(match)), told(other, "matched"))
    await costs.add("block", lambda: one.says(Block(one.sealed_pass)), told(other, "ended"))
    third, fourth = of.searching(here), of.searching(there)
    await meet(third, fourth, "meet again")
    await costs.add("stop", lambda: third.says(Stop()), told(fourth, "ended"))
    third.loses_socket()
    await costs.add("come back elsewhere", lambda: back.append(third.moves(there)), lambda: back[2:])
    third = back[2]
    third.find()
    await costs.add("dial elsewhere", lambda: back.append(third.moves(here)), lambda: third.closed)
    fourth.find()
    fifth = of.searching(here)
    await meet(fourth, fifth, "meet once more")
    await costs.add("close the page", fifth.leaves, told(fourth, "ended"))
    sixth = of.searching(here)
    await meet(fourth, sixth, "meet for the last time")
    lost = sixth.hub.gateway
    await costs.add("lose a gateway", lambda: there.on_gateway_lost(lost), told(fourth, "partner_away"))
    return costs.counted


def kinds(page: Page) -> list[str]:
    return [json.loads(frame)["type"] for frame in page.frames]


async def test_acts_of_visitors_cost_the_same_in_a_large_cluster() -> None:
    counted = []
    for gateways in (SMALL, LARGE):
        async with cluster(gateways) as of:
            counted.append(await lives(of))
    small, large = counted
    assert large == small
    assert small["hello"] == 0
    assert small["come back elsewhere"] == small["dial elsewhere"] == 2, "a takeover and its answer"
    assert all(0 < count <= 6 for what, count in small.items() if what != "hello"), small
