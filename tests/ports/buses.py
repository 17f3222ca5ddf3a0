"""The buses under test: in memory, and on a real nats-server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import nats

from services.contract.gateway_messages import Decline, GatewayMessage, Relay
from services.contract.ids import GatewayId, MatchId, VisitorId
from services.signaling.shell.adapters.nats_bus import NatsBus

from ..in_memory.network import PromptNetwork, QueuedBus
from ..servers import NatsServer, nats_server
from ..timing import until

HERE, THERE, ELSEWHERE = GatewayId("here"), GatewayId("there"), GatewayId("elsewhere")
VISITOR = VisitorId("visitor")


def relay(number: int, frame: bytes = b"") -> Relay:
    """Return a relayed frame of match number `number`."""
    return Relay(VISITOR, MatchId(f"match-{number}"), 7, HERE, frame)


def decline(match: str) -> Decline:
    """Return a message that is not a frame."""
    return Decline(VISITOR, MatchId(match), 7, HERE)


class BusEndpoint:
    """A gateway's end of a bus. It keeps what arrives."""

    def __init__(self, bus: QueuedBus | NatsBus) -> None:
        self.bus = bus
        self.heard: list[GatewayMessage] = []
        self.calls: list[GatewayMessage] = []
        self.standings: list[bytes] = []
        self.times_back = 0
        self.fails_at: GatewayMessage | None = None

    async def start(self) -> None:
        assert isinstance(self.bus, NatsBus)
        await self.bus.start(self, self.standings.append)

    def on_message(self, message: GatewayMessage) -> None:
        if message == self.fails_at:
            raise KeyError(message)
        self.heard.append(message)

    def on_match_message(self, message: GatewayMessage) -> None:
        self.calls.append(message)

    def on_bus_reconnected(self) -> None:
        self.times_back += 1

    @property
    def matches(self) -> list[str]:
        """The matches of the received messages."""
        return [message.match for message in self.heard]

    @property
    def frames(self) -> list[bytes]:
        """The frames of the received messages."""
        return [message.frame for message in self.heard if isinstance(message, Relay)]


class Network(Protocol):
    """Connects the gateways of a test."""

    async def gateway(self, name: GatewayId) -> BusEndpoint: ...
    async def stop(self) -> None: ...
    async def start(self) -> None: ...


class InMemory:
    """A `Network` without a server: that of the cluster in memory."""

    def __init__(self) -> None:
        self._network = PromptNetwork()

    async def gateway(self, name: GatewayId) -> BusEndpoint:
        gateway = self._network.listeners[name] = BusEndpoint(QueuedBus(self._network, name))
        return gateway

    async def stop(self) -> None:
        self._network.cut_off.update(self._network.listeners)

    async def start(self) -> None:
        for gateway in self._network.listeners:
            self._network.reconnect(gateway)
        self._network.deliver_all()


class OnNats:
    """A `Network` with a real server."""

    def __init__(self, server: NatsServer, stack: AsyncExitStack) -> None:
        self.server = server
        self._stack = stack
        self.start, self.stop = server.start, server.stop

    def unstarted(self, name: GatewayId) -> BusEndpoint:
        bus = NatsBus(name, [self.server.url])
        self._stack.push_async_callback(bus.stop)
        return BusEndpoint(bus)

    async def gateway(self, name: GatewayId) -> BusEndpoint:
        gateway = self.unstarted(name)
        await gateway.start()
        return gateway

    async def publish(self, subject: str, payload: bytes) -> None:
        client = await nats.connect(self.server.url)
        await client.publish(subject, payload)
        await client.close()


@asynccontextmanager
async def nats_network() -> AsyncIterator[OnNats]:
    async with AsyncExitStack() as stack:
        yield OnNats(await stack.enter_async_context(nats_server()), stack)


async def settled(sender: BusEndpoint, receiver: BusEndpoint, to: GatewayId) -> None:
    """Wait until messages arrive. Some may be lost right after a start or an outage."""
    probe = decline("probe")

    def arrived() -> bool:
        sender.bus.send(to, probe)
        return probe in receiver.heard

    await until(arrived)
    last = decline("settled")  # messages keep their order, so no probe comes after it
    sender.bus.send(to, last)
    await until(lambda: last in receiver.heard)
    receiver.heard.clear()


async def reached(bus: QueuedBus | NatsBus, listener: BusEndpoint) -> None:
    """Publish to match number 1 until a message has reached `listener`, which has just subscribed."""

    def called() -> bool:
        if not listener.calls:
            bus.publish_to_match(decline("match-1"))
        return bool(listener.calls)

    await until(called)
    bus.publish_to_match(relay(1, b"reached"))  # arrives after the other messages
    await until(lambda: relay(1, b"reached") in listener.calls)


async def pair(network: Network) -> tuple[BusEndpoint, BusEndpoint]:
    one, other = await network.gateway(HERE), await network.gateway(THERE)
    await settled(one, other, THERE)
    return one, other
