"""Gateways and matcher replicas without a network: messages between them lie in queues until delivered.

Hubs, matchmakers, waiting rooms and what they say to each other are the real ones; streams are `Link`s.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, cast

from protos import matcher_pb2 as wire
from services.contract.arrivals import Arrival, Arrivals
from services.contract.arrivals import pack as pack_arrivals
from services.contract.arrivals import unpack as unpack_arrivals
from services.contract.envelopes import Envelope, Kind, pack, unpack
from services.contract.ids import GatewayId, TicketId, VisitorId
from services.matcher import messages
from services.matcher.stages import Stages
from services.matcher.waiting_room import WaitingRoom
from services.runtime.rates import Rate
from services.signaling.adapters.matcher_client import MatcherClient
from services.signaling.adapters.matcher_stream import MatcherStream, Place, _offer
from services.signaling.hub import Hub
from services.signaling.search.wishes import Ticket

from .signaling.gateways import Board, Everybody, introductions

SEARCHES = Rate(per_second=0.5, burst=2)


@dataclass
class Item:
    """What waits in a queue: what happens when it arrives, and whether the network may lose or delay it."""

    arrive: Callable[[], None]
    kind: Kind | None = None


class Replica:
    """A matcher replica, which advances whenever something came in."""

    def __init__(self, cluster: "Cluster", name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.links: dict[GatewayId, Link] = {}
        self.start()

    def start(self) -> None:
        """Also again, after a crash: everything is forgotten."""
        self.room = WaitingRoom(Stages())

    def advance(self) -> None:
        now = self.cluster.now
        for _ in range(10):
            for pairing in self.room.advance(now):
                sides = messages.pairings(pairing, f"match-{next(self.cluster.matches)}")
                for ticket, side in zip((pairing.polite, pairing.other), sides, strict=True):
                    self.links[ticket.gateway].tell(wire.MatcherBatch(pairings=[side]))
            for change in self.room.stage_changes(now):
                batch = wire.MatcherBatch(stages=[messages.stage_change(change)])
                self.links[change.ticket.gateway].tell(batch)
            if not self.room.has_news and self.room.next_due(now) > now:
                return
        raise AssertionError("the waiting room finds no rest")


class Link:
    """The stream between a gateway and a replica: what `MatcherClient` uses of a `MatcherStream`.

    `ready` is what the gateway believes, `alive` the truth.
    """

    def __init__(self, gateway: "Gateway", replica: Replica) -> None:
        self.gateway = gateway
        self.there = replica
        self.replica = replica.name
        self.ready = self.alive = False
        replica.links[gateway.name] = self

    def offer(self, ticket: Ticket, place: Place) -> None:
        self._send(lambda: self._offered(ticket, place))

    def withdraw(self, ticket: TicketId) -> None:
        self._send(lambda: self.there.room.withdraw(self.gateway.name, ticket))

    def tell(self, batch: wire.MatcherBatch) -> None:
        if self.alive:
            self._queue(self.replica, self.gateway.name).append(
                Item(lambda: self.gateway.matchmaker._on_batch(self._as_stream, batch))
            )

    def open(self) -> None:
        """A new stream: the replica forgets what came over an older one."""
        if self.ready:
            self.notice()
        self.there.room.forget(self.gateway.name)
        self.ready = self.alive = True
        self.gateway.matchmaker._on_ready(self._as_stream)

    def cut(self) -> None:
        """What is on its way is lost. Who notices when is another question."""
        self.alive = False
        self._queue(self.replica, self.gateway.name).clear()
        self._queue(self.gateway.name, self.replica).clear()

    def notice(self) -> None:
        """The gateway sees that the stream is at its end."""
        self.ready = False
        self.cut()
        self.gateway.matchmaker._on_ready(self._as_stream)

    def _send(self, arrive: Callable[[], object]) -> None:
        def arrived() -> None:
            arrive()
            self.there.advance()

        if self.alive:
            self._queue(self.gateway.name, self.replica).append(Item(arrived))

    def _offered(self, ticket: Ticket, place: Place) -> None:
        now = self.gateway.cluster.now
        offered = messages.ticket(_offer(ticket, place, now), self.gateway.name, now)
        assert abs(offered.since - ticket.since) < 0.002, "a ticket lost its age"
        self.there.room.offer(offered, now)

    def _queue(self, sender: str, receiver: str) -> deque[Item]:
        return self.gateway.cluster.queue(sender, receiver)

    @property
    def _as_stream(self) -> MatcherStream:
        return cast(MatcherStream, self)


class Gateway:
    """A real hub and a real matchmaker; as a `Bus`, it puts envelopes into the queues."""

    def __init__(self, cluster: "Cluster", name: str, kind: type[Hub]) -> None:
        self.cluster = cluster
        self.name = GatewayId(name)
        self.matchmaker = MatcherClient(self.name, [])
        self.neighbours = Everybody()
        self.hub = kind(
            self.name,
            self.matchmaker,
            self,
            cluster.board,
            introductions(self.name, lambda: cluster.now),
            self.neighbours,
            lambda: cluster.now,
            searches=SEARCHES,
        )
        self.matchmaker._on_event = self.hub.on_matcher

    def loses(self, gateway: GatewayId) -> None:
        """It has been silent for too long."""
        self.neighbours.dead.add(gateway)
        self.hub.on_gateway_lost(gateway)

    def publish(self, gateway: GatewayId, envelope: Envelope) -> None:
        (arrived,) = unpack(pack([envelope]))
        if gateway not in self.cluster.gateways:
            return  # it is dead
        hub = self.cluster.gateways[gateway].hub
        item = Item(lambda: hub.on_envelope(arrived), Kind(envelope.kind))
        self.cluster.queue(self.name, gateway).append(item)

    def tell_parting(self, one: int, other: int) -> None:
        for gateway in self.cluster.gateways.values():
            if gateway is not self:
                gateway.hub.on_partings([(one, other)])

    def announce(self, arrival: Arrival) -> None:
        (told,) = unpack_arrivals(pack_arrivals(Arrivals(self.name, [arrival]))).arrivals
        for name, other in self.cluster.gateways.items():
            if name != self.name:
                item = Item(partial(other.hub.on_arrivals, self.name, [told]))
                self.cluster.queue(self.name, name).append(item)


class Cluster:
    """All of them, and a clock. Queues keep the order between one sender and one receiver, and no other."""

    def __init__(self, gateways: int, replicas: int, kind: type[Hub] = Hub) -> None:
        self.now = 1000.0
        self.matches = count(1)
        self.names = count(gateways)
        self.kind = kind
        self.killed = 0
        self.ages: dict[VisitorId, set[float]] = {}
        """When each visitor began the searches that a lost socket interrupted."""
        self.board = Board()
        self.parted: dict[tuple[GatewayId, VisitorId], dict[VisitorId, float]] = {}
        """What each gateway knows: who parted from whom, and when."""
        self.queues: dict[tuple[str, str], deque[Item]] = {}
        names = [f"gateway-{number}" for number in range(gateways)]
        self.gateways = {GatewayId(name): Gateway(self, name, kind) for name in names}
        self.replicas = [Replica(self, f"replica-{number}") for number in range(replicas)]
        for gateway in self.gateways.values():
            self._link(gateway)

    @property
    def links(self) -> list[Link]:
        return [link for replica in self.replicas for link in replica.links.values()]

    def _link(self, gateway: Gateway) -> None:
        for replica in self.replicas:
            Link(gateway, replica).open()

    def queue(self, sender: str, receiver: str) -> deque[Item]:
        return self.queues.setdefault((sender, receiver), deque())

    def busy(self) -> list[tuple[str, str]]:
        """The queues in which something waits."""
        return [key for key, queue in self.queues.items() if queue]

    def unsafe(self) -> list[tuple[str, str]]:
        """Those in which an envelope is the next to arrive."""
        return [key for key in self.busy() if self.queues[key][0].kind is not None]

    def deliver(self, key: tuple[str, str]) -> None:
        self.queues[key].popleft().arrive()

    def lose(self, key: tuple[str, str]) -> None:
        """Lose an acceptance or a frame; a goodbye, which the bus keeps and repeats, is late instead."""
        item = self.queues[key].popleft()
        if item.kind in (Kind.ENDED, Kind.DECLINE, Kind.RIVAL):
            self.queue(f"{key[0]}, late", key[1]).append(item)

    def kill(self, victim: GatewayId) -> None:
        """A gateway dies with all that is on its way to or from it, and another takes its place."""
        self.killed += 1
        del self.gateways[victim]
        for replica in self.replicas:
            replica.room.forget(victim)
            replica.links.pop(victim).cut()
        for key in [key for key in self.queues if victim in (key[0].removesuffix(", late"), key[1])]:
            del self.queues[key]
        for name, gateway in self.gateways.items():
            self.queue("presence", name).append(Item(partial(gateway.loses, victim)))
        name = GatewayId(f"gateway-{next(self.names)}")
        self.gateways[name] = Gateway(self, name, self.kind)
        self._link(self.gateways[name])

    def searched(self, browser: Any) -> None:
        """A browser loses its socket, perhaps while it searches."""
        self.ages.setdefault(browser.visitor, set()).add(browser.since)

    def crash(self, replica: Replica) -> None:
        replica.start()
        for link in replica.links.values():
            link.cut()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        for gateway in self.gateways.values():
            gateway.hub.tick()
        for replica in self.replicas:
            replica.advance()
