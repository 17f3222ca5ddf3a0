"""The outgoing half of one gateway's stream: one batch that grows while the gateway does not read."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from grpc import StatusCode

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, TicketId
from services.runtime.rpc import HEARTBEAT, HEARTBEAT_TIMEOUT
from services.runtime.watchdog import Watchdog

from ..core.tickets import Pool
from . import proto_mapping

LIMIT = 20_000
"""Entries about tickets that may wait for a gateway; beyond it its stream is closed."""


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
    """Collects what a gateway is to be told, until its writer takes it."""

    def __init__(self, gateway: GatewayId, replica: str) -> None:
        self.gateway = gateway
        self.watchdog = Watchdog(HEARTBEAT_TIMEOUT)
        self.ended: asyncio.Future[StreamClose] = asyncio.get_running_loop().create_future()
        self._batch = wire.MatcherBatch(replica=replica)
        self._size = 0
        self._sizes: dict[Pool, int] = {}
        self._resized: set[Pool] = set()
        self._advice: dict[Pool, int] = {}
        self._advised: set[Pool] = set()
        self._popular: Sequence[wire.PopularInterest] = ()
        self._popular_told = True
        self._filled = asyncio.Event()
        self._filled.set()

    def tell_pairing(self, pairing: wire.Pairing) -> None:
        self._batch.pairings.append(pairing)
        self._grown()

    def tell_stage(self, change: wire.StageChange) -> None:
        self._batch.stages.append(change)
        self._grown()

    def tell_pool(self, pool: Pool, waiting: int) -> None:
        """Does nothing when the gateway knows."""
        if self._sizes.get(pool, 0) != waiting:
            self._sizes[pool] = waiting
            self._resized.add(pool)
            self._changed()

    def tell_advice(self, pool: Pool, lanes: int) -> None:
        """Does nothing when the gateway knows."""
        if self._advice.get(pool) != lanes:
            self._advice[pool] = lanes
            self._advised.add(pool)
            self._changed()

    def tell_overflow(self, ticket: TicketId) -> None:
        self._batch.overflow.append(ticket)
        self._grown()

    def tell_superseded(self, superseded: wire.Superseded) -> None:
        self._batch.superseded.append(superseded)
        self._grown()

    def tell_popular(self, popular: Sequence[wire.PopularInterest]) -> None:
        """The whole list, in the place of one that has not been told yet."""
        self._popular = popular
        self._popular_told = False
        self._changed()

    @property
    def filled(self) -> bool:
        """Whether something waits to be written."""
        return self._filled.is_set()

    @property
    def finished(self) -> bool:
        """Whether the stream ends and nothing is left to be written."""
        return self.ended.done() and not self._filled.is_set()

    async def take(self) -> wire.MatcherBatch:
        """All that has been collected, as soon as there is something, or after a beat nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                await self._filled.wait()
        self._filled.clear()
        batch, self._batch, self._size = self._batch, wire.MatcherBatch(), 0
        batch.pools.extend(proto_mapping.pool_size(pool, self._sizes[pool]) for pool in self._resized)
        batch.advice.extend(proto_mapping.lane_advice(pool, self._advice[pool]) for pool in self._advised)
        self._resized.clear()
        self._advised.clear()
        if not self._popular_told:
            self._popular_told = batch.popular_told = True
            batch.popular.extend(self._popular)
        return batch

    def end(self, ending: StreamClose) -> None:
        """Ask the handler to close the stream. What comes from now on is dropped."""
        if not self.ended.done():
            self.ended.set_result(ending)
            self._filled.set()  # so that the writer does not wait for a beat

    def _grown(self) -> None:
        self._size += 1
        if self._size > LIMIT:
            self.end(TOO_SLOW)
        self._changed()

    def _changed(self) -> None:
        if self.ended.done():
            self._batch = wire.MatcherBatch()
        else:
            self._filled.set()
