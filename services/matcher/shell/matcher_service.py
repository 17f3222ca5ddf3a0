"""Between the gateways' streams and the waiting room: what comes in, when it advances, what goes out."""

import asyncio
from collections.abc import Sequence
from itertools import islice
from math import inf

from protos import matcher_pb2 as wire
from services.contract.errors import InvalidRequest
from services.contract.ids import GatewayId, TicketId
from services.contract.lanes import OVERFLOW_AFTER
from services.runtime.logs import logger

from ..core.batch_limiter import BatchLimiter
from ..core.deadline_queue import DeadlineQueue
from ..core.interest_counts import InterestCounts
from ..core.lanes import LaneAdvisor
from ..core.tickets import Pairing, StageChange, SupersededTicket, Ticket
from ..core.waiting_room import WaitingRoom
from . import proto_mapping
from .gateway_stream import LEAVING, REPLACED, GatewayStream
from .match_ids import match_ids
from .metrics import Metrics

POOLS_EVERY = 1.0
"""Seconds between two batches that hold nothing but pool sizes and advice."""

POPULAR_EVERY = 5.0
"""Seconds between two lists of popular interests at least."""

MOST_OVERFLOWS = 1000
"""Tickets sent on to lane 0 in one advance."""

_TURN = 0.001
"""Seconds between two turns at least. A clock may count whole milliseconds: a time is due for all of one."""


class MatcherService:
    """One replica's traffic. All on one event loop, whose clock is the waiting room's.

    `replica` names this start of the process to the gateways.
    """

    def __init__(
        self,
        replica: str,
        room: WaitingRoom,
        pace: BatchLimiter,
        advisor: LaneAdvisor,
        interests: InterestCounts,
        metrics: Metrics,
    ) -> None:
        self._replica = replica
        self._room = room
        self._pace = pace
        self._advisor = advisor
        self._interests = interests
        self._metrics = metrics
        self._match_ids = match_ids()
        self._streams: dict[GatewayId, GatewayStream] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._side_lanes: DeadlineQueue[Ticket] = DeadlineQueue(
            lambda ticket: room.waits(ticket.gateway, ticket.number)
        )
        self._pools_told = -inf
        self._pools_changed = False
        self._popular: list[wire.PopularInterest] = []
        self._popular_told = -inf

    def open(self, gateway: GatewayId) -> GatewayStream:
        """A new stream. An older one of the same gateway ends, and its tickets are forgotten."""
        older = self._streams.get(gateway)
        if older is not None:
            self.close(older)
            older.end(REPLACED)
        stream = self._streams[gateway] = GatewayStream(gateway, self._replica)
        self._pools_changed = True
        if self._popular:
            stream.tell_popular(self._popular)
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
        """Hand out the last pairs and end every stream, so that the gateways offer the rest to others."""
        self._advance(self._loop.time())
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
        offers = [
            (offer, ticket)
            for offer in batch.offers
            if offer.ticket not in withdrawn and (ticket := self._ticket(offer, stream.gateway, now))
        ]
        self._room.expect([ticket for _, ticket in offers], now)
        for offer, ticket in offers:
            self._offer(offer, ticket, now)
        if batch.offers or batch.withdrawals:  # and not just a beat
            self._pools_changed = True
            self._schedule()

    def _ticket(self, offer: wire.Offer, gateway: GatewayId, now: float) -> Ticket | None:
        try:
            return proto_mapping.ticket(offer, gateway, now)
        except InvalidRequest as error:
            self._metrics.refused.inc()
            logger().warning("offer refused", gateway=gateway, reason=error.message)
            return None

    def _offer(self, offer: wire.Offer, ticket: Ticket, now: float) -> None:
        (self._metrics.first_offers if offer.attempt <= 1 else self._metrics.later_offers).inc()
        self._advisor.count(ticket.pool, offer.lanes)
        superseded = self._room.offer(ticket, now)
        if superseded is not None:
            self._tell_superseded(superseded)
            if superseded.ticket is ticket:
                return
        interests, visitor = self._interests, ticket.visitor_key
        if visitor in interests or (offer.network and not interests.full):
            interests.looks(visitor, offer.network, proto_mapping.spelled(offer, ticket), now)
        if offer.lane and self._room.waits(ticket.gateway, ticket.number):
            self._side_lanes.add(now + OVERFLOW_AFTER, ticket)

    def _schedule(self) -> None:
        """Advance now or set the timer for the next time that there is something to do."""
        now = self._loop.time()
        self._room.go_on(now)
        if self._due(now) <= now:
            self._advance(now)
        # Looks need no batch, so the pace does not hold them back.
        due = min(self._due(now), self._room.goes_on_at)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due == inf else self._loop.call_at(max(due, now + _TURN), self._schedule)

    def _due(self, now: float) -> float:
        """When to advance; infinite when never."""
        wanted = -inf if self._room.has_news else self._room.next_due(now)
        due = min(max(wanted, self._pace.ready_at()), self._side_lanes.next())
        if (self._pools_changed or self._advisor.spreads) and self._streams:
            due = min(due, self._pools_told + POOLS_EVERY)
        return min(due, self._popular_due()) if self._streams else due

    def _popular_due(self) -> float:
        return max(self._interests.changes_at, self._popular_told + POPULAR_EVERY)

    def _advance(self, now: float) -> None:
        pairings = self._room.advance(now)
        self._overflow(now)
        changes = self._room.stage_changes(now)
        if pairings or changes:
            self._pace.spend(now)
        self._propose(pairings)
        self._tell_stages(changes)
        self._tell_pools(now)
        self._tell_popular(now)

    def _overflow(self, now: float) -> None:
        for ticket in islice(self._side_lanes.due(now), MOST_OVERFLOWS):
            self._room.withdraw(ticket.gateway, ticket.number)
            self._metrics.overflows.inc()
            self._streams[ticket.gateway].tell_overflow(ticket.number)

    def _propose(self, pairings: Sequence[Pairing]) -> None:
        for pairing in pairings:
            polite, other = proto_mapping.pairings(pairing, next(self._match_ids))
            self._tell(pairing.polite, polite)
            self._tell(pairing.other, other)
            self._metrics.waits.observe(pairing.at - pairing.polite.since)
            self._metrics.waits.observe(pairing.at - pairing.other.since)
        self._metrics.pairings.inc(len(pairings))

    def _tell(self, ticket: Ticket, pairing: wire.Pairing) -> None:
        stream = self._streams.get(ticket.gateway)
        if stream is not None:
            stream.tell_pairing(pairing)

    def _tell_superseded(self, superseded: SupersededTicket) -> None:
        self._metrics.superseded.inc()
        stream = self._streams.get(superseded.ticket.gateway)
        if stream is not None:
            stream.tell_superseded(proto_mapping.superseded(superseded))

    def _tell_stages(self, changes: Sequence[StageChange]) -> None:
        for change in changes:
            stream = self._streams.get(change.ticket.gateway)
            if stream is not None:
                stream.tell_stage(proto_mapping.stage_change(change))

    def _tell_pools(self, now: float) -> None:
        """The sizes go along with what is sent anyway, and to every gateway once in a while."""
        due = self._pools_changed or self._advisor.spreads
        everybody = due and now >= self._pools_told + POOLS_EVERY
        if everybody:
            self._pools_told = now
            self._pools_changed = False
            self._tell_advice(now)
        sizes = self._room.waiting()
        for stream in self._streams.values():
            if everybody or stream.filled:
                for pool, waiting in sizes.items():
                    stream.tell_pool(pool, waiting)

    def _tell_advice(self, now: float) -> None:
        for pool, lanes in self._advisor.advice(now).items():
            for stream in self._streams.values():
                stream.tell_advice(pool, lanes)

    def _tell_popular(self, now: float) -> None:
        self._interests.forget(now)
        if now < self._popular_due():
            return
        self._popular_told = now
        popular = [proto_mapping.popular_interest(*counted) for counted in self._interests.most(now)]
        if popular != self._popular:
            self._popular = popular
            for stream in self._streams.values():
                stream.tell_popular(popular)
