"""The hub of one gateway: it gives events to the sessions of its visitors and performs their effects."""

import time
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import assert_never

from msgspec import structs

from services.contract import gateway_messages as wire
from services.contract.errors import CloseCode, StaleEpoch, ZufallError
from services.contract.gateway_messages import UNKNOWN_EPOCH, GatewayMessage
from services.contract.ids import GatewayId, MatchId, Place, TicketId, VisitorId, visitor_key
from services.contract.passes import PassContent
from services.contract.rate_limit import UNLIMITED, Rate
from services.runtime.logs import logger

from ..core import effects, events
from ..core.confirmation_schedule import ConfirmationSchedule
from ..core.fencing import FencingTable
from ..core.match_side import MatchProposal, MatchSide, Participant
from ..core.messages import Error, FromBrowser, ToBrowser, ToPartner, encode
from ..core.pacer import BusyPacers, Pacer
from ..core.pending_takeovers import PendingTakeovers
from ..core.session import Session
from ..core.visitor_history import restore_history
from . import metrics
from .call_follower import CallFollower
from .clients import Client, ClientRegistry, Handshake
from .match_counts import MatchCounts
from .match_messages import MatchMessages
from .pending_tickets import PendingTickets
from .people_count import PeopleCount, PeopleCounts
from .ports import Bus, ClusterMembership, Standings
from .session_timers import SessionTimers
from .stats.popular_interests import with_spellings


class Hub:
    """Holds all sessions of a gateway. Everything runs on one event loop, one event after the other."""

    def __init__(
        self,
        gateway: GatewayId,
        pending: PendingTickets,
        bus: Bus,
        standings: Standings,
        messages: MatchMessages,
        open_sealed: Callable[[FromBrowser, Participant], events.Opened],
        membership: ClusterMembership,
        follower: CallFollower,
        clock: Callable[[], float] = time.monotonic,
        searches: Rate = UNLIMITED,
        session: type[Session] = Session,
    ) -> None:
        self.gateway = gateway
        self._bus = bus
        self._standings = standings
        self._messages = messages
        self._open_sealed = open_sealed
        self._membership = membership
        self._follower = follower
        self._clock = clock
        self._rate = searches
        self._session = session
        self._pending = pending
        self.clients = ClientRegistry()
        self._people = PeopleCount(lambda: [client.session for client in self.clients if client.outbox])
        self._pacers = BusyPacers()
        self._fence = FencingTable()
        self._takeovers = PendingTakeovers()
        self._confirmations = ConfirmationSchedule()
        self._timers = SessionTimers()
        self._counts = MatchCounts()
        self._local: deque[GatewayMessage] = deque()
        self._ticket_ids = map(TicketId, count(1))

    def __len__(self) -> int:
        """Return the number of visitors with a socket here."""
        return len(self.clients)

    @property
    def searching(self) -> int:
        """The number of visitors whose ticket waits."""
        return len(self._pending)

    def count_people(self) -> PeopleCounts:
        """Count some of the visitors here, and return how many search or talk, by the last count of all."""
        return self._people.advance()

    # --- sockets -----------------------------------------------------------------------------------

    def connect(self, handshake: Handshake) -> Client:
        """Connect a visitor, and close their earlier socket, wherever it is.

        They are welcomed when it is known whether the match that they want to resume goes on. Raises
        `StaleEpoch` if they have a newer connection.
        """
        now, place = self._clock(), Place(handshake.epoch, self.gateway)
        former = self._check_epoch(handshake.visitor, place)
        me = Participant(handshake.visitor, place, handshake.address_hash, handshake.device)
        resumes_here = handshake.resume is not None and self._match_of(former) == handshake.resume.match
        if former is not None and resumes_here:
            client = self._reattach(former, me, handshake)
        else:
            client = self._start_session(former, me, handshake, now)
        for last in handshake.last_places:
            self._announce_takeover(client, last)
        self._deliver_local()
        return client

    def _check_epoch(self, visitor: VisitorId, place: Place) -> Client | None:
        """Return the visitor's client here, if any. With equal epochs the later `hello` counts."""
        former = self.clients.get(visitor)
        newest = former.place if former else self._fence.newest(visitor)
        if newest is not None and newest.epoch > place.epoch:
            raise StaleEpoch(newest.epoch)
        return former

    def _reattach(self, former: Client, me: Participant, handshake: Handshake) -> Client:
        """Go on with the session that is still here, on the new socket."""
        former.close(CloseCode.CONNECTED_ELSEWHERE)
        client = Client(me, former.session, former.pacer, handshake)
        self.clients.add(client)
        self._on_event(client, events.Reconnected(me, handshake.country))
        return client

    def _start_session(
        self, former: Client | None, me: Participant, handshake: Handshake, now: float
    ) -> Client:
        if former is not None:
            former.close(CloseCode.CONNECTED_ELSEWHERE)
            self.disconnect(former, leaving=True)
        resumes = visitor_key(handshake.resume.partner) if handshake.resume else 0
        history = restore_history(handshake.memory, resumes, now)
        pacer = self._pacers.take(me.visitor) or Pacer(self._rate)
        session = self._session(
            me, handshake.country, self._ticket_ids, history, pacer, handshake.signal_filter, handshake.memory
        )
        client = Client(me, session, pacer, handshake)
        self.clients.add(client)
        if handshake.resume is None:
            self._on_event(client, events.Connected())
        else:
            started = self._messages.to_monotonic(handshake.resume.started)
            self._perform(client, session.resume(handshake.resume, started, now))
        return client

    def _announce_takeover(self, client: Client, former: Place) -> None:
        """Tell the visitor's former gateway that they are here now, until it answers."""
        if former.gateway == self.gateway or client not in self.clients:
            return
        takeover = wire.Takeover(client.visitor, self._match_of(client), client.place.epoch, self.gateway)
        self._watch(former.gateway)
        self._takeovers.add(former.gateway, takeover, self._clock())
        self._send_to_gateway(former.gateway, takeover)

    def refuse_resume(self, visitor: VisitorId, epoch: int, content: PassContent) -> None:
        """Tell the partner of a banned visitor, who wants to resume a match, that they will not come."""
        left = wire.PartnerLeft(content.partner, content.match, epoch, self.gateway, "banned")
        self._send_to_gateway(content.partner_gateway, left)
        self._deliver_local()

    def disconnect(self, client: Client, leaving: bool, page_closed: bool = False) -> None:
        """Note that the socket of `client` is gone. `leaving` says that the visitor will not return.

        `page_closed` says that their page has ended, or is loaded again.
        """
        if client in self.clients and (leaving or client.outbox is not None):
            self._follower.on_disconnect(client, leaving)
            self.clients.detach_socket(client)
            self._on_event(client, events.Disconnected(leaving, page_closed))

    def relay(self, client: Client, message: ToPartner, frame: bytes, digest: bytes) -> None:
        """Relay a message of the client's browser, which came as `frame`. Raises `DescriptionRefused`."""
        if client not in self.clients:
            return  # the visitor has connected elsewhere meanwhile
        relayed = client.session.relay(message, frame, digest, self._clock())
        if isinstance(relayed, effects.CountDropped):
            metrics.DROPPED_FRAMES.labels(relayed.reason).inc()
        elif relayed.gateway == self.gateway:
            metrics.LOCAL_TRAFFIC.count(message, frame)
            self.on_message(relayed.message)
        else:
            metrics.NATS_TRAFFIC.count(message, frame)
            self._bus.send(relayed.gateway, relayed.message)

    def receive(self, client: Client, message: FromBrowser) -> None:
        """Handle a message of the browser of `client` that is not for the partner."""
        if client not in self.clients:
            return
        try:
            opened = self._open_sealed(message, client.me)
        except ZufallError as refused:
            self._send(client, Error(refused.code, refused.message))
            return
        if isinstance(opened, events.BlockRequested):
            self._on_event(client, opened)
        else:
            self._perform(client, client.session.receive(opened, self._clock()))

    def drain(self, client: Client) -> None:
        """Send the visitor to another gateway, after giving their browser its memory."""
        self._on_event(client, events.Draining())
        client.close(CloseCode.RESTART)

    def _forget(self, client: Client) -> None:
        """End the session. Its place stays known, so that late messages of an older place change nothing."""
        if client in self.clients:
            self.clients.remove(client)
            self._fence.record(client.visitor, client.place, self._clock())
            self._pacers.keep(client.visitor, client.pacer, self._clock())
            self._counts.forget(client.visitor)

    def _match_of(self, client: Client | None) -> MatchId:
        return client.session.summary.match if client else MatchId("")

    # --- from other gateways -----------------------------------------------------------------------

    def on_message(self, message: GatewayMessage) -> None:
        """Handle a message of another gateway about a visitor who is or was here."""
        match message:
            case wire.Relay():  # the first, because it is the most frequent
                self._deliver(message)
            case wire.Takeover():
                self._on_takeover(message)
            case wire.Superseded():
                self._on_superseded(message)
            case _:
                self._on_session_message(message)
        self._deliver_local()

    def _deliver(self, relay: wire.Relay) -> None:
        """Give a frame of the partner's browser to the visitor's."""
        client = self.clients.get(relay.to)
        if client is None:
            self._on_message_for_absent(relay)
            return
        instead = client.session.deliver(relay)
        if instead is None:
            client.send(relay.frame, relay.numbered)
        else:
            self._perform(client, instead)

    def on_match_message(self, message: GatewayMessage) -> None:
        """Handle a message on the subject of a match. Only the gateway of the addressee answers."""
        if self.clients.get(message.to) is not None:
            self.on_message(message)

    def _on_session_message(self, message: wire.SessionMessage) -> None:
        client = self.clients.get(message.to)
        if isinstance(message, wire.TakeoverAck):
            self._takeovers.acknowledge(message.gateway, message.to, message.epoch)
            if client is not None and message.other is not None:
                self._announce_takeover(client, message.other)
        if client is None:
            self._on_message_for_absent(message)
        elif not self._may_answer(client, message):
            metrics.DROPPED_FRAMES.labels("paused").inc()
        else:
            self._on_event(client, message)

    def _may_answer(self, client: Client, message: wire.SessionMessage) -> bool:
        """Return whether this gateway may answer now. After a pause it must first read its messages."""
        asked = isinstance(message, wire.LocatePartner | wire.PartnerLocation)
        catching_up = asked and self._timers.is_catching_up(self._clock())
        return not (catching_up and self._match_of(client) != message.match)

    def _on_message_for_absent(self, message: wire.Relay | wire.SessionMessage) -> None:
        """Forward the message to where the visitor is now, or tell the sender that they are not here."""
        newer = self._fence.newest(message.to)
        follows = isinstance(message, wire.Forwardable) and not message.forwarded
        if follows and newer is not None and newer.gateway != self.gateway:
            self._send_to_gateway(newer.gateway, structs.replace(message, forwarded=True))
            return
        match message:
            case wire.LocatePartner() | wire.PartnerLocation():
                missing = wire.PartnerNotHere(message.sender, message.match, UNKNOWN_EPOCH, self.gateway)
                self._send_to_gateway(message.gateway, missing)
            case wire.RequestRewind():
                declined = wire.DeclineRewind(message.sender, message.match, UNKNOWN_EPOCH, self.gateway)
                self._send_to_gateway(message.gateway, declined)
            case _:
                metrics.DROPPED_FRAMES.labels("no_visitor").inc()

    def _on_takeover(self, takeover: wire.Takeover) -> None:
        """Give the visitor up to another gateway, unless their connection here is newer."""
        visitor = takeover.to
        client = self.clients.get(visitor)
        known = client.place if client else self._fence.newest(visitor)
        if known is not None and known > takeover.place:
            answer = wire.TakeoverAck(visitor, takeover.match, takeover.epoch, self.gateway)
            newer = wire.Superseded(visitor, takeover.match, known.epoch, known.gateway)
            self._send_to_gateway(takeover.gateway, answer)
            self._send_to_gateway(takeover.gateway, newer)
            return
        partner, other = None, known if known and known.gateway != self.gateway else None
        if client is not None:
            summary = client.session.summary
            partner, other = (summary.partner_place if summary.match == takeover.match else None), None
            self._on_event(client, events.VisitorMoved(takeover.place, takeover.match))
        self._fence.record(visitor, takeover.place, self._clock())
        answer = wire.TakeoverAck(visitor, takeover.match, takeover.epoch, self.gateway, partner, other)
        self._send_to_gateway(takeover.gateway, answer)

    def _on_superseded(self, newer: wire.Superseded) -> None:
        """Give the visitor up, who has a newer connection elsewhere. The gateway there tells the partner."""
        client = self.clients.get(newer.to)
        if client is not None and client.place < newer.place:
            self._on_event(client, events.VisitorMoved(newer.place, self._match_of(client)))
        self._fence.record(newer.to, newer.place, self._clock())

    def on_gateway_lost(self, gateway: GatewayId) -> None:
        """Tell all sessions that another gateway is silent."""
        self._takeovers.suspend(gateway)
        event = events.GatewayLost(gateway)
        for client in self.clients:
            self._on_event(client, event)

    def on_gateway_back(self, gateway: GatewayId) -> None:
        """Repeat to a gateway that is new or back which of its visitors are here now."""
        for takeover in self._takeovers.resume(gateway, self._clock()):
            self._send_to_gateway(gateway, takeover)

    def on_bus_reconnected(self) -> None:
        """Handle the messages of the bus before any timer, now that it is back, and confirm all matches."""
        self._timers.catch_up(self._clock())
        self._confirmations.make_all_due()

    # --- from other services -----------------------------------------------------------------------

    def on_matcher_event(self, event: MatchProposal | events.StageChanged | events.TicketSuperseded) -> None:
        """Handle what the matcher says about a ticket: a partner, a later stage, or a newer ticket."""
        paired = isinstance(event, MatchProposal)
        ticket = self._pending.take(event.ticket) if paired else self._pending.get(event.ticket)
        client = self.clients.get(ticket.visitor) if ticket else None
        match event:
            case events.TicketSuperseded():
                if client is not None:
                    newer = wire.Superseded(client.visitor, MatchId(""), event.epoch, event.gateway)
                    self._on_superseded(newer)
            case events.StageChanged():
                if client is not None:
                    self._on_event(client, event)
            case MatchProposal() if client is not None:
                requested = client.session.on_event(event, self._clock())
                self._follower.on_proposal(client, event)
                self._perform(client, requested)
            case MatchProposal():
                metrics.PROPOSALS.labels("declined").inc()
                declined = wire.Decline(event.partner, event.match, UNKNOWN_EPOCH, self.gateway)
                self._send_to_gateway(event.partner_gateway, declined)
            case _:
                assert_never(event)
        self._deliver_local()

    def on_standing(self, visitor: VisitorId, device: int) -> None:
        """Act on a visitor, and on all of a device, who are banned or restricted from now on."""
        for client in self.clients.of(visitor, device):
            notice = self._standings.ban(client.visitor, client.me.device)
            if notice is not None:
                self._on_event(client, events.VisitorBanned(notice))
                self.disconnect(client, leaving=True)  # further frames of its browser are ignored
            elif self._pending.is_misplaced(client.session.summary.ticket):
                self._on_event(client, events.AudienceChanged())

    def tick(self) -> None:
        """Do what has become due. The caller does this about ten times a second."""
        now = self._clock()
        for visitor, event in self._timers.due(now):
            self._on_timer(visitor, event)
        if self._timers.is_catching_up(now):
            return
        self._pending.release(now)
        self._fence.expire(now)
        self._pacers.expire(now)
        for gateway, takeover in self._takeovers.due(now):
            self._send_to_gateway(gateway, takeover)
        self._confirmations.run_due(self._confirm, now)
        for visitor, event in self._pending.events():
            self._on_timer(visitor, event)

    def _on_timer(self, visitor: VisitorId, event: events.Event) -> None:
        """Give the event to its session. A fault in it must not stop the sessions of others."""
        client = self.clients.get(visitor)
        try:
            if client is not None:
                self._on_event(client, event)
        except Exception:  # noqa: BLE001 -- it is logged, and it concerns this visitor alone
            metrics.DROPPED_FRAMES.labels("fault").inc()
            logger().exception("a timer failed", kind=type(event).__name__)

    def _confirm(self, visitor: VisitorId) -> GatewayId | None:
        """Confirm the visitor's match, and return the partner's gateway, or None if there is no match.

        The loss of a gateway that died before the match was made is never reported, so it is checked here.
        """
        client = self.clients.get(visitor)
        summary = client.session.summary if client else None
        if summary is None or summary.partner_place is None:
            return None
        gateway = summary.partner_place.gateway
        if not self.clients.both_agree(summary):
            self._watch(gateway)
            lives = gateway == self.gateway or not self._membership.is_suspected(gateway)
            self._on_timer(visitor, events.ConfirmationDue() if lives else events.GatewayLost(gateway))
        return gateway

    def _start_confirming(self, client: Client, side: MatchSide | None) -> None:
        if side is not None:
            self._confirmations.add(client.visitor, side.partner_place.gateway, self._clock())

    def _watch(self, gateway: GatewayId) -> None:
        if gateway != self.gateway:
            self._membership.watch(gateway)

    # --- performing --------------------------------------------------------------------------------

    def _on_event(self, client: Client, event: events.Event) -> None:
        self._perform(client, client.session.on_event(event, self._clock()))

    def _perform(self, client: Client, requested: list[effects.Effect]) -> None:
        for effect in requested:
            self._perform_effect(client, effect)
        self._deliver_local()

    def _perform_effect(self, client: Client, effect: effects.Effect) -> None:
        match effect:
            case effects.SendToGateway():
                self._send_to_gateway(effect.gateway, effect.message)
            case effects.SendMessage():
                self._send(client, effect.message)
            case effects.OfferTicket():
                self._offer_ticket(client, effect)
            case effects.SendSearching():
                self._send(client, self._pending.status(effect))
            case effects.WithdrawTicket():
                self._pending.remove(effect.ticket)
            case effects.SetTimer():
                self._timers.set(effect.seconds, client.visitor, effect.event, self._clock())
            case effects.SubscribeToMatch():
                self._bus.subscribe_to_match(effect.match)
            case effects.PublishToMatch():
                self._publish_to_match(effect.message)
            case effects.UnsubscribeFromMatch():
                self._bus.unsubscribe_from_match(effect.match)
            case effects.SendMatched():
                self._watch(effect.side.partner_place.gateway)
                self._start_confirming(client, effect.side)
                self._follower.on_match(client, effect)
                self._send(client, self._messages.matched(client.me, effect))
            case effects.SendWelcome():
                self._start_confirming(client, effect.side)
                self._send(client, self._messages.welcome(client.me, effect))
            case effects.SendPartnerBack():
                self._send(client, self._messages.partner_back(client.me, effect))
            case effects.SendPass():
                self._send(client, self._messages.fresh_pass(client.me, effect))
            case effects.SendMemory():
                self._send(client, self._messages.memory(client.me, effect))
            case effects.EndSession():
                self._forget(client)
            case effects.CountDropped() | effects.CountProposal() | effects.CountEnded():
                self._counts.count(client.visitor, effect)
            case effects.CloseSocket():
                client.close(effect.code)
            case _:
                assert_never(effect)

    def _offer_ticket(self, client: Client, search: effects.OfferTicket) -> None:
        trace = self._follower.on_search(client, search.ticket)
        ticket = structs.replace(search.ticket, network=client.network, trace=trace)
        if client.counts_interests and not self._standings.restricted(client.visitor, client.me.device):
            ticket = with_spellings(ticket)
        after = max(search.after, self._timers.caught_up_at)
        if (refused := self._pending.add(ticket, after, self._clock())) is not None:
            self._on_event(client, refused)

    def _send(self, client: Client, message: ToBrowser) -> None:
        self._counts.told(client.visitor, message)
        self._follower.on_message(client, message)
        client.send(encode(message))

    def _publish_to_match(self, message: GatewayMessage) -> None:
        """Publish on the bus, and deliver to the partner if they have come to this gateway."""
        self._bus.publish_to_match(message)
        if self.clients.get(message.to) is not None:
            self._local.append(message)

    def _send_to_gateway(self, gateway: GatewayId, message: GatewayMessage) -> None:
        """Send over the bus, or deliver locally if the addressee is at this gateway."""
        if gateway == self.gateway:
            self._local.append(message)
        else:
            self._bus.send(gateway, message)

    def _deliver_local(self) -> None:
        while self._local:
            self.on_message(self._local.popleft())
