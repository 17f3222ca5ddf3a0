"""All sessions of one gateway: carries events to them and performs what they ask for."""

import time
from collections import deque
from collections.abc import Callable
from typing import assert_never

from msgspec import UNSET

from services.contract.envelopes import Envelope, Kind
from services.contract.errors import CloseCode, PassRefused
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId
from services.contract.passes import PassSealer

from . import effects, events, metrics
from .allowance import UNLIMITED, Rate
from .figures import Figures
from .introductions import Introductions
from .memories import Memories
from .messages import Block, Error, FromBrowser, Searching, ToBrowser, encode
from .ports import Bus, Matchmaker, Outbox, Standings
from .searches import Searches
from .session import Session
from .states import Searching as IsSearching

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
        figures: Figures,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        show_country: bool = True,
        searches: Rate = UNLIMITED,
    ) -> None:
        self.gateway = gateway
        self._bus = bus
        self._standings = standings
        self._clock = clock
        self._introductions = Introductions(gateway, passes, figures, wall_clock, show_country)
        self._memories = Memories(searches)
        self._searches = Searches(matchmaker, standings)
        self._clients: dict[VisitorId, Client] = {}
        self._unanswered: deque[tuple[float, VisitorId, MatchId]] = deque()
        self._local: deque[Envelope] = deque()
        self._last_ticket = 0

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def searching(self) -> int:
        """How many visitors have a ticket that waits."""
        return len(self._searches)

    # --- sockets -----------------------------------------------------------------------------------

    def connect(self, visitor: VisitorId, address_hash: bytes, country: str, outbox: Outbox) -> Client:
        """A visitor said a good `hello`. Their earlier socket, if it is here, is closed."""
        former = self._clients.get(visitor)
        if former is not None:
            former.outbox.close(CloseCode.CONNECTED_ELSEWHERE)
            self.disconnect(former)
        memory = self._memories.take(visitor)
        client = Client(Session(visitor, address_hash, country, self._next_ticket, memory), outbox)
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
            self._memories.keep(visitor, client.session.memory, self._clock())

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
            event = events.said_by(envelope)
        except ValueError:
            metrics.DROPPED.labels("unreadable").inc()
            return
        self._on_event(client, event)

    def on_matcher(self, event: events.Proposed | events.StageChanged) -> None:
        """The matcher found a partner for a ticket, or widened its wish."""
        if isinstance(event, events.StageChanged):
            ticket = self._searches.find(event.ticket)
        else:
            ticket = self._searches.paired(event.ticket)
        client = self._clients.get(ticket.visitor) if ticket else None
        if client is not None:
            self._on_event(client, event)
        elif isinstance(event, events.Proposed):
            self._tell(event.partner_gateway, Envelope(event.partner, event.match, Kind.DECLINE))
            self._deliver_local()

    def on_standing(self, visitor: VisitorId) -> None:
        """The visitor is banned or restricted from now on."""
        client = self._clients.get(visitor)
        if client is None:
            return
        notice = self._standings.ban(visitor)
        if notice is not None:
            self._on_event(client, events.StandingLost(notice))
            self.disconnect(client)  # what its browser still says until the socket is closed is not heard
            return
        state = client.session.state
        if isinstance(state, IsSearching) and self._searches.misplaced(state.ticket):
            self._on_event(client, events.AudienceChanged())

    def tick(self) -> None:
        """Do what has become due. Call some ten times a second."""
        now = self._clock()
        self._expire_answers(now)
        self._searches.release(now)
        self._memories.forget(now)
        for ticket in self._searches.lifted():
            self._on_event(self._clients[ticket.visitor], events.AudienceChanged())

    def _expire_answers(self, now: float) -> None:
        """Void the pairings that nobody answered in time."""
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
                self._searches.begin(effect.ticket, effect.after, self._clock())
            case effects.ShowSearch():
                self._show_search(client, effect)
            case effects.Withdraw():
                self._searches.end(effect.ticket)
            case effects.AwaitAnswer():
                self._unanswered.append((self._clock() + ANSWER_TIME, client.session.visitor, effect.match))
            case effects.Introduce():
                self._send(client, self._introductions.introduce(client.session.visitor, effect))
            case effects.Drop():
                metrics.DROPPED.labels(effect.why).inc()
            case effects.Close():
                client.outbox.close(effect.code)
            case _:
                assert_never(effect)

    def _send(self, client: Client, message: ToBrowser) -> None:
        client.outbox.send(encode(message))

    def _show_search(self, client: Client, shown: effects.ShowSearch) -> None:
        widens_in = UNSET if shown.widens_in is None else round(shown.widens_in, 1)
        self._send(
            client,
            Searching(self._searches.waiting(shown.ticket), shown.stage, widens_in, shown.hint or UNSET),
        )

    def _block(self, client: Client, message: Block) -> None:
        try:
            opened = self._introductions.opened(message.pass_, client.session.visitor)
        except PassRefused as refused:
            self._send(client, Error(refused.code, refused.message))
            return
        self._on_event(client, opened)

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
