"""Which gateway each visitor is at: this one tells who comes, hears who comes to others, and gives way."""

from collections.abc import Callable, Iterable
from math import inf

from msgspec import structs

from services.contract.arrivals import Arrival, Arrivals, pack
from services.contract.envelopes import Envelope, Kind
from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, MatchId, VisitorId

from .. import events
from ..clients import Client, Clients
from ..match.conversation import Conversation
from ..match.handover import Handover, handover_of, pack_handover
from ..memories import Memories
from ..ports import Bus

NOWHERE = GatewayId("")
FRESH = 2.0
"""Seconds in which an answer must come to be believed: more than a way there and back, less than a pause."""


class Roll:
    """Of one gateway. `tell` performs an event of a client, `forget` removes one. `paused`: whether this
    process was, until just now. Monotonic seconds.
    """

    def __init__(
        self,
        gateway: GatewayId,
        clients: Clients,
        memories: Memories,
        bus: Bus,
        clock: Callable[[], float],
        paused: Callable[[float], bool],
        tell: Callable[[Client, events.Event], None],
        forget: Callable[[Client], None],
    ) -> None:
        self._gateway = gateway
        self._clients = clients
        self._memories = memories
        self._bus = bus
        self._clock = clock
        self._paused = paused
        self._tell = tell
        self._forget = forget

    # --- who is here -------------------------------------------------------------------------------

    def announce(self, client: Client, former: GatewayId = NOWHERE) -> None:
        """To all gateways, and to the partner, if they are at this one. `former`: where the visitor was."""
        arrival = self._arrival(client, former)
        self._bus.announce(arrival)
        self._meet_partner(self._gateway, arrival)

    def announce_all(self) -> None:
        """Also those whose socket is gone: they may be elsewhere since, and then they are given up here."""
        for client in self._clients:
            arrival = self._arrival(client)
            if client.outbox is None:
                arrival = structs.replace(arrival, match=MatchId(""), partner=VisitorId(""))
            self._bus.announce(arrival)

    # --- who is elsewhere --------------------------------------------------------------------------

    def on_arrivals(self, gateway: GatewayId, arrivals: Iterable[Arrival]) -> None:
        """Another gateway tells who has come to it."""
        for arrival in arrivals:
            client = self._clients.get(arrival.visitor)
            if client is None:
                self._hand_over_memory(gateway, arrival)
            else:
                self._contest(client, gateway, arrival)
            self._meet_partner(gateway, arrival)

    def on_rival(self, client: Client, rival: Arrivals) -> None:
        """The visitor is here and there. The later hello counts, as one of the two gateways sees it.

        If each decided for itself, both could give way when the hellos cross; and what NATS held back, or lay
        here while this process was paused, says nothing of who is there now. So the two gateways ask each
        other, until one of them has a fresh answer.
        """
        for arrival in rival.arrivals:
            decides = self._gateway < rival.gateway and self._clock() - arrival.echo < FRESH
            if arrival.over == client.hello or (decides and self._age(client) > arrival.age):
                self._give_way(client, rival.gateway, arrival)
            else:
                self._contest(client, rival.gateway, arrival, arrival.hello if decides else 0)

    def _give_way(self, client: Client, gateway: GatewayId, arrival: Arrival) -> None:
        self._tell(client, events.MovedAway(gateway, arrival.match))
        client.close(CloseCode.CONNECTED_ELSEWHERE)
        self._forget(client)

    def _contest(self, client: Client, gateway: GatewayId, arrival: Arrival, over: int = 0) -> None:
        """Ask the other gateway whether it has the visitor; or tell it that it has not, any more."""
        mine = structs.replace(self._arrival(client), over=over, echo=arrival.clock)
        body = pack(Arrivals(self._gateway, [mine]))
        self._bus.publish(gateway, Envelope(arrival.visitor, arrival.match, Kind.RIVAL, body))

    def _hand_over_memory(self, gateway: GatewayId, arrival: Arrival) -> None:
        """Their session is gone here, but not whom they met."""
        memory = self._memories.kept(arrival.visitor)
        is_former = arrival.former == self._gateway
        if memory is None and not is_former:
            return
        known = handover_of(memory, b"", None, self._clock()) if memory else Handover()
        # Only the former gateway may say that it knows no more of the conversation.
        match = arrival.match if is_former else MatchId("")
        body = pack_handover(known)
        self._bus.publish(gateway, Envelope(arrival.visitor, match, Kind.HANDOVER, body))

    def _meet_partner(self, gateway: GatewayId, arrival: Arrival) -> None:
        """They are here, and say so. That they are in no such match is not for a gateway to say which nobody
        asks, or which was paused: they may be elsewhere since.
        """
        partner = self._clients.get(arrival.partner) if arrival.match else None
        asked = arrival.partner_at in (NOWHERE, self._gateway)
        may_deny = asked and not self._paused(self._clock())
        if partner is not None and (may_deny or partner.session.goes_on_with(arrival.match)):
            match, visitor, age = arrival.match, arrival.visitor, arrival.age
            arrived = events.PartnerArrived(match, visitor, gateway, arrival.address_hash, age)
            self._tell(partner, arrived)

    def _arrival(self, client: Client, former: GatewayId = NOWHERE) -> Arrival:
        me, state = client.session.me, client.session.state
        told = Arrival(me.visitor, self._age(client), hello=client.hello, clock=self._clock())
        if not isinstance(state, Conversation):
            return told
        return structs.replace(
            told,
            match=state.match,
            partner=state.partner,
            former=former,
            address_hash=me.address_hash,
            partner_at=NOWHERE if state.away else state.partner_gateway,
        )

    def _age(self, client: Client) -> float:
        """Seconds since the socket was opened; a visitor who is not there gives way to any who is."""
        return self._clock() - client.since if client.outbox is not None else inf
