"""Between the gateways' streams and the waiting room: what comes in, when it advances, what goes out."""

import asyncio
from collections.abc import Sequence

from protos import matcher_pb2 as wire
from services.contract.errors import InvalidRequest
from services.contract.ids import GatewayId, TicketId
from services.runtime.logs import logger

from . import messages
from .metrics import Metrics
from .pace import Pace
from .streams import LEAVING, REPLACED, GatewayStream
from .tickets import Pairing, StageChange, Ticket
from .waiting_room import WaitingRoom

POOLS_EVERY = 1.0
"""Seconds between two batches that hold nothing but pool sizes."""


class Exchange:
    """One replica's traffic. All on one event loop, whose clock is the waiting room's."""

    def __init__(self, room: WaitingRoom, pace: Pace, metrics: Metrics) -> None:
        self._room = room
        self._pace = pace
        self._metrics = metrics
        self._streams: dict[GatewayId, GatewayStream] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._pools_told = float("-inf")
        self._pools_changed = False

    def open(self, gateway: GatewayId) -> GatewayStream:
        """A new stream. An older one of the same gateway ends, and its tickets are forgotten."""
        older = self._streams.get(gateway)
        if older is not None:
            self.close(older)
            older.end(REPLACED)
        stream = self._streams[gateway] = GatewayStream(gateway)
        self._pools_changed = True
        self._schedule()
        return stream

    def close(self, stream: GatewayStream) -> None:
        """Forget a stream that ended and all its tickets; nothing happens when a newer one took over."""
        if self._streams.get(stream.gateway) is stream:
            del self._streams[stream.gateway]
            self._room.forget(stream.gateway)
            self._pools_changed = True
            self._schedule()

    def leave(self) -> None:
        """End every stream, so that the gateways offer their tickets to other replicas."""
        for stream in list(self._streams.values()):
            self.close(stream)
            stream.end(LEAVING)

    def receive(self, stream: GatewayStream, batch: wire.GatewayBatch) -> None:
        """Take in offers and withdrawals; a ticket that is in both is withdrawn."""
        if self._streams.get(stream.gateway) is not stream:
            return
        for number in batch.withdrawals:
            self._room.withdraw(stream.gateway, TicketId(number))
        withdrawn = set(batch.withdrawals)
        now = self._loop.time()
        for offer in batch.offers:
            if offer.ticket not in withdrawn:
                self._offer(offer, stream.gateway, now)
        self._pools_changed = True
        self._schedule()

    def _offer(self, offer: wire.Offer, gateway: GatewayId, now: float) -> None:
        try:
            ticket = messages.ticket(offer, gateway, now)
        except InvalidRequest as error:
            self._metrics.refused.inc()
            logger().warning("offer refused", gateway=gateway, reason=error.message)
            return
        (self._metrics.first_offers if ticket.attempt == 1 else self._metrics.later_offers).inc()
        self._room.offer(ticket, now)

    def _schedule(self) -> None:
        """Advance now or set the timer for the next time that there is something to do."""
        now = self._loop.time()
        due = self._due(now)
        if due is not None and due <= now:
            self._advance(now)
            due = self._due(now)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._loop.call_at(max(due, now), self._schedule)

    def _due(self, now: float) -> float | None:
        times: list[float] = []
        if self._room.has_news:
            times.append(self._pace.ready_at())
        wanted = self._room.next_due(now)
        if wanted is not None:
            times.append(max(wanted, self._pace.ready_at()))
        if self._pools_changed and self._streams:
            times.append(self._pools_told + POOLS_EVERY)
        return min(times, default=None)

    def _advance(self, now: float) -> None:
        pairings = self._room.advance(now)
        changes = self._room.stage_changes(now)
        if pairings or changes:
            self._pace.spend(now)
        self._propose(pairings)
        self._tell_stages(changes)
        self._tell_pools(now)

    def _propose(self, pairings: Sequence[Pairing]) -> None:
        for pairing in pairings:
            polite, other = messages.pairings(pairing)
            self._tell(pairing.polite, polite)
            self._tell(pairing.other, other)
            self._metrics.waits.observe(pairing.at - pairing.polite.since)
            self._metrics.waits.observe(pairing.at - pairing.other.since)
        self._metrics.pairings.inc(len(pairings))

    def _tell(self, ticket: Ticket, pairing: wire.Pairing) -> None:
        stream = self._streams.get(ticket.gateway)
        if stream is not None:
            stream.tell_pairing(pairing)

    def _tell_stages(self, changes: Sequence[StageChange]) -> None:
        for change in changes:
            stream = self._streams.get(change.ticket.gateway)
            if stream is not None:
                stream.tell_stage(messages.stage_change(change))

    def _tell_pools(self, now: float) -> None:
        """The sizes go along with what is sent anyway, and to every gateway once in a while."""
        everybody = self._pools_changed and now >= self._pools_told + POOLS_EVERY
        if everybody:
            self._pools_told = now
            self._pools_changed = False
        sizes = self._room.waiting()
        for stream in self._streams.values():
            if everybody or stream.filled:
                for pool, waiting in sizes.items():
                    stream.tell_pool(pool, waiting)
