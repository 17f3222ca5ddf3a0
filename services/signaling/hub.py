"""All sessions of one gateway: carries events to them and performs what they ask for."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import assert_never

from msgspec import UNSET

from services.contract.arrivals import Arrival, Arrivals, unpack
from services.contract.envelopes import Envelope, Kind
from services.contract.errors import CloseCode, PassRefused
from services.contract.ids import GatewayId, TicketId, VisitorId, visitor_key
from services.contract.passes import PassContent
from services.runtime.rates import UNLIMITED, Rate

from . import effects, events, metrics
from .clients import Client, Clients
from .cluster.reminders import Reminders
from .cluster.roll import Roll
from .cluster.rumours import Rumours
from .figures.interests import NOT_COUNTED, Interests
from .match.conversation import Conversation
from .match.encounters import Party, Proposed
from .match.handover import pack_handover
from .match.introductions import Introductions
from .match.screen import Screen
from .memories import Memories
from .messages import Block, Error, FromBrowser, Searching, ToBrowser, encode
from .ports import Bus, Matchmaker, Neighbours, Outbox, Standings
from .search.searches import Searches
from .search.wishes import Wish
from .session import Session
from .states import Searching as IsSearching
from .timers import Timers


class Hub:
    """The registry of sessions. Everything runs on one event loop, one event after the other."""

    def __init__(
        self,
        gateway: GatewayId,
        matchmaker: Matchmaker,
        bus: Bus,
        standings: Standings,
        introductions: Introductions,
        neighbours: Neighbours,
        clock: Callable[[], float] = time.monotonic,
        searches: Rate = UNLIMITED,
        session: type[Session] = Session,
        interests: Interests = NOT_COUNTED,
    ) -> None:
        self.gateway = gateway
        self._bus = bus
        self._standings = standings
        self._introductions = introductions
        self._neighbours = neighbours
        self._clock = clock
        self._session = session
        self._memories = Memories(searches)
        self._searches = Searches(matchmaker, standings)
        self._interests = interests
        self.clients = Clients()
        self._rumours = Rumours()
        self._timers = Timers()
        self._roll = Roll(
            gateway,
            self.clients,
            self._memories,
            bus,
            clock,
            self._timers.paused,
            self._on_event,
            self._forget,
        )
        self._reminders = Reminders()
        self._local: deque[Envelope] = deque()
        self._last_number = 0

    def __len__(self) -> int:
        """How many visitors have a socket here."""
        return len(self.clients)

    @property
    def searching(self) -> int:
        """How many visitors have a ticket that waits."""
        return len(self._searches)

    # --- sockets -----------------------------------------------------------------------------------

    def connect(
        self,
        visitor: VisitorId,
        address_hash: bytes,
        country: str,
        outbox: Outbox,
        screen: Screen,
        resume: PassContent | None = None,
        opened: float | None = None,
        device: int = 0,
        subscriber: bytes = b"",
    ) -> Client:
        """A visitor said a good `hello`. Their earlier socket, wherever it is, is closed.

        They are welcomed when it is known whether the match that they would `resume` goes on. `opened`: when
        their socket was, in monotonic seconds, if it was not now. `device`: its key, 0 if none is known.
        `subscriber`: see `Client`.
        """
        now, me = self._clock(), Party(visitor, self.gateway, address_hash, device)
        since = now if opened is None else opened
        former = self.clients.get(visitor)
        if former is not None and resume is not None and former.session.goes_on_with(resume.match):
            again = Client(former.session, outbox, former.screen, self._next_number(), since, subscriber)
            return self._reconnect(former, again, events.Reconnected(me, country))
        if former is not None:
            former.close(CloseCode.CONNECTED_ELSEWHERE)
            self.disconnect(former, leaving=True)
        memory = self._memories.take(visitor)
        memory.acquaintances.learn(self._rumours.about(visitor_key(visitor)), ())
        session = self._session(me, country, self._next_number, memory)
        client = Client(session, outbox, screen, self._next_number(), since, subscriber)
        self.clients.add(client)
        if resume is None:
            self._roll.announce(client)
            self._perform(client, [effects.Welcome(None)])
        else:
            former_gateway = resume.holder_gateway
            elsewhere = former_gateway != self.gateway and self._neighbours.may_live(former_gateway)
            self._perform(client, session.resume(resume, former_gateway if elsewhere else None, now))
        return client

    def has_later(self, visitor: VisitorId, opened: float) -> bool:
        """Whether they have a socket here that was opened after that one, whose `hello` is read only now.

        It had been said to a gateway that was paused, and given up.
        """
        client = self.clients.get(visitor)
        return client is not None and client.outbox is not None and client.since > opened

    def _reconnect(self, former: Client, again: Client, event: events.Reconnected) -> Client:
        """To this gateway, which still has the session: it goes on with the new socket."""
        former.close(CloseCode.CONNECTED_ELSEWHERE)
        client = self.clients.add(again)
        self._on_event(client, event)
        self._roll.announce(client)
        return client

    def disconnect(self, client: Client, leaving: bool) -> None:
        """The socket of `client` is gone; `leaving`: for good. Safe to call twice."""
        if client in self.clients and (leaving or client.outbox is not None):
            self.clients.lose_socket(client)
            self._on_event(client, events.Disconnected(leaving))

    def receive(self, client: Client, message: FromBrowser, frame: bytes) -> None:
        """The browser of `client` said `message`, in the bytes `frame`."""
        if client not in self.clients:
            return  # connected elsewhere meanwhile
        if isinstance(message, Block):
            self._block(client, message)
            return
        self._perform(client, client.session.receive(message, frame, self._clock()))

    def answered(self, client: Client, mark: bytes) -> bool:
        """The browser of `client` answered a ping; whether it was asked to."""
        if client not in self.clients:
            return False
        told = client.session.on_event(events.Answered(mark), self._clock())
        self._perform(client, told)
        return bool(told)

    def _forget(self, client: Client) -> None:
        """A visitor whose socket is gone and for whom nothing waits."""
        if client in self.clients:
            self.clients.remove(client)
            self._interests.left(client.session.visitor)
            self._memories.keep(client.session.visitor, client.session.memory, self._clock())

    # --- from other services -----------------------------------------------------------------------

    def on_envelope(self, envelope: Envelope) -> None:
        """Another gateway tells something about one of our visitors."""
        client = self.clients.get(envelope.visitor)
        try:
            said = unpack(envelope.body) if envelope.kind == Kind.RIVAL else events.said_by(envelope)
        except ValueError:
            metrics.DROPPED.labels("unreadable").inc()
            return
        if client is None:
            self._tell_absence(said)
        elif isinstance(said, Arrivals):
            self._roll.on_rival(client, said)
        else:
            self._on_event(client, said)

    def _tell_absence(self, said: events.Event | Arrivals) -> None:
        """Something for a visitor who is not here. Who believes them here, or asks them back, has to know."""
        match said:
            case events.PartnerAt():
                absent = Envelope(said.where.visitor, said.match, Kind.ABSENT, self.gateway.encode())
                self._tell(said.where.gateway, absent)
            case events.PartnerAsksBack():
                self._tell(said.asker.gateway, Envelope(said.asker.visitor, said.match, Kind.REFUSED))
            case _:
                metrics.DROPPED.labels("no_visitor").inc()
        self._deliver_local()

    def on_arrivals(self, gateway: GatewayId, arrivals: Iterable[Arrival]) -> None:
        """Another gateway tells who has come to it."""
        self._roll.on_arrivals(gateway, arrivals)

    def on_partings(self, partings: Iterable[tuple[int, int]]) -> None:
        """Visitors of another gateway have parted: one of them may come to this one when that one is dead."""
        self._rumours.hear(partings, self._clock())

    def partings(self) -> list[tuple[int, int, float]]:
        """Who has parted, also from whom here, for a gateway that has just started: keys, and seconds ago."""
        return self._rumours.told(self._clock())

    def learn_partings(self, partings: Iterable[tuple[int, int, float]]) -> None:
        """What another gateway answered when this one started."""
        self._rumours.learn(partings, self._clock())

    def on_gateway_lost(self, gateway: GatewayId) -> None:
        """Another gateway says nothing any more."""
        event = events.GatewayLost(gateway)
        for client in self.clients:
            self._on_event(client, event)

    def announce_all(self) -> None:
        """After NATS was away: who came or went meanwhile was not told."""
        self._roll.announce_all()

    def on_matcher(self, event: Proposed | events.StageChanged) -> None:
        """The matcher found a partner for a ticket, or widened its wish."""
        if isinstance(event, events.StageChanged):
            ticket = self._searches.find(event.ticket)
        else:
            ticket = self._searches.paired(event.ticket)
        client = self.clients.get(ticket.visitor) if ticket else None
        if client is not None:
            self._on_event(client, event)
        elif isinstance(event, Proposed):
            self._tell(event.partner_gateway, Envelope(event.partner, event.match, Kind.DECLINE))
            self._deliver_local()

    def on_standing(self, visitor: VisitorId) -> None:
        """The visitor is banned or restricted from now on."""
        client = self.clients.get(visitor)
        if client is None:
            return
        notice = self._standings.ban(visitor)
        if notice is not None:
            self._on_event(client, events.StandingLost(notice))
            self.disconnect(client, leaving=True)  # what its browser still says is not heard
            return
        state = client.session.state
        if isinstance(state, IsSearching) and self._searches.misplaced(state.ticket):
            self._on_event(client, events.AudienceChanged())

    def tick(self) -> None:
        """Do what has become due. Call some ten times a second."""
        now = self._clock()
        for visitor, event in self._timers.due(now):
            client = self.clients.get(visitor)
            if client is not None:
                self._on_event(client, event)
        self._searches.release(now)
        self._memories.forget(now)
        self._rumours.forget(now)
        self._remind(now)
        for ticket in self._searches.lifted():
            if (client := self.clients.get(ticket.visitor)) is not None:
                self._on_event(client, events.AudienceChanged())

    def _remind(self, now: float) -> None:
        """Tell partners' gateways, from time to time, that a match goes on: if not there, they say so."""
        for visitor in self._reminders.turn(self.clients.visitors, now):
            client = self.clients.get(visitor)
            state = client.session.state if client else None
            if client and isinstance(state, Conversation) and state.partner_gateway != self.gateway:
                self._remind_one(client, state)

    def _remind_one(self, client: Client, state: Conversation) -> None:
        """Of a gateway that died before the match was made, nobody will be told again that it did."""
        gateway = state.partner_gateway
        if self._neighbours.may_live(gateway):
            self._expect(gateway)
            self._perform(client, [state.whereabouts()])
        else:
            self._on_event(client, events.GatewayLost(gateway))

    def _expect(self, gateway: GatewayId) -> None:
        if gateway != self.gateway:
            self._neighbours.expect(gateway)

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
                client.send(effect.frame)
            case effects.Tell():
                if effect.kind == Kind.ENDED:
                    self._tell_parting(client.session.visitor, effect.visitor)
                self._tell(effect.gateway, Envelope(effect.visitor, effect.match, effect.kind, effect.body))
            case effects.Send():
                self._send(client, effect.message)
            case effects.Search():
                self._searches.begin(effect.ticket, effect.after, self._clock())
                self._count_interests(client, effect.ticket.wish)
            case effects.ShowSearch():
                self._show_search(client, effect)
            case effects.Withdraw():
                self._searches.end(effect.ticket)
            case effects.Wake():
                self._timers.set(effect.seconds, client.session.visitor, effect.event, self._clock())
            case effects.AskBack():
                if client.outbox is not None:
                    client.outbox.ask(effect.mark)
            case effects.Introduce():
                self._expect(effect.encounter.partner_gateway)
                self._send(client, self._introductions.introduce(client.session, effect))
            case effects.Welcome():
                self._send(client, self._introductions.welcome(client.session, effect))
            case effects.ShowReturn():
                self._send(client, self._introductions.back(client.session, effect))
            case effects.Announce():
                self._roll.announce(client, effect.former)
            case effects.HandOver():
                self._hand_over(client, effect)
            case effects.Forget():
                self._forget(client)
            case effects.Drop():
                metrics.DROPPED.labels(effect.why).inc()
            case effects.Close():
                client.close(effect.code)
            case _:
                assert_never(effect)

    def _count_interests(self, client: Client, wish: Wish) -> None:
        visitor, network = client.session.visitor, client.subscriber
        self._interests.looks(visitor, network, () if self._standings.restricted(visitor) else wish.typed)

    def _tell_parting(self, visitor: VisitorId, partner: VisitorId) -> None:
        one, other = visitor_key(visitor), visitor_key(partner)
        self._rumours.hear([(one, other)], self._clock())
        self._bus.tell_parting(one, other)

    def _send(self, client: Client, message: ToBrowser) -> None:
        client.send(encode(message))

    def _hand_over(self, client: Client, effect: effects.HandOver) -> None:
        body = pack_handover(effect.handover)
        self._tell(effect.gateway, Envelope(client.session.visitor, effect.match, Kind.HANDOVER, body))

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

    def _next_number(self) -> TicketId:
        self._last_number += 1
        return TicketId(self._last_number)
