"""Gateways' buses under test: in memory and on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import nats

from services.contract import subjects
from services.contract.arrivals import Arrival
from services.contract.envelopes import Envelope, Kind
from services.contract.ids import GatewayId, MatchId, VisitorId
from services.signaling.adapters.nats_bus import NatsBus

from ..servers import NatsServer, nats_server
from .memory_bus import MemoryBroker, MemoryBus
from .waiting import until

HERE, THERE, ELSEWHERE = GatewayId("here"), GatewayId("there"), GatewayId("elsewhere")


def envelope(number: int, body: bytes = b"") -> Envelope:
    return Envelope(VisitorId("visitor"), MatchId(f"match-{number}"), Kind.FRAME, body)


class Gateway:
    """A bus, and what came over it: a `Listener`."""

    def __init__(self, bus: MemoryBus | NatsBus) -> None:
        self.bus = bus
        self.heard: list[Envelope] = []
        self.arrived: list[tuple[GatewayId, Arrival]] = []
        self.parted: list[tuple[int, int]] = []
        self.standings: list[bytes] = []
        self.times_back = 0

    async def start(self) -> None:
        await self.bus.start(self, self.standings.append)

    def on_envelope(self, envelope: Envelope) -> None:
        self.heard.append(envelope)

    def on_arrivals(self, gateway: GatewayId, arrivals: Sequence[Arrival]) -> None:
        self.arrived += [(gateway, arrival) for arrival in arrivals]

    def on_partings(self, partings: Sequence[tuple[int, int]]) -> None:
        self.parted += partings

    def announce_all(self) -> None:
        self.times_back += 1


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


@asynccontextmanager
async def nats_network() -> AsyncIterator[OnNats]:
    async with AsyncExitStack() as stack:
        yield OnNats(await stack.enter_async_context(nats_server()), stack)


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
