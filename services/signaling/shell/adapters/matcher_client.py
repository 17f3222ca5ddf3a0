"""The matchmaker on gRPC. It has a stream to each matcher replica and offers tickets to the owners of lanes.

Replicas keep nothing. When one comes or goes, the tickets of the lanes that moved are offered again to the
new owners, with their original age.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from protos import matcher_pb2 as pb
from services.contract import addresses
from services.contract.ids import GatewayId, MatchId, Place, TicketId, TraceContext, VisitorId
from services.contract.lanes import OVERFLOW_AFTER
from services.runtime import logs
from services.runtime.tls import TlsFolder

from ...core.events import StageChanged, TicketSuperseded
from ...core.match_side import MatchProposal
from ...core.messages import Mode
from ...core.wishes import SearchTicket
from .. import metrics
from ..stats.popular_interests import PopularInterests
from .matcher_stream import Lane, MatcherStream, pool_name
from .replica_set import ReplicaSet

RESOLVE_INTERVAL = 2.0
"""Seconds after which the names of replicas are resolved again."""


MatcherEvent: TypeAlias = MatchProposal | StageChanged | TicketSuperseded


@dataclass(slots=True)
class WaitingTicket:
    """A ticket that is to be paired, and the replica and lane that it was offered to."""

    ticket: SearchTicket
    restricted: bool
    replica: MatcherStream | None = None
    lane: int = 0
    pool_size: int = 0
    """How many waited in its pool at the replica when that last told its stage."""


class MatcherClient:
    """A `Matchmaker` on gRPC. `popular` collects the interests that the replicas count most.

    Partners from `region` come first, unless it is empty.
    """

    def __init__(
        self,
        gateway: GatewayId,
        replicas: Sequence[str],
        popular: PopularInterests,
        certificate: TlsFolder | None = None,
        region: str = "",
    ) -> None:
        self._gateway = gateway
        self._region = region
        self._certificate = certificate
        self._names = replicas
        self._addresses: dict[str, list[str]] = {}
        self._streams: dict[str, MatcherStream] = {}
        self._waiting: dict[TicketId, WaitingTicket] = {}
        self._replicas = ReplicaSet(popular)
        self._resolver: asyncio.Task[None] | None = None
        self._on_event: Callable[[MatcherEvent], None] = lambda event: None

    @property
    def ready(self) -> bool:
        return len(self._replicas) > 0

    def start(self, on_event: Callable[[MatcherEvent], None]) -> asyncio.Task[None]:
        """Start the task that finds replicas, and return it. It never ends by itself."""
        self._on_event = on_event
        self._resolver = asyncio.create_task(self._resolve_loop())
        return self._resolver

    async def stop(self) -> None:
        if self._resolver is not None:
            self._resolver.cancel()
        await asyncio.gather(*(stream.stop() for stream in self._streams.values()))

    # --- the port ----------------------------------------------------------------------------------

    def offer(self, ticket: SearchTicket, restricted: bool) -> None:
        waiting = WaitingTicket(ticket, restricted)
        self._waiting[ticket.id] = waiting
        self._place(waiting)

    def withdraw(self, ticket: TicketId) -> None:
        waiting = self._waiting.pop(ticket, None)
        if waiting is not None and waiting.replica is not None:
            waiting.replica.withdraw(ticket)

    def waiting(self, mode: Mode, restricted: bool) -> int:
        return self._replicas.waiting(pool_name(mode, restricted))

    def waiting_in_room(self, ticket: TicketId) -> int:
        waiting = self._waiting.get(ticket)
        return waiting.pool_size if waiting is not None else 0

    # --- where tickets wait ------------------------------------------------------------------------

    def _place(self, waiting: WaitingTicket) -> None:
        """Offer the ticket to the owner of its lane, unless it waits there already."""
        lane = self._lane_of(waiting)
        owners = self._replicas.owners(lane.pool)
        owner = owners[lane.number] if owners else None
        if owner is waiting.replica and lane.number == waiting.lane:
            return
        if waiting.replica not in (None, owner):
            waiting.replica.withdraw(waiting.ticket.id)
        waiting.replica, waiting.lane = owner, lane.number
        if owner is not None:
            owner.offer(waiting.ticket, lane)

    def _lane_of(self, waiting: WaitingTicket) -> Lane:
        """Return the lane of a ticket. A ticket that has waited long belongs in lane 0, where all meet."""
        ticket = waiting.ticket
        pool = _pool(waiting)
        if time.monotonic() - ticket.since >= OVERFLOW_AFTER:
            return Lane(pool, waiting.restricted, number=0, lanes=0)
        lanes = max(1, len(self._replicas.owners(pool)))
        return Lane(pool, waiting.restricted, ticket.id % lanes, lanes)

    def _on_ready(self, stream: MatcherStream) -> None:
        """Move the tickets of lanes that have a new owner, because a stream became ready or ended."""
        if stream.ready:
            self._replicas.add(stream)
        else:
            self._replicas.remove(stream)
        metrics.MATCHERS.set(len(self._replicas))
        for waiting in self._waiting.values():
            if waiting.replica is not None and not waiting.replica.ready:
                waiting.replica = None  # the replica has forgotten the ticket
            self._place(waiting)

    def _on_batch(self, stream: MatcherStream, batch: pb.MatcherBatch) -> None:
        self._replicas.update(stream, batch)
        for number in batch.overflow:
            self._overflowed(stream, TicketId(number))
        for superseded in batch.superseded:
            self._superseded(stream, superseded)
        for pairing in batch.pairings:
            self._forget(stream, TicketId(pairing.ticket))
            self._on_event(_proposed(pairing))
        for change in batch.stages:
            self._on_event(self._stage_changed(change))

    def _stage_changed(self, change: pb.StageChange) -> StageChanged:
        """Drop the hint of a replica that has only some lanes of a pool, for it does not know all tickets."""
        ticket = TicketId(change.ticket)
        waiting = self._waiting.get(ticket)
        spread = waiting is not None and len(self._replicas.owners(_pool(waiting))) > 1
        if waiting is not None:
            waiting.pool_size = change.waiting
        widens_in = change.widens_in_ms / 1000 if change.widens_in_ms else None
        return StageChanged(ticket, change.stage, widens_in, "" if spread else change.hint)

    def _overflowed(self, stream: MatcherStream, ticket: TicketId) -> None:
        waiting = self._waiting.get(ticket)
        if waiting is not None and waiting.replica is stream:
            waiting.replica = None  # the replica has forgotten the ticket
            self._place(waiting)

    def _superseded(self, stream: MatcherStream, superseded: pb.Superseded) -> None:
        """Forget a ticket whose visitor has a newer one, unless that one is no newer than this."""
        ticket, newer = TicketId(superseded.ticket), Place(superseded.epoch, GatewayId(superseded.gateway))
        waiting = self._waiting.get(ticket)
        if waiting is not None and newer > Place(waiting.ticket.epoch, self._gateway):
            self._forget(stream, ticket)
            self._on_event(TicketSuperseded(ticket, newer.epoch, newer.gateway))

    def _forget(self, stream: MatcherStream, ticket: TicketId) -> None:
        """Forget a ticket that the replica has paired or dropped for good."""
        waiting = self._waiting.pop(ticket, None)
        if waiting is not None and waiting.replica not in (None, stream):
            waiting.replica.withdraw(ticket)  # it was moved, but its former replica was quicker

    # --- which replicas there are ------------------------------------------------------------------

    async def _resolve_loop(self) -> None:
        while True:
            await self._resolve()
            await asyncio.sleep(RESOLVE_INTERVAL)

    async def _resolve(self) -> None:
        for name in self._names:
            try:
                self._addresses[name] = await _addresses_of(name)
            except (OSError, UnicodeError) as error:  # other names, and the last addresses of this one, stay
                logs.logger().warning("the name of a matcher does not resolve", name=name, problem=str(error))
        found = {address for known in self._addresses.values() for address in known}
        for address in found - self._streams.keys():
            stream = MatcherStream(
                self._gateway, address, self._on_batch, self._on_ready, self._certificate, self._region
            )
            self._streams[address] = stream
            stream.start()
        for address in self._streams.keys() - found:
            await self._streams.pop(address).stop()


def _pool(waiting: WaitingTicket) -> str:
    return pool_name(waiting.ticket.wish.mode, waiting.restricted, waiting.ticket.wish.room)


async def _addresses_of(name: str) -> list[str]:
    """Resolve `name` to each `host:port`, in one address family, so that each replica counts once."""
    host, port = addresses.split_host_port(name)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    old = [f"{where[0]}:{port}" for family, _, _, _, where in found if family == socket.AF_INET]
    return old or [f"[{where[0]}]:{port}" for _, _, _, _, where in found]


def _proposed(pairing: pb.Pairing) -> MatchProposal:
    return MatchProposal(
        MatchId(pairing.match),
        TicketId(pairing.ticket),
        VisitorId(pairing.partner_visitor),
        GatewayId(pairing.partner_gateway),
        pairing.partner_epoch,
        pairing.polite,
        tuple(pairing.shared_interests),
        TraceContext(pairing.trace),
    )
