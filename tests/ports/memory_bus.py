"""A bus in memory that passes the port tests of the real one."""

import asyncio
from collections.abc import Callable

from services.contract.gateway_messages import GatewayMessage
from services.contract.ids import GatewayId, MatchId
from services.signaling.shell.adapters.nats_bus import BusListener


class MemoryBroker:
    """Connects the buses of one test."""

    def __init__(self) -> None:
        self.up = True
        self.buses: dict[GatewayId, MemoryBus] = {}


class MemoryBus:
    """A `Bus` in memory, with the methods of the adapter that `__main__` calls."""

    def __init__(self, gateway: GatewayId, broker: MemoryBroker) -> None:
        self._gateway = gateway
        self._broker = broker
        self._subscribed: set[MatchId] = set()
        self.listener: BusListener

    @property
    def connected(self) -> bool:
        return self._broker.up

    async def start(self, listener: BusListener, on_standing: Callable[[bytes], None]) -> None:
        self.listener, self.hear_standing = listener, on_standing
        self._broker.buses[self._gateway] = self
        listener.on_bus_reconnected()

    async def stop(self) -> None:
        self._broker.buses.pop(self._gateway, None)

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None:
        bus = self._broker.buses.get(gateway)
        if bus is not None and self._broker.up:
            asyncio.get_running_loop().call_soon(bus.listener.on_message, message)

    def subscribe_to_match(self, match: MatchId) -> None:
        self._subscribed.add(match)

    def unsubscribe_from_match(self, match: MatchId) -> None:
        self._subscribed.discard(match)

    def publish_to_match(self, message: GatewayMessage) -> None:
        for bus in self._broker.buses.values():
            if self._broker.up:
                asyncio.get_running_loop().call_soon(bus._called, message)

    def _called(self, message: GatewayMessage) -> None:
        if message.match in self._subscribed:
            self.listener.on_match_message(message)
