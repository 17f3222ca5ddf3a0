"""The traffic of one replica: from the gateways' streams into the waiting room and back, by one timer."""

import asyncio
from math import inf

from protos import matcher_pb2 as wire
from services.contract.errors import InvalidRequest
from services.contract.ids import UNTRACED, GatewayId, TicketId, TraceContext
from services.runtime.logs import logger
from services.runtime.tracer import Tracer

from ..core.batch_limiter import BatchLimiter
from ..core.interest_counts import InterestCounts
from ..core.lanes import LaneAdvisor
from ..core.tickets import Advance, Pairing, SupersededTicket, Ticket
from ..core.waiting_room import WaitingRoom
from . import proto_mapping
from .gateway_stream import LEAVING, REPLACED, GatewayStream
from .match_ids import match_ids
from .metrics import Metrics

_SHORTEST_TIMER = 0.001
"""Seconds. A clock may count whole milliseconds, and a time is then due for all of one."""


class MatcherService:
    """Feeds offers to the waiting room and sends its results. It runs on one event loop, and by its clock.

    `replica` names this start of the process to the gateways. Pool sizes and lane advice that go out alone
    are at least `pools_every` seconds apart, lists of popular interests `popular_every` seconds.
    """

    def __init__(
        self,
        replica: str,
        room: WaitingRoom,
        limiter: BatchLimiter,
        advisor: LaneAdvisor,
        interests: InterestCounts,
        metrics: Metrics,
        tracer: Tracer,
        pools_every: float = 1.0,
        popular_every: float = 5.0,
    ) -> None:
        self._replica = replica
        self._room = room
        self._limiter = limiter
        self._advisor = advisor
        self._interests = interests
        self._metrics = metrics
        self._pools_every = pools_every
        self._popular_every = popular_every
        self._tracer = tracer
        self._match_ids = match_ids()
        self._streams: dict[GatewayId, GatewayStream] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._room_due = inf
        self._has_news = False
        """Whether something came in, or is to go out, since the last batch."""
        self._pools_told = -inf
        self._pools_changed = False
        self._popular: list[wire.PopularInterest] = []
        self._popular_told = -inf

    # --- what the streams do -----------------------------------------------------------------------

    def open(self, gateway: GatewayId, region: str = "") -> GatewayStream:
        """Return a new stream. An older one of the same gateway ends, and its tickets are forgotten."""
        older = self._streams.get(gateway)
        if older is not None:
            self.close(older)
            older.close(REPLACED)
        stream = self._streams[gateway] = GatewayStream(gateway, region, self._replica)
        if self._popular:
            stream.set_popular(self._popular)
        self._note_change()
        return stream

    def close(self, stream: GatewayStream) -> None:
        """Forget a stream that has ended and its tickets, unless a newer stream has replaced it."""
        if self._streams.get(stream.gateway) is stream:
            del self._streams[stream.gateway]
            self._room.forget(stream.gateway)
            self._note_change()

    def receive(self, stream: GatewayStream, batch: wire.GatewayBatch) -> None:
        """Take offers and withdrawals. A ticket that is in both is withdrawn."""
        if self._streams.get(stream.gateway) is not stream:
            return
        for number in batch.withdrawals:
            self._room.withdraw(stream.gateway, TicketId(number))
        self._offer(stream, batch)
        if batch.offers or batch.withdrawals:  # otherwise it is a heartbeat
            self._note_change()

    def shut_down(self) -> None:
        """Send the last pairs and end every stream, so that gateways offer the rest to other replicas."""
        self._advance(self._loop.time())
        for stream in list(self._streams.values()):
            self.close(stream)
            stream.close(LEAVING)

    # --- from the gateways -------------------------------------------------------------------------

    def _offer(self, stream: GatewayStream, batch: wire.GatewayBatch) -> None:
        now = self._loop.time()
        withdrawn = set(batch.withdrawals)
        offers: list[wire.Offer] = []
        tickets: list[Ticket] = []
        for offer in batch.offers:
            if offer.ticket in withdrawn or (ticket := self._ticket(offer, stream, now)) is None:
                continue
            offers.append(offer)
            tickets.append(ticket)
            (self._metrics.first_offers if offer.attempt <= 1 else self._metrics.later_offers).inc()
            self._advisor.count(ticket.pool, offer.lanes)
        refused = set[TicketId]()
        for superseded in self._room.offer(tickets, now):
            self._tell_superseded(superseded)
            if superseded.ticket.gateway == stream.gateway:
                refused.add(superseded.ticket.number)
        for offer, ticket in zip(offers, tickets, strict=True):
            if ticket.number not in refused:
                self._count_interests(offer, ticket, now)

    def _ticket(self, offer: wire.Offer, stream: GatewayStream, now: float) -> Ticket | None:
        try:
            return proto_mapping.ticket(offer, stream.gateway, now, stream.region)
        except InvalidRequest as error:
            self._metrics.refused.inc()
            logger().warning("offer refused", gateway=stream.gateway, reason=error.message)
            return None

    def _count_interests(self, offer: wire.Offer, ticket: Ticket, now: float) -> None:
        interests, visitor = self._interests, ticket.visitor_key
        if visitor in interests or (offer.spellings and not interests.is_full):
            interests.record(visitor, offer.network, proto_mapping.spellings(offer, ticket), now)

    # --- the timer ---------------------------------------------------------------------------------

    def _note_change(self) -> None:
        self._has_news = self._pools_changed = True
        self._schedule()

    def _schedule(self) -> None:
        """Advance now if that is due, and set the timer for the next time."""
        now = self._loop.time()
        if self._due() <= now:
            self._advance(now)
        due = self._due()
        if self._timer is not None:
            self._timer.cancel()
        after = max(due, now + _SHORTEST_TIMER)
        self._timer = None if due == inf else self._loop.call_at(after, self._schedule)

    def _due(self) -> float:
        batch_due = self._limiter.next_at() if self._has_news else inf
        return min(self._room_due, batch_due, self._pools_due(), self._popular_due())

    def _pools_due(self) -> float:
        told = self._streams and (self._pools_changed or self._advisor.is_spreading)
        return self._pools_told + self._pools_every if told else inf

    def _popular_due(self) -> float:
        if not self._streams:
            return inf
        return max(self._interests.changes_at, self._popular_told + self._popular_every)

    # --- to the gateways ---------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        """Advance the room and collect its results. They go out now, or as soon as the limiter allows."""
        advance = self._room.advance(now)
        self._room_due = advance.next_at
        self._collect(advance)
        self._interests.expire(now)
        periodic = min(self._pools_due(), self._popular_due()) <= now
        if self._popular_due() <= now:
            self._collect_popular(now)
        if self._pools_due() <= now:
            self._collect_pools(now)
        if periodic or self._limiter.next_at() <= now:
            self._send(now)

    def _collect(self, advance: Advance) -> None:
        for pairing in advance.pairings:
            self._propose(pairing)
        self._metrics.pairings.inc(len(advance.pairings))
        self._metrics.pairings_across_regions.inc(sum(map(_is_across_regions, advance.pairings)))
        for ticket in advance.overflow:
            self._streams[ticket.gateway].add_overflow(ticket.number)
        self._metrics.overflows.inc(len(advance.overflow))
        for change in advance.stage_changes:
            stream = self._streams.get(change.ticket.gateway)
            if stream is not None:
                stream.add_stage_change(proto_mapping.stage_change(change))
        self._has_news |= bool(advance.pairings or advance.overflow or advance.stage_changes)

    def _propose(self, pairing: Pairing) -> None:
        traced = pairing.polite.trace or pairing.other.trace
        trace = self._trace(pairing) if traced else UNTRACED
        sides = proto_mapping.pairings(pairing, next(self._match_ids), trace)
        for ticket, side in zip((pairing.polite, pairing.other), sides, strict=True):
            stream = self._streams.get(ticket.gateway)
            if stream is not None:
                stream.add_pairing(side)
            self._metrics.waits.observe(pairing.at - ticket.since)

    def _trace(self, pairing: Pairing) -> TraceContext:
        """Record both waits, and the pairing in the trace of the search that waited longest."""
        waits = [
            self._tracer.record(ticket.trace, "waiting", {}, seconds=pairing.at - ticket.since)
            for ticket in sorted((pairing.polite, pairing.other), key=lambda ticket: ticket.since)
            if ticket.trace
        ]
        return self._tracer.record(waits[0], "pairing", {}, link=waits[1] if len(waits) > 1 else UNTRACED)

    def _tell_superseded(self, superseded: SupersededTicket) -> None:
        self._metrics.superseded.inc()
        stream = self._streams.get(superseded.ticket.gateway)
        if stream is not None:
            stream.add_superseded(proto_mapping.superseded(superseded))

    def _collect_pools(self, now: float) -> None:
        """Collect the sizes of the pools of everybody and the lane advice for every gateway."""
        self._pools_told = now
        self._pools_changed = False
        sizes, advice = self._room.sizes(), self._advisor.advice(now)
        for stream in self._streams.values():
            stream.set_pool_sizes(sizes)
            stream.set_lane_advice(advice)

    def _collect_popular(self, now: float) -> None:
        self._popular_told = now
        popular = [proto_mapping.popular_interest(*counted) for counted in self._interests.top(now)]
        if popular != self._popular:
            self._popular = popular
            for stream in self._streams.values():
                stream.set_popular(popular)

    def _send(self, now: float) -> None:
        """Let each stream with news be written. The sizes of the pools go along."""
        self._has_news = False
        with_news = [stream for stream in self._streams.values() if stream.has_news]
        if with_news:
            self._limiter.record_batch(now)
            sizes = self._room.sizes()
            for stream in with_news:
                stream.set_pool_sizes(sizes)
                stream.flush()


def _is_across_regions(pairing: Pairing) -> bool:
    return pairing.polite.region != pairing.other.region
