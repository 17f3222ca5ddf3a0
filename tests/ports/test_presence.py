"""What gateways know of each other over a real nats-server: starts, ends, kills, garbage and outages."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import nats
import pytest

from services.contract import subjects
from services.contract.ids import GatewayId
from services.contract.presence import GONE_AFTER
from services.signaling.adapters.nats_bus import NatsBus
from services.signaling.adapters.presence import Presence
from services.signaling.figures import Figures
from services.signaling.status import Picture

from ..servers import NatsServer, nats_server
from .waiting import until


class Gateway:
    """A presence, and how many visitors it says there are."""

    def __init__(self, name: str, server: NatsServer) -> None:
        self.online, self.searching = 0, 0
        self.figures = Figures()
        self._bus = NatsBus(GatewayId(name), [server.url])
        self._presence = Presence(
            GatewayId(name), self._bus, self.figures, lambda: (self.online, self.searching)
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def picture(self) -> Picture:
        return self._presence.picture()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._presence.run()), asyncio.create_task(self._start())]

    async def _start(self) -> None:
        await self._bus.start(lambda _: None, lambda _: None)
        await self._presence.start()

    async def stop(self) -> None:
        if self._tasks:
            await self._end()
            await self._presence.stop()
            await self._bus.stop()

    async def kill(self) -> None:
        """No goodbye."""
        await self._end()
        await self._bus.stop()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def meet(self, sides: int = 2, waited: float = 0.1) -> None:
        for _ in range(sides):
            self.figures.met(waited, repeat=False, wall=time.time())

    def matches(self) -> int:
        return sum(minute.matches for minute in self.picture.hour)


Start = Callable[[str], Gateway]


@pytest.fixture
async def server() -> AsyncIterator[NatsServer]:
    async with nats_server() as running:
        yield running


@pytest.fixture
async def start(server: NatsServer) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        def started(name: str) -> Gateway:
            gateway = Gateway(name, server)
            gateway.start()
            stack.push_async_callback(gateway.stop)
            return gateway

        yield started


async def test_each_knows_of_all(start: Start) -> None:
    one, other = start("one"), start("other")
    one.online, one.searching, other.online = 3, 1, 4
    one.meet(2, 0.1)
    other.meet(6, 0.1)
    for gateway in (one, other):
        await until(lambda gateway=gateway: gateway.picture.complete and gateway.matches() == 4)
        await until(lambda gateway=gateway: gateway.picture.online == 7)
    assert one.picture == other.picture
    assert (one.picture.waiting, one.picture.gateways) == (1, 2)
    assert one.picture.wait.p50 == pytest.approx(0.1, rel=0.125)


async def test_one_alone_is_complete(start: Start) -> None:
    one = start("one")
    one.online = 1
    await until(lambda: one.picture.complete)
    assert (one.picture.online, one.picture.gateways) == (1, 1)


async def test_a_newcomer_is_told_the_hour_even_of_those_who_are_gone(start: Start) -> None:
    gone, old = start("gone"), start("old")
    gone.meet(6)
    old.meet(4)
    await until(lambda: old.matches() == 5 and old.picture.complete)
    await gone.stop()
    new = start("new")
    await until(lambda: new.picture.complete)
    assert new.matches() == 5
    await until(lambda: old.picture.gateways == 2)
    await old.stop()
    newest = start("newest")
    await until(lambda: newest.picture.complete)
    assert newest.matches() == 5


async def test_who_leaves_in_good_order_is_gone_at_once_and_who_is_killed_after_a_while(start: Start) -> None:
    one, leaving, killed = start("one"), start("leaving"), start("killed")
    one.online, leaving.online, killed.online = 1, 10, 100
    await until(lambda: one.picture.online == 111)
    await leaving.stop()
    await until(lambda: one.picture.online == 101, 1)
    await killed.kill()
    assert one.picture.online == 101
    await until(lambda: one.picture.online == 1, GONE_AFTER + 0.5)


async def test_garbage_is_passed_over(start: Start, server: NatsServer) -> None:
    one, other = start("one"), start("other")
    stranger = await nats.connect(server.url)
    for garbage in (b"", b"garbage", b"\x96\xa1x\x01\x01\x01\x90\xc2"[:-2], b"\xff" * 1000):
        await stranger.publish(subjects.PRESENCE, garbage)
        await stranger.publish(subjects.STATUS_HISTORY, garbage)
    await stranger.close()
    one.online, other.online = 1, 2
    await until(lambda: one.picture.online == other.picture.online == 3)


async def test_an_outage_is_admitted_and_what_was_counted_in_it_comes_after(
    start: Start, server: NatsServer
) -> None:
    one, other = start("one"), start("other")
    one.online = 1
    await until(lambda: one.picture.complete and other.picture.complete and one.picture.gateways == 2)
    await server.stop()
    await until(lambda: not one.picture.complete and not other.picture.complete)
    other.meet(4)
    await until(lambda: one.picture.gateways == 1, GONE_AFTER + 2)
    assert (one.picture.online, one.matches()) == (1, 0)
    await server.start()
    await until(lambda: one.picture.complete and one.matches() == 2)
    assert one.picture.gateways == 2


async def test_nats_may_come_late(start: Start, server: NatsServer) -> None:
    await server.stop()
    one = start("one")
    one.online = 5
    await until(lambda: one.picture.online == 5)
    assert not one.picture.complete
    await server.start()
    await until(lambda: one.picture.complete)
