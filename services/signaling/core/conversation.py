"""One match, as the gateway of one of its two visitors keeps it. Pure; times are monotonic seconds."""

from services.contract.gateway_messages import (
    Accept,
    LocatePartner,
    PartnerLeft,
    PartnerLocation,
    PartnerNotHere,
    Relay,
    Superseded,
)
from services.contract.ids import EndReason, GatewayId, MatchId, Place, VisitorId
from services.contract.limits import RECONNECT_GRACE
from services.contract.passes import PassContent

from .effects import (
    CountDropped,
    Effect,
    PublishToMatch,
    SendFrame,
    SendMessage,
    SendPartnerBack,
    SendToGateway,
    SendWelcome,
    SetTimer,
    SubscribeToMatch,
    UnsubscribeFromMatch,
)
from .events import GraceExpired, PartnerGraceExpired, PartnerSearchDue, ResumeTimedOut, UnsubscribeDue
from .match_side import MatchProposal, MatchSide, Participant
from .messages import Chat, PartnerAway, Reveal, ToPartner
from .pending_takeovers import RETRY_DELAYS
from .states import SessionSummary
from .visitor_history import VisitorRecord

LOCATE_TIMEOUT = 0.5
"""Seconds for the partner's gateway to answer who resumes. Then they look for the partner everywhere."""

WELCOME_TIMEOUT = 1.0
"""Seconds for which a browser that resumes waits for word of its partner."""


class Conversation:
    """The state of a session in a match: where both visitors are.

    `here`: our visitor's socket is here. `away`: the partner's is not, or nobody knows where it is.
    `welcomed`: our browser knows that the match goes on.
    """

    __slots__ = (
        "_away_at",
        "_away_shown",
        "_disconnected_at",
        "_located",
        "_pass_outdated",
        "_record",
        "_search_number",
        "_searching",
        "_subscribed",
        "away",
        "here",
        "shared_interests",
        "side",
        "welcomed",
    )  # fmt: skip

    def __init__(
        self, record: VisitorRecord, side: MatchSide, shared_interests: tuple[str, ...] = ()
    ) -> None:
        self._record = record
        self.side = side
        self.shared_interests = shared_interests
        self.here = self.welcomed = True
        self.away = False
        self._disconnected_at = self._away_at = 0.0
        self._away_shown = False
        """Whether our browser was told that the partner is away."""
        self._located = True
        """Whether the partner's own gateway has said where they are, since we last asked."""
        self._pass_outdated = False
        """Whether the pass of our browser names a gateway where the partner is not any more."""
        self._searching = self._subscribed = False
        self._search_number = 0
        """How many searches for the partner have begun."""

    @classmethod
    def from_accept(
        cls,
        record: VisitorRecord,
        proposal: MatchProposal,
        accept: Accept,
        shared: tuple[str, ...],
        now: float,
    ) -> "Conversation":
        """Start a match that both gateways have reserved."""
        side = MatchSide(
            proposal.match,
            proposal.partner,
            proposal.partner_place,
            proposal.polite,
            accept.address_hash,
            now,
            accept.device,
        )
        return cls(record, side, shared)

    @classmethod
    def from_pass(cls, record: VisitorRecord, content: PassContent, started: float) -> "Conversation":
        """Restore the match of a pass, which began at `started` (monotonic seconds)."""
        side = MatchSide(
            content.match,
            content.partner,
            Place(content.partner_epoch, content.partner_gateway),
            content.polite,
            content.partner_address_hash,
            started,
            content.partner_device,
        )
        return cls(record, side)

    def summary(self, me: Participant) -> SessionSummary:
        return SessionSummary(
            me.visitor,
            me.place,
            "matched",
            self.match,
            self.partner,
            self.partner_place,
            connected=self.here,
            welcomed=self.welcomed,
            partner_here=not self.away,
        )

    @property
    def match(self) -> MatchId:
        return self.side.match

    @property
    def partner(self) -> VisitorId:
        return self.side.partner

    @property
    def partner_place(self) -> Place:
        return self.side.partner_place

    # --- frames ------------------------------------------------------------------------------------

    def relay(self, message: ToPartner, frame: bytes) -> list[Effect]:
        """Our browser says something. A partner who is away gets nothing: the page says it again."""
        if self.away or not self.welcomed:
            return [CountDropped("partner_away")]
        me = self._record.me.place
        numbered = isinstance(message, Chat | Reveal)
        relay = Relay(self.partner, self.match, me.epoch, me.gateway, frame, numbered)
        return [SendToGateway(self.partner_place.gateway, relay)]

    def deliver(self, relay: Relay) -> list[Effect]:
        """The partner's browser says something."""
        if not self.here or not self.welcomed:
            return [CountDropped("no_socket")]
        return [SendFrame(relay.frame, relay.numbered)]

    # --- where the partner is ----------------------------------------------------------------------

    def on_partner_location(self, told: PartnerLocation, now: float) -> list[Effect]:
        """The partner's gateway says where they are, and whether their socket is there."""
        moved = told.place != self.partner_place
        effects = self._move_partner(told.place, told.address_hash)
        self._located = True
        if told.connected:
            return effects + self._on_partner_present(moved)
        return effects + self._on_partner_away(now)

    def on_locate_partner(self, told: LocatePartner, now: float) -> list[Effect]:
        """The partner has come to a gateway, which asks where we are and waits for our answer.

        They hear nothing until they are welcomed there, of which `PartnerLocation` will tell.
        """
        moved = told.place != self.partner_place
        effects = self._move_partner(told.place, told.address_hash)
        self._located = True
        effects += self._end_search()
        if not self.welcomed:
            return effects + self.welcome()
        if moved and not self.away:
            effects += self._start_partner_grace(now)
        return [*effects, self.location_message()]

    def on_partner_not_here(self, told: PartnerNotHere, now: float) -> list[Effect]:
        """The partner is not at the gateway where we believed them."""
        return self.on_gateway_lost(told.gateway, now)

    def on_gateway_lost(self, gateway: GatewayId, now: float) -> list[Effect]:
        """Nobody knows where the partner is: look for them."""
        if gateway != self.partner_place.gateway:
            return []
        self._located = False
        return [*(self._on_partner_away(now) if self.welcomed else ()), *self._start_search()]

    def on_partner_moved(self, place: Place) -> list[Effect]:
        """Our visitor's former gateway knows a newer place of the partner: ask there."""
        if not self.away or place <= self.partner_place:
            return []
        return [*self._move_partner(place, self.side.partner_address_hash), self._ask_partner_gateway()]

    def _move_partner(self, place: Place, address_hash: bytes) -> list[Effect]:
        """The partner is at this place. The gateway that we believed before is told of a newer one."""
        former = self.partner_place
        if place == former:
            return []
        self.side = self.side.moved(place, address_hash)
        if place.gateway == former.gateway:
            return []
        self._pass_outdated = True
        return [
            SendToGateway(former.gateway, Superseded(self.partner, self.match, place.epoch, place.gateway))
        ]

    def _on_partner_present(self, moved: bool) -> list[Effect]:
        was_away, self.away, self._away_shown = self.away, False, False
        effects = self._end_search()
        if not self.welcomed:
            return effects + self.welcome()
        if was_away:
            effects.append(self.location_message())  # they may believe us away, too
        if was_away or moved:
            effects.append(SendPartnerBack(self.side, self._record.find, self._pass_outdated))
            self._pass_outdated = False
        return effects

    def _on_partner_away(self, now: float) -> list[Effect]:
        """The partner's socket is gone. They may come back within the grace."""
        effects = [] if self.away else self._start_partner_grace(now)
        if not self.welcomed:
            return effects + self.welcome()
        if not self._away_shown:
            self._away_shown = True
            effects.append(SendMessage(PartnerAway(self.match, RECONNECT_GRACE)))
        return effects

    def _start_partner_grace(self, now: float) -> list[Effect]:
        self.away, self._away_at = True, now
        return [SetTimer(RECONNECT_GRACE, PartnerGraceExpired(self.match, now))]

    # --- looking for the partner -------------------------------------------------------------------

    def on_partner_search_due(self, due: PartnerSearchDue) -> list[Effect]:
        """Begin to look for the partner, unless there was word of them; or call once more."""
        if not due.search:
            return [] if self._located else self._start_search()
        return self._search_once(due.calls) if self._searching and due.search == self._search_number else []

    def _start_search(self) -> list[Effect]:
        """Both listen and call on the match's own subject: so they find each other, whoever moved first.

        The gateway where the partner was is asked again, too, for the first question may be lost.
        """
        if self._searching:
            return []
        listens: list[Effect] = [] if self._subscribed else [SubscribeToMatch(self.match)]
        self._searching = self._subscribed = True
        self._search_number += 1
        return [*listens, *self._search_once(0)]

    def _search_once(self, calls: int) -> list[Effect]:
        wait = RETRY_DELAYS[min(calls, len(RETRY_DELAYS) - 1)]
        again = PartnerSearchDue(self.match, self._search_number, calls + 1)
        return [PublishToMatch(self._locate_message()), self._ask_partner_gateway(), SetTimer(wait, again)]

    def _end_search(self) -> list[Effect]:
        """The partner is found. Who had to be looked for may have to be once more, so listen for a while."""
        if not self._searching:
            return []
        self._searching = False
        return [SetTimer(RECONNECT_GRACE, UnsubscribeDue(self.match, self._search_number))]

    def on_unsubscribe_due(self, due: UnsubscribeDue) -> list[Effect]:
        """Stop listening, unless another search for the partner has begun since."""
        return [] if self._searching or due.search != self._search_number else self.stop_search()

    def stop_search(self) -> list[Effect]:
        """Nobody looks for the partner any more."""
        if not self._subscribed:
            return []
        self._searching = self._subscribed = False
        return [UnsubscribeFromMatch(self.match)]

    # --- where we are ------------------------------------------------------------------------------

    def on_disconnected(self, now: float) -> list[Effect]:
        """Our visitor's socket is gone."""
        self.here, self._disconnected_at = False, now
        return [self.location_message(), SetTimer(RECONNECT_GRACE, GraceExpired(self.match, now))]

    def on_reconnected(self) -> list[Effect]:
        """It is back, with a newer socket at this gateway."""
        self.here = True
        return self.welcome() if self.welcomed else [self._ask_partner_gateway()]

    def resume(self, now: float) -> list[Effect]:
        """Our visitor has come with a pass: ask the gateway that it names for the partner."""
        self.welcomed = self._located = False
        return [
            *self._start_partner_grace(now),
            SetTimer(LOCATE_TIMEOUT, PartnerSearchDue(self.match)),
            SetTimer(WELCOME_TIMEOUT, ResumeTimedOut(self.match)),
            self._ask_partner_gateway(),
        ]

    def on_resume_timed_out(self) -> list[Effect]:
        """There was no word of the partner in time."""
        return [] if self.welcomed else self.welcome()

    def welcome(self) -> list[Effect]:
        """Let our browser go on, and tell the partner's gateway that it does."""
        self.welcomed = True
        self._away_shown, self._pass_outdated = self.away, False
        remembered = self._record.memory(self.partner)
        return [
            SendWelcome(self.side, self._record.find, remembered, not self.away),
            self.location_message(),
        ]

    def location_message(self) -> SendToGateway:
        """Tells the partner's gateway where we are."""
        me = self._record.me
        connected = self.here and self.welcomed
        at = PartnerLocation(
            self.partner, self.match, me.place.epoch, me.place.gateway, me.visitor, me.address_hash, connected
        )
        return SendToGateway(self.partner_place.gateway, at)

    def not_here_message(self) -> SendToGateway:
        """Tells the partner's gateway that our visitor did not come back here; perhaps they are elsewhere."""
        told = PartnerNotHere(
            self.partner, self.match, self._record.me.place.epoch, self._record.me.place.gateway
        )
        return SendToGateway(self.partner_place.gateway, told)

    def leave(self, reason: EndReason) -> list[Effect]:
        """Tells the partner, wherever they are, that the match is over."""
        me = self._record.me.place
        left = PartnerLeft(self.partner, self.match, me.epoch, me.gateway, reason)
        called: list[Effect] = [PublishToMatch(left)] if self._searching else []
        return [SendToGateway(self.partner_place.gateway, left), *called, *self.stop_search()]

    def has_grace_expired(self, since: float) -> bool:
        """Whether our browser, lost at `since`, has not come back."""
        return not self.here and self._disconnected_at == since

    def has_partner_grace_expired(self, since: float) -> bool:
        """Whether the partner, away at `since`, has not come back."""
        return self.away and self._away_at == since

    def _ask_partner_gateway(self) -> SendToGateway:
        return SendToGateway(self.partner_place.gateway, self._locate_message())

    def _locate_message(self) -> LocatePartner:
        me = self._record.me
        return LocatePartner(
            self.partner, self.match, me.place.epoch, me.place.gateway, me.visitor, me.address_hash
        )
