"""A bus in memory that passes the port tests of the real one."""

import asyncio
from collections.abc import Callable

from services.contract.arrivals import Arrival
from services.contract.envelopes import Envelope
from services.contract.ids import GatewayId
from services.signaling.adapters.nats_bus import Listener


class MemoryBroker:
    """What the buses of one test share."""

    def __init__(self) -> None:
        self.up = True
        self.buses: dict[GatewayId, MemoryBus] = {}


class MemoryBus:
    """Implements the port `Bus`, and what the composition root asks of an adapter."""

    def __init__(self, gateway: GatewayId, broker: MemoryBroker) -> None:
        self._gateway = gateway
        self._broker = broker
        self.listener: Listener

    @property
    def connected(self) -> bool:
        return self._broker.up

    async def start(self, listener: Listener, on_standing: Callable[[bytes], None]) -> None:
        self.listener, self.hear_standing = listener, on_standing
        self._broker.buses[self._gateway] = self

    async def stop(self) -> None:
        self._broker.buses.pop(self._gateway, None)

    def publish(self, gateway: GatewayId, envelope: Envelope) -> None:
        bus = self._broker.buses.get(gateway)
        if bus is not None and self._broker.up:
            asyncio.get_running_loop().call_soon(bus.listener.on_envelope, envelope)

    def tell_parting(self, one: int, other: int) -> None:
        for gateway, bus in self._broker.buses.items():
            if gateway != self._gateway and self._broker.up:
                asyncio.get_running_loop().call_soon(bus.listener.on_partings, [(one, other)])

    def announce(self, arrival: Arrival) -> None:
        for gateway, bus in self._broker.buses.items():
            if gateway != self._gateway and self._broker.up:
                loop = asyncio.get_running_loop()
                loop.call_soon(bus.listener.on_arrivals, self._gateway, [arrival])
