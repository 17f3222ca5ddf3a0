"""The outgoing half of a gateway's stream: one batch, which grows while the gateway does not read."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grpc import StatusCode

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, TicketId
from services.runtime.rpc import HEARTBEAT, HEARTBEAT_TIMEOUT
from services.runtime.watchdog import Watchdog

from ..core.tickets import Pool
from . import proto_mapping

MAX_ENTRIES = 20_000
"""Entries about tickets that may wait for a gateway. Beyond this its stream is closed."""


@dataclass(frozen=True, slots=True)
class StreamClose:
    """Why the matcher ends a stream."""

    status: StatusCode
    reason: str


REPLACED = StreamClose(StatusCode.ABORTED, "a newer stream of this gateway took over")
TOO_SLOW = StreamClose(StatusCode.RESOURCE_EXHAUSTED, "the gateway reads too slowly")
SILENT = StreamClose(StatusCode.UNAVAILABLE, "the gateway says nothing")
LEAVING = StreamClose(StatusCode.UNAVAILABLE, "this replica is leaving")


class GatewayStream:
    """Collects the next batch for a gateway. `flush` lets the writer take it."""

    def __init__(self, gateway: GatewayId, region: str, replica: str) -> None:
        self.gateway = gateway
        self.region = region
        self.watchdog = Watchdog(HEARTBEAT_TIMEOUT)
        self.closed: asyncio.Future[StreamClose] = asyncio.get_running_loop().create_future()
        self.has_news = False
        """Whether something was collected since the last batch."""
        self._batch = wire.MatcherBatch(replica=replica)
        self._entries = 0
        self._pool_sizes: dict[Pool, int] = {}
        self._resized: set[Pool] = set()
        self._advice: dict[Pool, int] = {}
        self._advised: set[Pool] = set()
        self._popular: Sequence[wire.PopularInterest] | None = None
        self._flushed = asyncio.Event()
        self._flushed.set()  # the first batch, which names the replica, goes out at once

    def add_pairing(self, pairing: wire.Pairing) -> None:
        self._batch.pairings.append(pairing)
        self._count_entry()

    def add_stage_change(self, change: wire.StageChange) -> None:
        self._batch.stages.append(change)
        self._count_entry()

    def add_overflow(self, ticket: TicketId) -> None:
        self._batch.overflow.append(ticket)
        self._count_entry()

    def add_superseded(self, superseded: wire.Superseded) -> None:
        self._batch.superseded.append(superseded)
        self._count_entry()

    def set_pool_sizes(self, sizes: Mapping[Pool, int]) -> None:
        """Collect the sizes that the gateway does not know yet."""
        for pool, waiting in sizes.items():
            if self._pool_sizes.get(pool, 0) != waiting:
                self._pool_sizes[pool] = waiting
                self._resized.add(pool)
                self.has_news = True

    def set_lane_advice(self, advice: Mapping[Pool, int]) -> None:
        """Collect the advice that the gateway does not know yet."""
        for pool, lanes in advice.items():
            if self._advice.get(pool, 1 if pool.room else 0) != lanes:
                self._advice[pool] = lanes
                self._advised.add(pool)
                self.has_news = True

    def set_popular(self, popular: Sequence[wire.PopularInterest]) -> None:
        """Collect the whole list. It replaces a list that has not been sent yet."""
        self._popular = popular
        self.has_news = True

    @property
    def is_finished(self) -> bool:
        """Tell whether the stream is closed and nothing is left to write."""
        return self.closed.done() and not self._flushed.is_set()

    def flush(self) -> None:
        """Let the writer take what has been collected."""
        self._flushed.set()

    async def take(self) -> wire.MatcherBatch:
        """Return what has been collected as soon as it is flushed, or else after a heartbeat interval."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                await self._flushed.wait()
        self._flushed.clear()
        self.has_news = False
        batch, self._batch, self._entries = self._batch, wire.MatcherBatch(), 0
        batch.pools.extend(proto_mapping.pool_size(pool, self._pool_sizes[pool]) for pool in self._resized)
        batch.advice.extend(proto_mapping.lane_advice(pool, self._advice[pool]) for pool in self._advised)
        self._resized.clear()
        self._advised.clear()
        self._advice = {pool: lanes for pool, lanes in self._advice.items() if lanes > 1 or not pool.room}
        if self._popular is not None:
            batch.popular_told = True
            batch.popular.extend(self._popular)
            self._popular = None
        return batch

    def close(self, reason: StreamClose) -> None:
        """Ask the handler to end the stream. What is collected from now on is dropped."""
        if not self.closed.done():
            self.closed.set_result(reason)
            self._flushed.set()  # the writer does not wait for a heartbeat

    def _count_entry(self) -> None:
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            self.close(TOO_SLOW)
        if self.closed.done():
            self._batch = wire.MatcherBatch()
        self.has_news = True
