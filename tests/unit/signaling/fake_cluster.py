"""Hubs with fake ports in memory, which act only when a test tells them to."""

import json
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any

from services.contract.errors import CloseCode
from services.contract.gateway_messages import GatewayMessage, pack, unpack
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.memory import MemorySealer
from services.contract.passes import PassContent, PassSealer
from services.contract.rate_limit import UNLIMITED, Rate
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Banned, Find, FromBrowser, Mode, encode
from services.signaling.core.signal_filter import SignalFilter
from services.signaling.core.visitor_history import EMPTY_MEMORY
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.clients import Client, Handshake
from services.signaling.shell.hub import Hub
from services.signaling.shell.ice import IceProvider
from services.signaling.shell.match_messages import MatchMessages
from services.signaling.shell.stats.minute_counters import MinuteCounters

RING = parse_ring(new_key())
PASSES, MEMORIES = PassSealer(RING), MemorySealer(RING)
NOTICE = Banned("nudity", False, "decision", "appeal")


def unscreened() -> SignalFilter:
    return SignalFilter("all", inf, UNLIMITED)


class FakePage:
    """A browser and the `Outbox` to it. It keeps the frames it gets, and its memory."""

    def __init__(
        self,
        hub: Hub,
        visitor: VisitorId,
        resume: PassContent | None = None,
        epoch: int = 1,
        memory: str = "",
        country: str = "",
        network: bytes = b"",
    ) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed: CloseCode | None = None
        self.hub = hub
        self.visitor = visitor
        self.memory = memory
        self.epoch = epoch
        self.network = network
        self.country = country
        self.address_hash = b"hash of " + visitor[:4].encode()
        self.client = self.dials(hub, resume)

    def dials(self, hub: Hub, resume: PassContent | None = None) -> Client:
        """Connect to this gateway with the page's epoch and memory. Raises `StaleEpoch`."""
        match_messages = hub._messages
        remembered = match_messages.open_memory(self.memory, self.visitor) if self.memory else EMPTY_MEMORY
        return hub.connect(
            Handshake(
                self.visitor,
                self.epoch,
                self.address_hash,
                self,
                unscreened(),
                self.country,
                network=self.network,
                memory=remembered,
                resume=resume,
            )
        )

    def moves(self, hub: Hub, resume: PassContent | None = None) -> "FakePage":
        """Return the same page on a newer socket, with its memory."""
        return FakePage(hub, self.visitor, resume, self.epoch + 1, self.memory)

    def send(self, frame: bytes) -> None:
        assert self.closed is None
        message = json.loads(frame)
        self.memory = message.get("memory", self.memory)
        self.frames.append(message)

    def close(self, code: CloseCode) -> None:
        self.closed = code

    def says(self, message: FromBrowser) -> None:
        self.hub.receive(self.client, message, encode(message))

    def leaves(self) -> None:
        """Close the page."""
        self.hub.disconnect(self.client, leaving=True)

    def loses_socket(self) -> None:
        self.hub.disconnect(self.client, leaving=False)

    def take(self) -> list[dict[str, Any]]:
        """Return the frames since the last call."""
        frames, self.frames = self.frames, []
        return frames

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.take()]


class FakeMatchmaker:
    """A `Matchmaker` that keeps the offers it gets."""

    def __init__(self) -> None:
        self.offers: dict[TicketId, tuple[SearchTicket, bool]] = {}
        self.withdrawn: list[TicketId] = []
        self.offered = 0

    def offer(self, ticket: SearchTicket, restricted: bool) -> None:
        assert ticket.id not in self.offers
        self.offers[ticket.id] = (ticket, restricted)
        self.offered += 1

    def withdraw(self, ticket: TicketId) -> None:
        del self.offers[ticket]
        self.withdrawn.append(ticket)

    def waiting(self, mode: Mode, restricted: bool) -> int:
        return sum(
            (ticket.wish.mode, audience) == (mode, restricted) for ticket, audience in self.offers.values()
        )

    def ticket_of(self, visitor: VisitorId) -> TicketId:
        return next(ticket.id for ticket, _ in self.offers.values() if ticket.visitor == visitor)


class FakeStandings:
    """A `Standings` that a test sets."""

    def __init__(self) -> None:
        self.banned: set[VisitorId] = set()
        self.apart: set[VisitorId] = set()

    def ban(self, visitor: VisitorId) -> Banned | None:
        return NOTICE if visitor in self.banned else None

    def restricted(self, visitor: VisitorId) -> bool:
        return visitor in self.apart


class FakeNetwork:
    """Carries messages between several hubs. They wait until `pump`."""

    def __init__(self) -> None:
        self.hubs: dict[GatewayId, Hub] = {}
        self.queue: deque[tuple[GatewayId, GatewayMessage]] = deque()
        self.calls: deque[tuple[GatewayId, GatewayMessage]] = deque()
        self.seekers: dict[MatchId, set[GatewayId]] = {}
        self.cut_off: set[GatewayId] = set()
        """Gateways that can send nothing."""
        self.carried = 0

    def deliver_all(self) -> None:
        """Deliver all messages. Fail if gateways send messages without end."""
        most = self.carried + 1000
        while self.queue or self.calls:
            assert self.carried < most, "gateways send messages without end"
            if self.calls:
                self._call(*self.calls.popleft())
                continue
            gateway, message = self.queue.popleft()
            self.carried += 1
            if gateway in self.hubs:
                self.hubs[gateway].on_message(copied(message))

    def _call(self, caller: GatewayId, message: GatewayMessage) -> None:
        for gateway in sorted(self.seekers.get(message.match, ())):
            if gateway != caller and gateway in self.hubs:
                self.carried += 1
                self.hubs[gateway].on_match_message(copied(message))


def copied(message: GatewayMessage) -> GatewayMessage:
    """Return the message as it arrives after encoding and decoding."""
    ((arrived,), unread) = unpack(pack([message]))
    assert not unread
    return arrived


class FakeBus:
    """The `Bus` of one hub on a network."""

    def __init__(self, network: FakeNetwork, gateway: GatewayId) -> None:
        self.network = network
        self._gateway = gateway

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None:
        if self._gateway not in self.network.cut_off:
            self.network.queue.append((gateway, message))

    def subscribe_to_match(self, match: MatchId) -> None:
        self.network.seekers.setdefault(match, set()).add(self._gateway)

    def unsubscribe_from_match(self, match: MatchId) -> None:
        self.network.seekers[match].discard(self._gateway)

    def publish_to_match(self, message: GatewayMessage) -> None:
        if self._gateway not in self.network.cut_off:
            self.network.calls.append((self._gateway, message))


class FakeMembership:
    """A `ClusterMembership` in which gateways live until a test adds them to `dead`."""

    def __init__(self) -> None:
        self.dead: set[GatewayId] = set()

    def is_suspected(self, gateway: GatewayId) -> bool:
        return gateway in self.dead

    def watch(self, gateway: GatewayId) -> None:
        """Do nothing, for every gateway is watched."""


ICE = IceProvider("all")


def match_messages(gateway: GatewayId, clock: Callable[[], float], ice: IceProvider = ICE) -> MatchMessages:
    return MatchMessages(gateway, PASSES, MEMORIES, MinuteCounters(), True, ice, clock, clock)


class FakeCluster:
    """Gateways on one network, with a clock that a test moves."""

    def __init__(self, searches: Rate = UNLIMITED, ice: IceProvider = ICE) -> None:
        self.now = 1000.0
        self.ice = ice
        self.searches = searches
        self.matchmakers: dict[Hub, FakeMatchmaker] = {}
        self.membership: dict[Hub, FakeMembership] = {}
        self.network = FakeNetwork()
        self.standings = FakeStandings()

    def hub(self, name: str) -> Hub:
        matchmaker, membership = FakeMatchmaker(), FakeMembership()
        gateway = GatewayId(name)
        hub = Hub(
            gateway,
            matchmaker,
            FakeBus(self.network, gateway),
            self.standings,
            match_messages(gateway, lambda: self.now, self.ice),
            membership,
            lambda: self.now,
            searches=self.searches,
        )
        self.membership[hub] = membership
        self.matchmakers[hub] = matchmaker
        self.network.hubs[hub.gateway] = hub
        return hub

    def page(self, hub: Hub) -> FakePage:
        page = FakePage(hub, VisitorId(random_id()))
        assert page.types() == ["welcome"]
        return page

    def searching(self, hub: Hub) -> FakePage:
        page = self.page(hub)
        page.says(Find("video", languages=["de"]))
        page.take()
        return page

    def proposals(self, one: FakePage, other: FakePage) -> tuple[MatchProposal, MatchProposal]:
        match = MatchId(random_id())
        tickets = [self.matchmakers[page.hub].ticket_of(page.visitor) for page in (one, other)]
        return (
            MatchProposal(match, tickets[0], other.visitor, other.hub.gateway, other.epoch, True, ("music",)),
            MatchProposal(match, tickets[1], one.visitor, one.hub.gateway, one.epoch, False, ("music",)),
        )

    def propose(self, page: FakePage, proposal: MatchProposal) -> None:
        """Propose a match to the hub. A paired ticket is offered no more."""
        self.matchmakers[page.hub].offers.pop(proposal.ticket, None)
        page.hub.on_matcher_event(proposal)

    def tick(self, seconds: float, step: float = 0.1) -> None:
        """Move the clock, and deliver all messages."""
        for _ in range(round(seconds / step)):
            self.now += step
            for hub in list(self.network.hubs.values()):
                hub.tick()
            self.network.deliver_all()

    def kill(self, hub: Hub) -> None:
        """Kill the gateway without telling the others."""
        del self.network.hubs[hub.gateway]
        for listening in self.network.seekers.values():
            listening.discard(hub.gateway)

    def notice(self, hub: Hub) -> None:
        """Tell the other gateways that this one is silent."""
        for other in list(self.network.hubs.values()):
            self.membership[other].dead.add(hub.gateway)
            other.on_gateway_lost(hub.gateway)
        self.network.deliver_all()

    def pass_of(self, page: FakePage, sealed: str) -> PassContent:
        """Open a pass."""
        return PASSES.open(sealed, page.visitor, self.now)

    def meet(self, one: FakePage, other: FakePage) -> str:
        """Match the two, and return the match. Neither has read `matched` yet."""
        first, second = self.proposals(one, other)
        self.propose(one, first)
        self.propose(other, second)
        self.network.deliver_all()
        return first.match
