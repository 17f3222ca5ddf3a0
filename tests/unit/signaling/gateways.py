"""Hubs whose ports are in memory and do nothing until they are told to."""

import json
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any

from services.contract.arrivals import Arrival
from services.contract.envelopes import Envelope
from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.passes import PassContent, PassSealer
from services.runtime.rates import UNLIMITED, Rate
from services.signaling.figures.figures import Figures
from services.signaling.figures.interests import NOT_COUNTED, Interests
from services.signaling.hub import Hub
from services.signaling.match.encounters import Proposed
from services.signaling.match.introductions import Introductions
from services.signaling.match.screen import Screen
from services.signaling.messages import Banned, Find, FromBrowser, Ice, Mode, encode
from services.signaling.search.wishes import Ticket

PASSES = PassSealer(parse_ring(new_key()))
NOTICE = Banned("nudity", False, "decision", "appeal")


def unscreened() -> Screen:
    return Screen("all", inf, UNLIMITED)


class Page:
    """A browser, and the `Outbox` to it, that remembers what it was sent."""

    def __init__(
        self,
        hub: Hub,
        visitor: VisitorId,
        resume: PassContent | None = None,
        opened: float | None = None,
    ) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed: CloseCode | None = None
        self.hub = hub
        self.visitor = visitor
        self.unanswered: list[bytes] = []
        """Pings that the browser has not answered yet."""
        self.address_hash = b"hash of " + visitor[:4].encode()
        self.client = hub.connect(
            visitor,
            self.address_hash,
            "",
            self,
            unscreened(),
            resume,
            opened,
            subscriber=b"of " + self.address_hash,
        )

    def ask(self, mark: bytes) -> None:
        assert self.closed is None
        self.unanswered.append(mark)

    def answers(self) -> None:
        """The browser has received everything."""
        marks, self.unanswered = self.unanswered, []
        for mark in marks:
            self.hub.answered(self.client, mark)

    def send(self, frame: bytes) -> None:
        assert self.closed is None
        self.frames.append(json.loads(frame))

    def close(self, code: CloseCode) -> None:
        self.closed = code

    def says(self, message: FromBrowser) -> None:
        self.hub.receive(self.client, message, encode(message))  # type: ignore[arg-type]

    def leaves(self) -> None:
        """Closes the page."""
        self.hub.disconnect(self.client, leaving=True)

    def loses_socket(self) -> None:
        self.hub.disconnect(self.client, leaving=False)

    def take(self) -> list[dict[str, Any]]:
        """What came since the last call."""
        frames, self.frames = self.frames, []
        return frames

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.take()]


class Desk:
    """A `Matchmaker` that notes what it is told."""

    def __init__(self) -> None:
        self.offers: dict[TicketId, tuple[Ticket, bool]] = {}
        self.withdrawn: list[TicketId] = []
        self.offered = 0

    def offer(self, ticket: Ticket, restricted: bool) -> None:
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


class Board:
    """A `Standings` that is what it is set to."""

    def __init__(self) -> None:
        self.banned: set[VisitorId] = set()
        self.apart: set[VisitorId] = set()

    def ban(self, visitor: VisitorId) -> Banned | None:
        return NOTICE if visitor in self.banned else None

    def restricted(self, visitor: VisitorId) -> bool:
        return visitor in self.apart


class Wire:
    """Between several hubs: what is published waits until `pump`."""

    def __init__(self) -> None:
        self.hubs: dict[GatewayId, Hub] = {}
        self.queue: deque[tuple[GatewayId, Envelope]] = deque()
        self.carried = 0

    def publish(self, gateway: GatewayId, envelope: Envelope) -> None:
        self.queue.append((gateway, envelope))

    def pump(self) -> None:
        while self.queue:
            gateway, envelope = self.queue.popleft()
            self.carried += 1
            if gateway in self.hubs:
                self.hubs[gateway].on_envelope(envelope)


class Mouth:
    """A `Bus` of one hub, which is heard by all others."""

    def __init__(self, wire: Wire, gateway: GatewayId) -> None:
        self._wire = wire
        self._gateway = gateway

    def publish(self, gateway: GatewayId, envelope: Envelope) -> None:
        self._wire.publish(gateway, envelope)

    def tell_parting(self, one: int, other: int) -> None:
        for gateway, hub in self._wire.hubs.items():
            if gateway != self._gateway:
                hub.on_partings([(one, other)])

    def announce(self, arrival: Arrival) -> None:
        for gateway, hub in self._wire.hubs.items():
            if gateway != self._gateway:
                hub.on_arrivals(self._gateway, [arrival])


class Everybody:
    """`Neighbours` who live until they are known to be dead."""

    def __init__(self) -> None:
        self.dead: set[GatewayId] = set()

    def may_live(self, gateway: GatewayId) -> bool:
        return gateway not in self.dead

    def expect(self, gateway: GatewayId) -> None:
        """They always live."""


ICE = Ice([], "all")


def introductions(gateway: GatewayId, clock: Callable[[], float], ice: Ice = ICE) -> Introductions:
    return Introductions(gateway, PASSES, Figures(), True, lambda _: ice, clock)


class Town:
    """Gateways, and a clock that stands still unless it is moved."""

    def __init__(self, searches: Rate = UNLIMITED, ice: Ice = ICE) -> None:
        self.now = 1000.0
        self.ice = ice
        self.searches = searches
        self.desk: dict[Hub, Desk] = {}
        self.neighbours: dict[Hub, Everybody] = {}
        self.wire = Wire()
        self.board = Board()
        self.interests = Interests()

    def hub(self, name: str, counting: bool = False) -> Hub:
        desk, neighbours = Desk(), Everybody()
        gateway = GatewayId(name)
        hub = Hub(
            gateway,
            desk,
            Mouth(self.wire, gateway),
            self.board,
            introductions(gateway, lambda: self.now, self.ice),
            neighbours,
            lambda: self.now,
            searches=self.searches,
            interests=self.interests if counting else NOT_COUNTED,
        )
        self.neighbours[hub] = neighbours
        self.desk[hub] = desk
        self.wire.hubs[hub.gateway] = hub
        return hub

    def page(self, hub: Hub) -> Page:
        page = Page(hub, VisitorId(random_id()))
        assert page.types() == ["welcome"]
        return page

    def searching(self, hub: Hub) -> Page:
        page = self.page(hub)
        page.says(Find("video", languages=["de"]))
        page.take()
        return page

    def proposals(self, one: Page, other: Page) -> tuple[Proposed, Proposed]:
        match = MatchId(random_id())
        tickets = [self.desk[page.hub].ticket_of(page.visitor) for page in (one, other)]
        return (
            Proposed(match, tickets[0], other.visitor, other.hub.gateway, True, ("music",)),
            Proposed(match, tickets[1], one.visitor, one.hub.gateway, False, ("music",)),
        )

    def propose(self, page: Page, proposal: Proposed) -> None:
        """As the matcher's client does, which offers a paired ticket no more."""
        self.desk[page.hub].offers.pop(proposal.ticket, None)
        page.hub.on_matcher(proposal)

    def meet(self, one: Page, other: Page) -> str:
        """Returns the match; nobody has read `matched` yet."""
        first, second = self.proposals(one, other)
        self.propose(one, first)
        self.propose(other, second)
        self.wire.pump()
        return first.match
