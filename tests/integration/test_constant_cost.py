"""An act of a visitor costs as many messages in a large cluster as in a small one.

Hubs have real buses on one nats-server, which counts its messages. Hubs neither tick nor send heartbeats, so
there are no repetitions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from services.contract.ids import GatewayId, random_id
from services.signaling.core.messages import Block, Find, Next, Rewind, Stop
from services.signaling.shell.adapters.nats_bus import NatsBus
from services.signaling.shell.hub import Hub

from ..servers import NatsServer, nats_server
from ..timing import until
from ..unit.signaling.fake_cluster import (
    FakeCluster,
    FakeMatchmaker,
    FakeMembership,
    FakePage,
    FakeStandings,
    match_messages,
)

SMALL, LARGE = 2, 20
QUIET = 0.1
"""After so many seconds without a message no more is under way."""


class NatsCluster(FakeCluster):
    """Gateways on one real nats-server."""

    def __init__(self, server: NatsServer) -> None:
        super().__init__()
        self.server = server
        self.hubs: list[Hub] = []

    async def add(self, stack: AsyncExitStack) -> None:
        gateway = GatewayId(random_id())
        bus, matchmaker = NatsBus(gateway, [self.server.url]), FakeMatchmaker()
        seals = match_messages(gateway, lambda: self.now)
        hub = Hub(gateway, matchmaker, bus, FakeStandings(), seals, FakeMembership(), lambda: self.now)
        self.matchmakers[hub] = matchmaker
        self.hubs.append(hub)
        stack.push_async_callback(bus.stop)
        await bus.start(hub, lambda _: None)

    async def quiet(self) -> int:
        """Wait until no message is under way, and return how many were delivered."""
        before = -1
        while (delivered := await self.server.delivered()) != before:
            before = delivered
            await asyncio.sleep(QUIET)
        return delivered


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


def told(page: FakePage, kind: str) -> Callable[[], bool]:
    """Return whether the page got a frame of this kind, and remove it."""

    def check() -> bool:
        found = [frame for frame in page.frames if frame["type"] == kind]
        page.frames = [frame for frame in page.frames if frame not in found[:1]]
        return bool(found)

    return check


async def lives(of: NatsCluster) -> dict[str, int]:
    """Return the cost of each act of some visitors at the first two gateways."""
    here, there, costs = of.hubs[0], of.hubs[1], Costs(of)

    async def meet(one: FakePage, other: FakePage, what: str) -> dict[FakePage, str]:
        first, second = of.proposals(one, other)

        def propose() -> None:
            of.propose(one, first)
            of.propose(other, second)

        await costs.add(what, propose, lambda: all("matched" in kinds(page) for page in (one, other)))
        return {page: sealed(page) for page in (one, other)}

    newcomers: list[FakePage] = []
    await costs.add("hello", lambda: newcomers.append(of.searching(here)), lambda: newcomers)
    one, other = newcomers[0], of.searching(there)
    passes = await meet(one, other, "meet")
    await costs.add("lose a socket", one.loses_socket, told(other, "partner_away"))
    back: list[FakePage] = []
    content = of.pass_of(one, passes[one])
    await costs.add("resume", lambda: back.append(one.moves(there, content)), told(other, "partner_back"))
    one = back[0]
    content = of.pass_of(one, sealed(one))
    await costs.add("resume back", lambda: back.append(one.moves(here, content)), told(other, "partner_back"))
    one = back[1]
    await costs.add("next", lambda: one.says(Next()), told(other, "ended"))
    match = content.match
    await costs.add("ask for the last one", lambda: other.says(Rewind(match)), told(one, "rewind_offer"))
    await costs.add("go back", lambda: one.says(Rewind(match)), told(other, "matched"))
    await costs.add("block", lambda: one.says(Block(sealed(one))), told(other, "ended"))
    third, fourth = of.searching(here), of.searching(there)
    await meet(third, fourth, "meet again")
    await costs.add("stop", lambda: third.says(Stop()), told(fourth, "ended"))
    third.says(Find("video"))
    await costs.add("dial elsewhere", lambda: back.append(third.moves(there)), lambda: third.closed)
    fourth.says(Find("video"))
    fifth = of.searching(here)
    await meet(fourth, fifth, "meet once more")
    await costs.add("close the page", fifth.leaves, told(fourth, "ended"))
    sixth = of.searching(here)
    await meet(fourth, sixth, "meet for the last time")
    lost = sixth.hub.gateway
    await costs.add("lose a gateway", lambda: there.on_gateway_lost(lost), told(fourth, "partner_away"))
    return costs.counted


def kinds(page: FakePage) -> list[str]:
    return [frame["type"] for frame in page.frames]


def sealed(page: FakePage) -> str:
    """Return the newest pass that the page was given."""
    given = [frame.get("resumed", frame).get("pass", "") for frame in page.frames]
    return str(next(filter(None, reversed(given))))


async def test_acts_of_visitors_cost_the_same_in_a_large_cluster() -> None:
    counted = []
    for gateways in (SMALL, LARGE):
        async with cluster(gateways) as of:
            counted.append(await lives(of))
    small, large = counted
    assert large == small
    assert small["hello"] == 0
    assert all(0 < count <= 6 for what, count in small.items() if what != "hello"), small
