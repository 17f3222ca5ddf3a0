"""What the hub relies on when gateways talk, of the bus in memory and of the one on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Protocol

import nats
import pytest

from services.contract import subjects
from services.contract.envelopes import Envelope, Kind, pack
from services.contract.ids import GatewayId, MatchId, VisitorId
from services.signaling.adapters.nats_bus import NatsBus

from ..servers import NatsServer, nats_server
from ..timing import scaled
from .memory_bus import MemoryBroker, MemoryBus
from .waiting import until

HERE, THERE, ELSEWHERE = GatewayId("here"), GatewayId("there"), GatewayId("elsewhere")


def envelope(number: int, body: bytes = b"") -> Envelope:
    return Envelope(VisitorId("visitor"), MatchId(f"match-{number}"), Kind.FRAME, body)


class Gateway:
    """A bus, and what came over it."""

    def __init__(self, bus: MemoryBus | NatsBus) -> None:
        self.bus = bus
        self.heard: list[Envelope] = []
        self.standings: list[bytes] = []

    async def start(self) -> None:
        await self.bus.start(self.heard.append, self.standings.append)


class Network(Protocol):
    """What connects the gateways of a test."""

    async def gateway(self, name: GatewayId) -> Gateway: ...
    async def garbage(self, to: GatewayId, payload: bytes) -> None: ...
    async def announce(self, payload: bytes) -> None: ...
    async def stop(self) -> None: ...
    async def start(self) -> None: ...


class InMemory:
    """A `Network` without a server."""

    def __init__(self) -> None:
        self._broker = MemoryBroker()

    async def gateway(self, name: GatewayId) -> Gateway:
        gateway = Gateway(MemoryBus(name, self._broker))
        await gateway.start()
        return gateway

    async def garbage(self, to: GatewayId, payload: bytes) -> None:
        """There are no payloads in memory."""

    async def announce(self, payload: bytes) -> None:
        for bus in self._broker.buses.values():
            bus.hear_standing(payload)

    async def stop(self) -> None:
        self._broker.up = False

    async def start(self) -> None:
        self._broker.up = True


class OnNats:
    """A `Network` with a real server."""

    def __init__(self, server: NatsServer, stack: AsyncExitStack) -> None:
        self.server = server
        self._stack = stack
        self.start, self.stop = server.start, server.stop

    def unstarted(self, name: GatewayId) -> Gateway:
        gateway = Gateway(NatsBus(name, [self.server.url]))
        self._stack.push_async_callback(gateway.bus.stop)
        return gateway

    async def gateway(self, name: GatewayId) -> Gateway:
        gateway = self.unstarted(name)
        await gateway.start()
        return gateway

    async def publish(self, subject: str, payload: bytes) -> None:
        client = await nats.connect(self.server.url)
        await client.publish(subject, payload)
        await client.close()

    async def garbage(self, to: GatewayId, payload: bytes) -> None:
        await self.publish(subjects.gateway(to), payload)

    async def announce(self, payload: bytes) -> None:
        await self.publish(subjects.STANDING, payload)


@pytest.fixture
async def on_nats() -> AsyncIterator[OnNats]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(nats_server())
        yield OnNats(server, stack)


@pytest.fixture(params=["memory", "nats"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network]:
    if request.param == "memory":
        yield InMemory()
        return
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(nats_server())
        yield OnNats(server, stack)


async def settled(sender: Gateway, receiver: Gateway, to: GatewayId) -> None:
    """Until what is sent now arrives: right after a start or an outage something may be lost."""
    probe = Envelope(VisitorId("probe"), MatchId("probe"), Kind.FRAME)

    def arrived() -> bool:
        sender.bus.publish(to, probe)
        return probe in receiver.heard

    await until(arrived)
    await asyncio.sleep(0.1)  # the probes that are still under way
    receiver.heard.clear()


async def pair(network: Network) -> tuple[Gateway, Gateway]:
    one, other = await network.gateway(HERE), await network.gateway(THERE)
    await settled(one, other, THERE)
    return one, other


async def test_envelopes_arrive_in_order_whatever_the_hurry(network: Network) -> None:
    one, other = await pair(network)
    sent = [envelope(number, b"\0frame\xff") for number in range(500)]
    for number, each in enumerate(sent):
        one.bus.publish(THERE, each)
        if number % 50 == 0:
            await asyncio.sleep(0.002)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent


async def test_only_the_gateway_that_is_meant_hears(network: Network) -> None:
    one, other = await pair(network)
    third = await network.gateway(ELSEWHERE)
    await settled(one, third, ELSEWHERE)
    for number in range(20):
        one.bus.publish(THERE if number % 2 else ELSEWHERE, envelope(number))
    await until(lambda: len(other.heard) + len(third.heard) >= 20)
    assert [each.match for each in other.heard] == [f"match-{number}" for number in range(1, 20, 2)]
    assert [each.match for each in third.heard] == [f"match-{number}" for number in range(0, 20, 2)]
    assert one.heard == []


async def test_to_a_gateway_that_is_not_there_is_to_nobody(network: Network) -> None:
    one, other = await pair(network)
    one.bus.publish(GatewayId("nowhere"), envelope(1))
    one.bus.publish(THERE, envelope(2))
    await until(lambda: other.heard)
    assert other.heard == [envelope(2)]


async def test_however_much_is_sent_at_once_arrives(network: Network) -> None:
    """More than one NATS message may hold, of the largest frames that a browser may send."""
    one, other = await pair(network)
    sent = [envelope(number, bytes([number]) * 32 * 1024) for number in range(100)]
    for each in sent:
        one.bus.publish(THERE, each)
    await until(lambda: len(other.heard) >= len(sent))
    assert other.heard == sent
    assert one.bus.connected


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"garbage",
        pack([envelope(1)])[:-1],
        b"\x91\x94\xa1\xff\xa1m\x03\xa0",
        b"\x91\x94\xa1v\xa1m\x63\xa0",
    ],
)
async def test_garbage_is_ignored_and_what_follows_arrives(network: Network, garbage: bytes) -> None:
    one, other = await pair(network)
    await network.garbage(THERE, garbage)
    one.bus.publish(THERE, envelope(1))
    await until(lambda: other.heard)
    assert other.heard == [envelope(1)]


async def test_every_gateway_hears_of_standings(network: Network) -> None:
    one, other = await pair(network)
    await network.announce(b"somebody was banned")
    await until(lambda: one.standings and other.standings)
    assert one.standings == other.standings == [b"somebody was banned"]


async def test_an_outage_is_survived_and_nothing_of_it_comes_late(network: Network) -> None:
    one, other = await pair(network)
    await network.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    for number in range(100):
        one.bus.publish(THERE, envelope(number, b"stale"))
    await asyncio.sleep(0.1)
    await network.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    fresh = 0

    def arrived() -> bool:
        nonlocal fresh
        fresh += 1
        one.bus.publish(THERE, envelope(fresh, b"fresh"))
        return len(other.heard) >= 10

    await until(arrived)
    assert {each.body for each in other.heard} == {b"fresh"}
    numbers = [int(each.match.partition("-")[2]) for each in other.heard]
    assert numbers == sorted(numbers)


async def test_the_end_of_a_match_is_told_once_nats_is_back(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    await on_nats.stop()
    await until(lambda: not one.bus.connected and not other.bus.connected)
    for kind in (Kind.FRAME, Kind.ENDED, Kind.ACCEPT, Kind.DECLINE):
        one.bus.publish(THERE, Envelope(VisitorId("v"), MatchId("m"), kind, b"next"))
    await asyncio.sleep(0.1)
    await on_nats.start()
    await until(lambda: Kind.DECLINE in [each.kind for each in other.heard])
    assert [each.kind for each in other.heard] == [Kind.ENDED, Kind.DECLINE]


async def test_nats_may_come_after_the_gateway(on_nats: OnNats) -> None:
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    await asyncio.sleep(0.5)
    assert not one.bus.connected
    assert not starting.done(), "it goes on trying"
    await on_nats.start()
    await asyncio.wait_for(starting, scaled(10))
    other = await on_nats.gateway(THERE)
    await settled(other, one, HERE)


async def test_what_was_said_before_nats_ever_came_is_not_kept(on_nats: OnNats) -> None:
    other = await on_nats.gateway(THERE)
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    for number in range(100):
        one.bus.publish(THERE, envelope(number, b"stale"))
    await asyncio.sleep(0.1)
    await on_nats.start()
    await asyncio.wait_for(starting, scaled(10))
    await until(lambda: other.bus.connected)

    def arrived() -> bool:
        one.bus.publish(THERE, envelope(1, b"fresh"))
        return bool(other.heard)

    await until(arrived)
    assert {each.body for each in other.heard} == {b"fresh"}


async def test_an_address_that_is_none_is_said_at_once() -> None:
    bus = NatsBus(HERE, ["nats://[nowhere"])
    with pytest.raises(OSError, match="NATS"):
        await bus.start(lambda _: None, lambda _: None)
    await bus.stop()


async def test_a_gateway_may_stop_before_nats_ever_came(on_nats: OnNats) -> None:
    await on_nats.stop()
    one = on_nats.unstarted(HERE)
    starting = asyncio.create_task(one.start())
    await asyncio.sleep(0.5)
    starting.cancel()
    await asyncio.wait_for(one.bus.stop(), scaled(5))


async def test_a_server_that_hangs_costs_frames_and_not_memory(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    assert isinstance(one.bus, NatsBus)
    with on_nats.server.hanging():
        for number in range(3000):
            one.bus.publish(THERE, envelope(number, b"x" * 30_000))
            if number % 10 == 0:
                await asyncio.sleep(0)
        one.bus.publish(THERE, Envelope(VisitorId("visitor"), MatchId("last"), Kind.ENDED, b"next"))
        assert sum(len(each.body) for queue in one.bus._outgoing.values() for each in queue) < 17 * 2**20
    await until(lambda: other.heard and other.heard[-1].kind is Kind.ENDED)
    assert 100 < len(other.heard) < 3000


async def test_an_outage_in_the_middle_of_a_flood_does_not_end_the_sender(on_nats: OnNats) -> None:
    one, other = await pair(on_nats)
    flooding = True

    async def flood() -> None:
        while flooding:
            for _ in range(10):
                one.bus.publish(THERE, envelope(0, b"x" * 30_000))
            await asyncio.sleep(0)

    task = asyncio.create_task(flood())
    await asyncio.sleep(0.2)
    await on_nats.stop()
    await asyncio.sleep(0.5)
    flooding = False
    await task
    await on_nats.start()
    await until(lambda: one.bus.connected and other.bus.connected)
    await settled(one, other, THERE)
