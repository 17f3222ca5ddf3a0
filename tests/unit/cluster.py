"""Gateways and matcher replicas without a network. Messages wait in queues until a test delivers them.

Hubs, matchmakers, waiting rooms and what they say to each other are the real ones; streams are `Link`s.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import cast

from protos import matcher_pb2 as wire
from services.contract.gateway_messages import Accept, GatewayMessage
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId
from services.contract.rate_limit import Rate
from services.matcher.core.stages import Stages
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell import proto_mapping
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.adapters.matcher_client import MatcherClient
from services.signaling.shell.adapters.matcher_stream import Lane, MatcherStream, _offer
from services.signaling.shell.hub import Hub
from services.signaling.shell.stats.popular_interests import PopularInterests

from .signaling.fake_cluster import FakeMembership, FakeStandings, copied, match_messages

SEARCHES = Rate(per_second=0.5, burst=2)


@dataclass
class Item:
    """Waits in a queue. `arrive` delivers it, and the network may lose or delay it if it is `lossy`."""

    arrive: Callable[[], None]
    lossy: bool = False


class QueuedReplica:
    """A matcher replica, which advances whenever a message arrives."""

    def __init__(self, cluster: "QueuedCluster", name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.links: dict[GatewayId, Link] = {}
        self.start()

    def start(self) -> None:
        """Start without any state, also after a crash."""
        self.room = WaitingRoom(Stages())

    def advance(self) -> None:
        now = self.cluster.now
        for _ in range(10):
            advance = self.room.advance(now)
            for pairing in advance.pairings:
                sides = proto_mapping.pairings(pairing, f"match-{next(self.cluster.matches)}")
                for ticket, side in zip((pairing.polite, pairing.other), sides, strict=True):
                    self.links[ticket.gateway].tell(wire.MatcherBatch(pairings=[side]))
            for change in advance.stage_changes:
                batch = wire.MatcherBatch(stages=[proto_mapping.stage_change(change)])
                self.links[change.ticket.gateway].tell(batch)
            if advance.next_at > now:
                return
        raise AssertionError("the waiting room finds no rest")


class Link:
    """The stream between a gateway and a replica: what `MatcherClient` uses of a `MatcherStream`.

    `ready` is what the gateway believes, `alive` the truth.
    """

    def __init__(self, gateway: "QueuedGateway", replica: QueuedReplica) -> None:
        self.gateway = gateway
        self.there = replica
        self.replica = replica.name
        self.ready = self.alive = False
        replica.links[gateway.name] = self

    def offer(self, ticket: SearchTicket, lane: Lane) -> None:
        self._send(lambda: self._offered(ticket, lane))

    def withdraw(self, ticket: TicketId) -> None:
        self._send(lambda: self.there.room.withdraw(self.gateway.name, ticket))

    def tell(self, batch: wire.MatcherBatch) -> None:
        if self.alive:
            self._queue(self.replica, self.gateway.name).append(
                Item(lambda: self.gateway.matchmaker._on_batch(self._as_stream, batch))
            )

    def open(self) -> None:
        """Open a new stream, so that the replica forgets the tickets of the older one."""
        if self.ready:
            self.notice()
        self.there.room.forget(self.gateway.name)
        self.ready = self.alive = True
        self.gateway.matchmaker._on_ready(self._as_stream)

    def cut(self) -> None:
        """Break the stream and lose all messages on it. The gateway may not notice it yet."""
        self.alive = False
        self._queue(self.replica, self.gateway.name).clear()
        self._queue(self.gateway.name, self.replica).clear()

    def notice(self) -> None:
        """Let the gateway notice the end of the stream."""
        self.ready = False
        self.cut()
        self.gateway.matchmaker._on_ready(self._as_stream)

    def _send(self, arrive: Callable[[], object]) -> None:
        def arrived() -> None:
            arrive()
            self.there.advance()

        if self.alive:
            self._queue(self.gateway.name, self.replica).append(Item(arrived))

    def _offered(self, ticket: SearchTicket, lane: Lane) -> None:
        now = self.gateway.cluster.now
        offered = proto_mapping.ticket(_offer(ticket, lane, now), self.gateway.name, now)
        assert abs(offered.since - ticket.since) < 0.002, "a ticket lost its age"
        for superseded in self.there.room.offer([offered], now):
            told = wire.MatcherBatch(superseded=[proto_mapping.superseded(superseded)])
            self.there.links[superseded.ticket.gateway].tell(told)

    def _queue(self, sender: str, receiver: str) -> deque[Item]:
        return self.gateway.cluster.queue(sender, receiver)

    @property
    def _as_stream(self) -> MatcherStream:
        return cast(MatcherStream, self)


class QueuedGateway:
    """A real hub and a real matchmaker. As a `Bus` it puts envelopes into the queues."""

    def __init__(self, cluster: "QueuedCluster", name: str, kind: type[Hub]) -> None:
        self.cluster = cluster
        self.name = GatewayId(name)
        self.matchmaker = MatcherClient(self.name, [], PopularInterests())
        self.membership = FakeMembership()
        self.sought: set[MatchId] = set()
        self.hub = kind(
            self.name,
            self.matchmaker,
            self,
            cluster.standings,
            match_messages(self.name, lambda: cluster.now),
            self.membership,
            lambda: cluster.now,
            searches=SEARCHES,
        )
        self.matchmaker._on_event = self.hub.on_matcher_event
        self._note_accepts()

    def _note_accepts(self) -> None:
        """Record every acceptance, also between two visitors of this gateway, which skip the bus."""
        tell = self.hub._send_to_gateway

        def noting(gateway: GatewayId, message: GatewayMessage) -> None:
            if isinstance(message, Accept):
                self.cluster.accepted.add((message.match, message.to))
            tell(gateway, message)

        self.hub._send_to_gateway = noting  # type: ignore[method-assign]

    def loses(self, gateway: GatewayId) -> None:
        """Take another gateway for lost, because it has been silent for too long."""
        self.membership.dead.add(gateway)
        self.hub.on_gateway_lost(gateway)

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None:
        arrived = copied(message)
        if gateway in self.cluster.gateways:  # else it is dead
            hub = self.cluster.gateways[gateway].hub
            item = Item(lambda: hub.on_message(arrived), lossy=True)
            self.cluster.queue(self.name, gateway).append(item)

    def subscribe_to_match(self, match: MatchId) -> None:
        """Subscribe later, because a subscription takes time to spread. Earlier messages are lost."""
        seekers = self.cluster.seekers.setdefault(match, set())
        item = Item(lambda: seekers.add(self.name) if match in self.sought else None)
        self.sought.add(match)
        self.cluster.queue(self.name, "nats").append(item)

    def unsubscribe_from_match(self, match: MatchId) -> None:
        self.sought.discard(match)
        self.cluster.seekers.setdefault(match, set()).discard(self.name)

    def publish_to_match(self, message: GatewayMessage) -> None:
        for name in self.cluster.seekers.get(message.match, ()):
            if name != self.name and name in self.cluster.gateways:
                hub, arrived = self.cluster.gateways[name].hub, copied(message)
                item = Item(partial(hub.on_match_message, arrived), lossy=True)
                self.cluster.queue(self.name, name).append(item)


class QueuedCluster:
    """All gateways and replicas, and a clock. A queue keeps the order of one sender and one receiver."""

    def __init__(self, gateways: int, replicas: int, kind: type[Hub] = Hub) -> None:
        self.now = 1000.0
        self.matches = count(1)
        self.names = count(gateways)
        self.kind = kind
        self.standings = FakeStandings()
        self.parted: dict[VisitorId, dict[VisitorId, float]] = {}
        """For each visitor, the partners from whom they parted, and when, as their browser knows it."""
        self.seekers: dict[MatchId, set[GatewayId]] = {}
        self.accepted: set[tuple[str, VisitorId]] = set()
        """Accepted matches, each with the visitor to whom that was told."""
        self.epochs: dict[VisitorId, int] = {}
        """The newest connection of each visitor."""
        self.queues: dict[tuple[str, str], deque[Item]] = {}
        names = [f"gateway-{number}" for number in range(gateways)]
        self.gateways = {GatewayId(name): QueuedGateway(self, name, kind) for name in names}
        self.replicas = [QueuedReplica(self, f"replica-{number}") for number in range(replicas)]
        for gateway in self.gateways.values():
            self._link(gateway)

    @property
    def links(self) -> list[Link]:
        return [link for replica in self.replicas for link in replica.links.values()]

    def _link(self, gateway: QueuedGateway) -> None:
        for replica in self.replicas:
            Link(gateway, replica).open()

    def queue(self, sender: str, receiver: str) -> deque[Item]:
        return self.queues.setdefault((sender, receiver), deque())

    def busy(self) -> list[tuple[str, str]]:
        """Return the queues in which messages wait."""
        return [key for key, queue in self.queues.items() if queue]

    def unsafe(self) -> list[tuple[str, str]]:
        """Name the queues whose next message may be lost."""
        return [key for key in self.busy() if self.queues[key][0].lossy]

    def deliver(self, key: tuple[str, str]) -> None:
        self.queues[key].popleft().arrive()

    def lose(self, key: tuple[str, str]) -> None:
        """Lose the next message between gateways, which core NATS delivers at most once."""
        self.queues[key].popleft()

    def kill(self, victim: GatewayId) -> None:
        """Kill a gateway and lose all messages to and from it. Another one takes its place."""
        del self.gateways[victim]
        for replica in self.replicas:
            replica.room.forget(victim)
            replica.links.pop(victim).cut()
        for key in [key for key in self.queues if victim in key]:
            del self.queues[key]
        for listening in self.seekers.values():
            listening.discard(victim)
        for name, gateway in self.gateways.items():
            self.queue("presence", name).append(Item(partial(gateway.loses, victim)))
        name = GatewayId(f"gateway-{next(self.names)}")
        self.gateways[name] = QueuedGateway(self, name, self.kind)
        self._link(self.gateways[name])

    def crash(self, replica: QueuedReplica) -> None:
        replica.start()
        for link in replica.links.values():
            link.cut()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        for gateway in self.gateways.values():
            gateway.hub.tick()
        for replica in self.replicas:
            replica.advance()
