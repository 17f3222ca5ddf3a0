"""Matcher replicas in memory: real waiting rooms, and the streams between them and the gateways."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import cast

from protos import matcher_pb2 as wire
from services.contract.ids import GatewayId, TicketId
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Pool
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell import proto_mapping
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.adapters.matcher_client import MatcherClient
from services.signaling.shell.adapters.matcher_stream import Lane, MatcherStream, _offer

from .network import QueuedNetwork

Clock = Callable[[], float]


class Replica:
    """A matcher replica, which advances whenever a message arrives."""

    def __init__(self, network: QueuedNetwork, clock: Clock, name: str, matches: "count[int]") -> None:
        self.network = network
        self.clock = clock
        self.name = name
        self.links: dict[GatewayId, Link] = {}
        self._matches = matches
        self._start()

    def _start(self) -> None:
        self.room = WaitingRoom(Stages())

    def crash(self) -> None:
        """Lose all tickets and streams, and start again. The gateways need not notice it yet."""
        self._start()
        for link in self.links.values():
            link.cut()

    def advance(self) -> None:
        now = self.clock()
        for _ in range(10):
            advance = self.room.advance(now)
            for pairing in advance.pairings:
                sides = proto_mapping.pairings(pairing, f"match-{next(self._matches)}")
                for ticket, side in zip((pairing.polite, pairing.other), sides, strict=True):
                    self.links[ticket.gateway].tell(wire.MatcherBatch(pairings=[side]))
            for change in advance.stage_changes:
                batch = wire.MatcherBatch(stages=[proto_mapping.stage_change(change)])
                self.links[change.ticket.gateway].tell(batch)
            if advance.next_at > now:
                sizes = self.room.sizes()
                for link in self.links.values():
                    link.tell_sizes(sizes)
                return
        raise AssertionError("the waiting room finds no rest")


class Link:
    """The stream between a gateway and a replica: what `MatcherClient` uses of a `MatcherStream`.

    `ready` is what the gateway believes, `alive` the truth.
    """

    def __init__(self, gateway: GatewayId, matchmaker: MatcherClient, replica: Replica) -> None:
        self.gateway = gateway
        self.matchmaker = matchmaker
        self.there = replica
        self.replica = replica.name
        self.ready = self.alive = False
        self._sizes: Mapping[Pool, int] = {}
        """The sizes of the pools that the gateway was told last."""
        replica.links[gateway] = self

    def offer(self, ticket: SearchTicket, lane: Lane) -> None:
        self._send(lambda: self._offered(ticket, lane))

    def withdraw(self, ticket: TicketId) -> None:
        self._send(lambda: self.there.room.withdraw(self.gateway, ticket))

    def tell(self, batch: wire.MatcherBatch) -> None:
        if self.alive:
            self.there.network.put(
                self.replica, self.gateway, lambda: self.matchmaker._on_batch(self._as_stream, batch)
            )

    def tell_sizes(self, sizes: Mapping[Pool, int]) -> None:
        if sizes != self._sizes:
            self._sizes = sizes
            self.tell(wire.MatcherBatch(pools=[proto_mapping.pool_size(*size) for size in sizes.items()]))

    def open(self) -> None:
        """Open a new stream, so that the replica forgets the tickets of the older one."""
        if self.ready:
            self.notice()
        self.there.room.forget(self.gateway)
        self.ready = self.alive = True
        self._sizes = {}
        self.matchmaker._on_ready(self._as_stream)

    def cut(self) -> None:
        """Break the stream and lose all messages on it. The gateway may not notice it yet."""
        self.alive = False
        self.there.network.clear((self.replica, self.gateway))
        self.there.network.clear((self.gateway, self.replica))

    def notice(self) -> None:
        """Let the gateway notice the end of the stream."""
        self.ready = False
        self.cut()
        self.matchmaker._on_ready(self._as_stream)

    def end(self) -> None:
        """End the stream, because the gateway is dead."""
        self.there.room.forget(self.gateway)
        del self.there.links[self.gateway]
        self.cut()

    def _send(self, arrive: Callable[[], object]) -> None:
        def arrived() -> None:
            arrive()
            self.there.advance()

        if self.alive:
            self.there.network.put(self.gateway, self.replica, arrived)

    def _offered(self, ticket: SearchTicket, lane: Lane) -> None:
        now = self.there.clock()
        offered = proto_mapping.ticket(_offer(ticket, lane, now), self.gateway, now)
        assert abs(offered.since - ticket.since) < 0.002, "a ticket lost its age"
        for superseded in self.there.room.offer([offered], now):
            told = wire.MatcherBatch(superseded=[proto_mapping.superseded(superseded)])
            self.there.links[superseded.ticket.gateway].tell(told)

    @property
    def _as_stream(self) -> MatcherStream:
        return cast(MatcherStream, self)
