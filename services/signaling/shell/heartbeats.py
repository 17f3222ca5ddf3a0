"""Heartbeats: each gateway tells the others every second that it lives, and notices which of them stop."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from services.contract import presence, subjects
from services.contract.decoding import describe
from services.contract.ids import GatewayId
from services.contract.presence import DEAD_AFTER, HEARTBEAT_INTERVAL, Heartbeat, RoomCount
from services.runtime import nats_metrics
from services.runtime.logs import logger

from ..core.wishes import POOL_ROOMS
from .failure_detector import FailureDetector
from .history_exchange import HistoryExchange
from .people_count import PeopleCounts
from .ports import PubSub
from .stats.cluster_stats import ClusterStats, ClusterStatus
from .stats.minute_counters import MinuteCounters


class HeartbeatSource(Protocol):
    """The gateway that the heartbeats speak for. It learns which other gateways come and go."""

    def __len__(self) -> int:
        """Return the number of visitors with a socket here."""

    @property
    def searching(self) -> int:
        """The number of visitors here who wait for a match."""

    def count_people(self) -> PeopleCounts:
        """Count some of the visitors here, and return how many search or talk, by the last count of all."""

    def on_gateway_lost(self, gateway: GatewayId) -> None:
        """Another gateway is silent, or has shut down."""

    def on_gateway_back(self, gateway: GatewayId) -> None:
        """A gateway that was unknown or taken for lost sends heartbeats."""


class Heartbeats:
    """Sends the heartbeats of this gateway, and gives those of all gateways to the statistics.

    `clock` returns monotonic seconds, `wall_clock` Unix seconds.
    """

    def __init__(
        self,
        gateway: GatewayId,
        bus: PubSub,
        counters: MinuteCounters,
        stats: ClusterStats,
        failure_detector: FailureDetector,
        history: HistoryExchange,
        local: HeartbeatSource,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._gateway = gateway
        self._bus = bus
        self._counters = counters
        self._stats = stats
        self._failure_detector = failure_detector
        self._history = history
        self._local = local
        self._clock = clock
        self._wall_clock = wall_clock
        self._number = 0
        self._sent_at = clock()

    def cluster_status(self) -> ClusterStatus:
        """Return what is known of all gateways. It is `complete` only while this gateway hears the others."""
        complete = self._bus.connected and self._history.known
        return self._stats.status(self._clock(), self._wall_clock(), complete)

    async def start(self) -> None:
        """Listen to the other gateways. The bus must have started."""
        await self._bus.subscribe(subjects.PRESENCE, self._on_heartbeat)

    async def run(self) -> None:
        """Send a heartbeat every second, also while NATS is away. This never returns."""
        while True:
            await self._send()
            await asyncio.sleep(HEARTBEAT_INTERVAL)

    async def stop(self) -> None:
        """Send the last heartbeat, so that the others stop counting this gateway's visitors.

        Call this before the bus stops.
        """
        await self._send(leaving=True)

    async def _send(self, leaving: bool = False) -> None:
        now, wall = self._clock(), self._wall_clock()
        online, waiting = len(self._local), self._local.searching
        # A process that was stopped for a long time had no visitors meanwhile.
        self._counters.count_presence(online, min(now - self._sent_at, DEAD_AFTER), wall)
        self._sent_at = now
        self._number += 1
        minutes = self._counters.recent(wall, self._number)
        people = self._local.count_people()
        pools = self._pools_among(people.rooms)
        heartbeat = Heartbeat(
            self._gateway, self._number, online, waiting, minutes, leaving, people.modes, pools
        )
        self._stats.add_heartbeat(heartbeat, now, wall)
        await self._bus.publish(subjects.PRESENCE, presence.pack(heartbeat))

    def _pools_among(self, rooms: Mapping[str, RoomCount]) -> dict[str, RoomCount]:
        """Return the counts of named pools. Other rooms are the business of those who are in them."""
        return {name: rooms[POOL_ROOMS + name] for name in self._stats.pools if POOL_ROOMS + name in rooms}

    def _on_heartbeat(self, payload: bytes, _: str) -> None:
        try:
            heartbeat = presence.unpack_heartbeat(payload)
        except msgspec.DecodeError as error:
            logger().warning("a heartbeat is unreadable", problem=describe(error))
            return
        self._stats.add_heartbeat(heartbeat, self._clock(), self._wall_clock())
        if heartbeat.gateway == self._gateway:
            self._on_own_heartbeat(heartbeat)
        elif not heartbeat.leaving:
            if self._failure_detector.heartbeat(heartbeat.gateway):
                self._local.on_gateway_back(heartbeat.gateway)
        elif self._failure_detector.remove(heartbeat.gateway):
            self._local.on_gateway_lost(heartbeat.gateway)

    def _on_own_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Count a heartbeat of ours that NATS has delivered, for then the silence of others is their own.

        NATS may hang without being away. Heartbeats that arrive late and all at once count as one.
        """
        if heartbeat.number != self._number or heartbeat.leaving:
            return
        nats_metrics.ROUND_TRIP.observe(self._clock() - self._sent_at)
        for gateway in self._failure_detector.tick():
            logger().warning("a gateway is silent", silent=gateway)
            self._local.on_gateway_lost(gateway)
