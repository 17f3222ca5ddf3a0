"""A matcher behind a real gRPC server on loopback, and the streams of gateways to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import grpc
from grpc import aio
from prometheus_client import CollectorRegistry

from protos import matcher_pb2 as wire
from protos import matcher_pb2_grpc
from services.contract.ids import random_id
from services.matcher.core.batch_limiter import BatchLimiter
from services.matcher.core.interest_counts import InterestCounts
from services.matcher.core.lanes import LaneAdvisor
from services.matcher.core.stages import Stages
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell.matcher_service import MatcherService
from services.matcher.shell.metrics import Metrics
from services.matcher.shell.server import MatcherServer
from services.runtime.rpc import OPTIONS
from services.runtime.tls import TlsFolder
from services.runtime.tracer import NoTracer

from ..timing import scaled

ticket_numbers = count(1)


class MatcherReplica:
    """A matcher on a free port of its own."""

    def __init__(self, stages: Stages, certificate: TlsFolder | None = None) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.room = WaitingRoom(stages)
        counts = InterestCounts(self.room.is_searching)
        self.service = MatcherService(
            "replica",
            self.room,
            BatchLimiter(0.02),
            LaneAdvisor(lane_rate=10),
            counts,
            self.metrics,
            NoTracer(),
        )
        self.server = MatcherServer("127.0.0.1:0", self.service, self.metrics, certificate)
        self.port = 0

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    @property
    def waiting(self) -> int:
        return sum(self.room.waiting().values())


class StreamingGateway:
    """The matcher's view of a gateway: one stream."""

    def __init__(self, channel: aio.Channel, name: str) -> None:
        self.name = name
        self.stream = matcher_pb2_grpc.MatcherStub(channel).Pair()
        self._writing = asyncio.Lock()

    async def send(self, *offers: wire.Offer, withdrawals: tuple[int, ...] = ()) -> None:
        async with self._writing:
            await self.stream.write(
                wire.GatewayBatch(gateway=self.name, offers=offers, withdrawals=withdrawals)
            )

    async def find(self, visitor: str | None = None, **wish: Any) -> wire.Offer:
        wanted: dict[str, Any] = {"mode": wire.MODE_VIDEO, "epoch": 1, "attempt": 1} | wish
        offer = wire.Offer(ticket=next(ticket_numbers), visitor=visitor or random_id(), **wanted)
        await self.send(offer)
        return offer

    async def next(self) -> wire.MatcherBatch:
        batch = await asyncio.wait_for(self.stream.read(), scaled(5))
        assert isinstance(batch, wire.MatcherBatch), await self.stream.code()
        return batch

    async def read(self) -> wire.MatcherBatch:
        """Return the next batch about tickets."""
        while True:
            batch = await self.next()
            if batch.pairings or batch.stages or batch.overflow or batch.superseded:
                return batch

    async def beat(self) -> None:
        """Send heartbeats until cancelled."""
        while True:
            await self.send()
            await asyncio.sleep(0.5)

    async def pairing(self) -> wire.Pairing:
        """Return the next pairing, and skip everything before it."""
        while True:
            for pairing in (await self.read()).pairings:
                return pairing

    async def code(self) -> grpc.StatusCode:
        """Return the stream's status, which comes after all messages before it have been read."""
        try:
            while await asyncio.wait_for(self.stream.read(), scaled(5)) is not aio.EOF:
                pass
        except aio.AioRpcError as error:
            return error.code()
        code: grpc.StatusCode = await self.stream.code()
        return code


Open = Callable[[str], StreamingGateway]


@asynccontextmanager
async def gateways(port: int) -> AsyncIterator[Open]:
    """Open streams to the replica, each on a connection of its own, like separate processes."""
    channels: list[aio.Channel] = []

    def opened(name: str) -> StreamingGateway:
        channel = aio.insecure_channel(
            f"127.0.0.1:{port}", options=[*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
        )
        channels.append(channel)
        return StreamingGateway(channel, name)

    yield opened
    for channel in channels:
        await channel.close()
