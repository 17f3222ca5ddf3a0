"""The outgoing half of one gateway's stream: one batch that grows while the gateway does not read."""

import asyncio
from dataclasses import dataclass

from grpc import StatusCode

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId

from .tickets import Pool

LIMIT = 20_000
"""Pairings and stage changes that may wait for a gateway to read; beyond it its stream is closed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the matcher ends a stream."""

    status: StatusCode
    reason: str


REPLACED = Ending(StatusCode.ABORTED, "a newer stream of this gateway took over")
TOO_SLOW = Ending(StatusCode.RESOURCE_EXHAUSTED, "the gateway reads too slowly")
LEAVING = Ending(StatusCode.UNAVAILABLE, "this replica is leaving")


class GatewayStream:
    """Collects what a gateway is to be told, until its writer takes it."""

    def __init__(self, gateway: GatewayId) -> None:
        self.gateway = gateway
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._batch = wire.MatcherBatch()
        self._told: dict[Pool, int] = {}
        self._filled = asyncio.Event()

    def tell_pairing(self, pairing: wire.Pairing) -> None:
        self._batch.pairings.append(pairing)
        self._grown()

    def tell_stage(self, change: wire.StageChange) -> None:
        self._batch.stages.append(change)
        self._grown()

    def tell_pool(self, pool: Pool, waiting: int) -> None:
        """Does nothing when the gateway knows."""
        if self._told.get(pool, 0) == waiting:
            return
        self._told[pool] = waiting
        self._batch.pools.append(
            wire.PoolSize(
                mode=f"MODE_{pool.mode.name}", audience=f"AUDIENCE_{pool.audience.name}", waiting=waiting
            )
        )
        self._grown()

    @property
    def filled(self) -> bool:
        """Whether something waits to be written."""
        return self._filled.is_set()

    async def take(self) -> wire.MatcherBatch:
        """All that has been collected, as soon as there is something."""
        await self._filled.wait()
        self._filled.clear()
        batch, self._batch = self._batch, wire.MatcherBatch()
        return batch

    def end(self, ending: Ending) -> None:
        """Ask the handler to close the stream; what was not written is dropped."""
        if not self.ended.done():
            self.ended.set_result(ending)
        self._batch = wire.MatcherBatch()

    def _grown(self) -> None:
        if self.ended.done():
            self._batch = wire.MatcherBatch()
        elif len(self._batch.pairings) + len(self._batch.stages) > LIMIT:
            self.end(TOO_SLOW)
        else:
            self._filled.set()
