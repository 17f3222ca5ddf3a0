"""Counts what NATS delivers, from the counters that the server keeps for each connection and subscription."""

import asyncio
from dataclasses import dataclass

import aiohttp
import msgspec

from services.contract.subjects import PRESENCE

_QUIET = 0.02
"""Seconds between two readings that must be equal."""

_EQUAL_READINGS = 3


class _NatsSubscription(msgspec.Struct):
    subject: str
    msgs: int


class _NatsConnection(msgspec.Struct):
    out_msgs: int
    subscriptions: list[_NatsSubscription] = msgspec.field(name="subscriptions_list_detail", default=[])


class _NatsConnections(msgspec.Struct):
    total: int
    connections: list[_NatsConnection]


_decoder = msgspec.json.Decoder(_NatsConnections)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The messages that NATS has delivered to all clients that are connected now."""

    heartbeats: int
    others: int
    """All others, on whatever subject. This is what events of visitors cost."""
    listeners: int
    """The connections that hear heartbeats, which are the gateways."""


class NatsMonitoring:
    """The monitoring address of one nats-server, such as http://127.0.0.1:8222.

    https://docs.nats.io/running-a-nats-service/nats_admin/monitoring#connection-information
    """

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self._http = http
        self._url = f"{address}/connz?subs=detail&limit=4096"

    async def read(self) -> Deliveries:
        """Return the present counts. Raises `aiohttp.ClientError`."""
        async with self._http.get(self._url) as answer:
            listed = _decoder.decode(await answer.read())
        if listed.total > len(listed.connections):
            raise RuntimeError(f"NATS lists only {len(listed.connections)} of {listed.total} connections")
        # The server reads both counters of a connection under one lock, so they fit together.
        heard = [
            [one.msgs for one in each.subscriptions if one.subject == PRESENCE] for each in listed.connections
        ]
        heartbeats = sum(map(sum, heard))
        everything = sum(each.out_msgs for each in listed.connections)
        return Deliveries(heartbeats, everything - heartbeats, sum(map(bool, heard)))

    async def until_quiet(self) -> int:
        """Wait until nothing but heartbeats is delivered for a moment, and return the count of the others."""
        readings = [(await self.read()).others]
        while len(readings) < _EQUAL_READINGS or len({*readings[-_EQUAL_READINGS:]}) > 1:
            await asyncio.sleep(_QUIET)
            readings.append((await self.read()).others)
        return readings[-1]
