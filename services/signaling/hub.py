"""All sessions of one gateway: carries events to them and performs what they ask for."""

import time
from collections import deque
from collections.abc import Callable
from typing import assert_never, cast

from msgspec import UNSET

from services.contract import envelopes
from services.contract.envelopes import Envelope, Kind
from services.contract.errors import CloseCode, PassRefused
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId
from services.contract.passes import PassContent, PassSealer

from . import effects, events, metrics
from .messages import Block, EndReason, Error, FromBrowser, Matched, Partner, Searching, ToBrowser, encode
from .ports import Bus, Matchmaker, Outbox, Standings
from .session import Session

ANSWER_TIME = 1.0
"""Seconds in which the partner's gateway must answer a pairing."""


class Client:
    """A session with its socket."""

    __slots__ = ("outbox", "session")

    def __init__(self, session: Session, outbox: Outbox) -> None:
        self.session = session
        self.outbox = outbox


class Hub:
    """The registry of sessions. Everything runs on one event loop, one event after the other."""

    def __init__(
        self,
        gateway: GatewayId,
        matchmaker: Matchmaker,
        bus: Bus,
        standings: Standings,
        passes: PassSealer,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        show_country: bool = True,
    ) -> None:
        self.gateway = gateway
        self._matchmaker = matchmaker
        self._bus = bus
        self._standings = standings
        self._passes = passes
        self._clock = clock
        self._wall_clock = wall_clock
        self._show_country = show_country
        self._clients: dict[VisitorId, Client] = {}
        self._tickets: dict[TicketId, Client] = {}
        self._unanswered: deque[tuple[float, VisitorId, MatchId]] = deque()
        self._local: deque[Envelope] = deque()
        self._last_ticket = 0

    def __len__(self) -> int:
        return len(self._clients)

    # --- sockets -----------------------------------------------------------------------------------

    def connect(self, visitor: VisitorId, address_hash: bytes, country: str, outbox: Outbox) -> Client:
        """A visitor said a good `hello`. Their earlier socket, if it is here, is closed."""
        former = self._clients.get(visitor)
        if former is not None:
            former.outbox.close(CloseCode.CONNECTED_ELSEWHERE)
            self.disconnect(former)
        client = Client(Session(visitor, address_hash, country, self._next_ticket), outbox)
        self._clients[visitor] = client
        metrics.VISITORS.set(len(self._clients))
        return client

    def disconnect(self, client: Client) -> None:
        """The socket of `client` is gone. Safe to call twice."""
        visitor = client.session.visitor
        if self._clients.get(visitor) is client:
            del self._clients[visitor]
            metrics.VISITORS.set(len(self._clients))
            self._on_event(client, events.Disconnected())

    def receive(self, client: Client, message: FromBrowser, frame: bytes) -> None:
        """The browser of `client` said `message`, in the bytes `frame`."""
        if self._clients.get(client.session.visitor) is not client:
            return  # connected elsewhere meanwhile
        if isinstance(message, Block):
            self._block(client, message)
            return
        self._perform(client, client.session.receive(message, frame, self._clock()))

    def close_all(self, code: CloseCode) -> None:
        for client in list(self._clients.values()):
            client.outbox.close(code)

    # --- from other services -----------------------------------------------------------------------

    def on_envelope(self, envelope: Envelope) -> None:
        """Another gateway tells something about one of our visitors."""
        client = self._clients.get(envelope.visitor)
        if client is None:
            metrics.DROPPED.labels("no_visitor").inc()
            return
        try:
            event = _event(envelope)
        except ValueError:
            metrics.DROPPED.labels("unreadable").inc()
            return
        self._on_event(client, event)

    def on_matcher(self, event: events.Proposed | events.StageChanged) -> None:
        """The matcher found a partner for a ticket, or widened its wish."""
        if isinstance(event, events.StageChanged):
            client = self._tickets.get(event.ticket)
        else:
            client = self._tickets.pop(event.ticket, None)
        if client is not None:
            self._on_event(client, event)
        elif isinstance(event, events.Proposed):
            self._tell(event.partner_gateway, Envelope(event.partner, event.match, Kind.DECLINE))
            self._deliver_local()

    def on_ban(self, visitor: VisitorId) -> None:
        """The visitor's standing has changed to banned."""
        client = self._clients.get(visitor)
        notice = self._standings.ban(visitor)
        if client is not None and notice is not None:
            self._on_event(client, events.StandingLost(notice))
            self.disconnect(client)  # what its browser still says until the socket is closed is not heard

    def expire_answers(self) -> None:
        """Void the pairings that nobody answered in time. Call some ten times a second."""
        now = self._clock()
        while self._unanswered and self._unanswered[0][0] <= now:
            _, visitor, match = self._unanswered.popleft()
            client = self._clients.get(visitor)
            if client is not None:
                self._on_event(client, events.Unanswered(match))

    # --- performing --------------------------------------------------------------------------------

    def _on_event(self, client: Client, event: events.Event) -> None:
        self._perform(client, client.session.on_event(event, self._clock()))

    def _perform(self, client: Client, wanted: list[effects.Effect]) -> None:
        for effect in wanted:
            self._perform_one(client, effect)
        self._deliver_local()

    def _perform_one(self, client: Client, effect: effects.Effect) -> None:
        match effect:
            case effects.SendFrame():
                client.outbox.send(effect.frame)
            case effects.Tell():
                self._tell(effect.gateway, Envelope(effect.visitor, effect.match, effect.kind, effect.body))
            case effects.Send():
                self._send(client, effect.message)
            case effects.Search():
                self._tickets[effect.ticket.id] = client
                self._matchmaker.offer(effect.ticket, self._standings.restricted(effect.ticket.visitor))
            case effects.ShowSearch():
                self._show_search(client, effect)
            case effects.Withdraw():
                self._tickets.pop(effect.ticket, None)
                self._matchmaker.withdraw(effect.ticket)
            case effects.AwaitAnswer():
                self._unanswered.append((self._clock() + ANSWER_TIME, client.session.visitor, effect.match))
            case effects.Introduce():
                self._introduce(client, effect)
            case effects.Drop():
                metrics.DROPPED.labels(effect.why).inc()
            case effects.Close():
                client.outbox.close(effect.code)
            case _:
                assert_never(effect)

    def _send(self, client: Client, message: ToBrowser) -> None:
        client.outbox.send(encode(message))

    def _show_search(self, client: Client, shown: effects.ShowSearch) -> None:
        ticket = shown.ticket
        waiting = self._matchmaker.waiting(ticket.wish.mode, self._standings.restricted(ticket.visitor))
        widens_in = UNSET if shown.widens_in is None else round(shown.widens_in, 1)
        self._send(client, Searching(waiting, shown.stage, widens_in, shown.hint or UNSET))

    def _introduce(self, client: Client, meeting: effects.Introduce) -> None:
        metrics.MATCHES.inc()
        content = PassContent(
            meeting.match,
            client.session.visitor,
            self.gateway,
            meeting.partner,
            meeting.partner_gateway,
            meeting.polite,
            meeting.acceptance.address_hash,
            self._wall_clock(),
        )
        country = meeting.acceptance.country if self._show_country else None
        partner = Partner(meeting.acceptance.languages, list(meeting.shared_interests), country)
        self._send(client, Matched(meeting.match, meeting.polite, self._passes.seal(content), partner))

    def _block(self, client: Client, message: Block) -> None:
        try:
            content = self._passes.open(message.pass_, client.session.visitor, self._wall_clock())
        except PassRefused as refused:
            self._send(client, Error(refused.code, refused.message))
            return
        self._on_event(client, events.PassOpened(content.match, content.partner))

    def _tell(self, gateway: GatewayId, envelope: Envelope) -> None:
        """To another gateway; two visitors of this one skip the bus."""
        if gateway == self.gateway:
            self._local.append(envelope)
        else:
            self._bus.publish(gateway, envelope)

    def _deliver_local(self) -> None:
        while self._local:
            self.on_envelope(self._local.popleft())

    def _next_ticket(self) -> TicketId:
        self._last_ticket += 1
        return TicketId(self._last_ticket)


def _event(envelope: Envelope) -> events.Event:
    """What the envelope says; raises `ValueError` when its body cannot be read."""
    match envelope.kind:
        case Kind.FRAME:
            return events.PartnerSaid(envelope.match, envelope.body)
        case Kind.ACCEPT:
            return events.Accepted(envelope.match, envelopes.unpack_acceptance(envelope.body))
        case Kind.DECLINE:
            return events.Declined(envelope.match)
        case Kind.ENDED:
            return events.PartnerLeft(envelope.match, cast(EndReason, envelope.body.decode()))
        case _:
            assert_never(envelope.kind)
