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
        "_listening",
        "_located",
        "_lost_at",
        "_new_gateway",
        "_record",
        "_search",
        "_seeking",
        "_told_away",
        "away",
        "encounter",
        "here",
        "shared_interests",
        "welcomed",
    )  # fmt: skip

    def __init__(
        self, record: VisitorRecord, encounter: MatchSide, shared_interests: tuple[str, ...] = ()
    ) -> None:
        self._record = record
        self.encounter = encounter
        self.shared_interests = shared_interests
        self.here = self.welcomed = True
        self.away = False
        self._lost_at = self._away_at = 0.0
        self._told_away = False
        """Whether our browser was told that the partner is away."""
        self._located = True
        """Whether the partner's own gateway has said where they are, since we last asked."""
        self._new_gateway = False
        """Whether the pass of our browser names a gateway where the partner is not any more."""
        self._seeking = self._listening = False
        self._search = 0
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
        return self.encounter.match

    @property
    def partner(self) -> VisitorId:
        return self.encounter.partner

    @property
    def partner_place(self) -> Place:
        return self.encounter.partner_place

    # --- frames ------------------------------------------------------------------------------------

    def say(self, message: ToPartner, frame: bytes) -> list[Effect]:
        """Our browser says something. A partner who is away gets nothing: the page says it again."""
        if self.away or not self.welcomed:
            return [CountDropped("partner_away")]
        me = self._record.me.place
        numbered = isinstance(message, Chat | Reveal)
        relay = Relay(self.partner, self.match, me.epoch, me.gateway, frame, numbered)
        return [SendToGateway(self.partner_place.gateway, relay)]

    def hear(self, relay: Relay) -> list[Effect]:
        """The partner's browser says something."""
        if not self.here or not self.welcomed:
            return [CountDropped("no_socket")]
        return [SendFrame(relay.frame, relay.numbered)]

    # --- where the partner is ----------------------------------------------------------------------

    def partner_at(self, told: PartnerLocation, now: float) -> list[Effect]:
        """The partner's gateway says where they are, and whether their socket is there."""
        moved = told.place != self.partner_place
        effects = self._move(told.place, told.address_hash)
        self._located = True
        if told.connected:
            return effects + self._find_partner(moved)
        return effects + self._lose_partner(now)

    def sought(self, told: LocatePartner, now: float) -> list[Effect]:
        """The partner has come to a gateway, which asks where we are and waits for our answer.

        They hear nothing until they are welcomed there, of which `PartnerLocation` will tell.
        """
        moved = told.place != self.partner_place
        effects = self._move(told.place, told.address_hash)
        self._located = True
        effects += self._found()
        if not self.welcomed:
            return effects + self.welcome()
        if moved and not self.away:
            effects += self._miss_partner(now)
        return [*effects, self.whereabouts()]

    def not_here(self, told: PartnerNotHere, now: float) -> list[Effect]:
        """The partner is not at the gateway where we believed them."""
        return self.gateway_lost(told.gateway, now)

    def gateway_lost(self, gateway: GatewayId, now: float) -> list[Effect]:
        """Nobody knows where the partner is: look for them."""
        if gateway != self.partner_place.gateway:
            return []
        self._located = False
        return [*(self._lose_partner(now) if self.welcomed else ()), *self._seek()]

    def partner_moved(self, place: Place) -> list[Effect]:
        """Our visitor's former gateway knows a newer place of the partner: ask there."""
        if not self.away or place <= self.partner_place:
            return []
        return [*self._move(place, self.encounter.partner_address_hash), self._ask()]

    def _move(self, place: Place, address_hash: bytes) -> list[Effect]:
        """The partner is at this place. The gateway that we believed before is told of a newer one."""
        former = self.partner_place
        if place == former:
            return []
        self.encounter = self.encounter.moved(place, address_hash)
        if place.gateway == former.gateway:
            return []
        self._new_gateway = True
        return [
            SendToGateway(former.gateway, Superseded(self.partner, self.match, place.epoch, place.gateway))
        ]

    def _find_partner(self, moved: bool) -> list[Effect]:
        was_away, self.away, self._told_away = self.away, False, False
        effects = self._found()
        if not self.welcomed:
            return effects + self.welcome()
        if was_away:
            effects.append(self.whereabouts())  # they may believe us away, too
        if was_away or moved:
            effects.append(SendPartnerBack(self.encounter, self._record.find, self._new_gateway))
            self._new_gateway = False
        return effects

    def _lose_partner(self, now: float) -> list[Effect]:
        """The partner's socket is gone. They may come back within the grace."""
        effects = [] if self.away else self._miss_partner(now)
        if not self.welcomed:
            return effects + self.welcome()
        if not self._told_away:
            self._told_away = True
            effects.append(SendMessage(PartnerAway(self.match, RECONNECT_GRACE)))
        return effects

    def _miss_partner(self, now: float) -> list[Effect]:
        self.away, self._away_at = True, now
        return [SetTimer(RECONNECT_GRACE, PartnerGraceExpired(self.match, now))]

    # --- looking for the partner -------------------------------------------------------------------

    def seek_due(self, due: PartnerSearchDue) -> list[Effect]:
        """Begin to look for the partner, unless there was word of them; or call once more."""
        if not due.search:
            return [] if self._located else self._seek()
        return self._call(due.calls) if self._seeking and due.search == self._search else []

    def _seek(self) -> list[Effect]:
        """Both listen and call on the match's own subject: so they find each other, whoever moved first.

        The gateway where the partner was is asked again, too, for the first question may be lost.
        """
        if self._seeking:
            return []
        listens: list[Effect] = [] if self._listening else [SubscribeToMatch(self.match)]
        self._seeking = self._listening = True
        self._search += 1
        return [*listens, *self._call(0)]

    def _call(self, calls: int) -> list[Effect]:
        wait = RETRY_DELAYS[min(calls, len(RETRY_DELAYS) - 1)]
        again = PartnerSearchDue(self.match, self._search, calls + 1)
        return [PublishToMatch(self._seek_partner()), self._ask(), SetTimer(wait, again)]

    def _found(self) -> list[Effect]:
        """The partner is found. Who had to be looked for may have to be once more, so listen for a while."""
        if not self._seeking:
            return []
        self._seeking = False
        return [SetTimer(RECONNECT_GRACE, UnsubscribeDue(self.match, self._search))]

    def listen_due(self, due: UnsubscribeDue) -> list[Effect]:
        """Stop listening, unless another search for the partner has begun since."""
        return [] if self._seeking or due.search != self._search else self.stop_seeking()

    def stop_seeking(self) -> list[Effect]:
        """Nobody looks for the partner any more."""
        if not self._listening:
            return []
        self._seeking = self._listening = False
        return [UnsubscribeFromMatch(self.match)]

    # --- where we are ------------------------------------------------------------------------------

    def lose_browser(self, now: float) -> list[Effect]:
        """Our visitor's socket is gone."""
        self.here, self._lost_at = False, now
        return [self.whereabouts(), SetTimer(RECONNECT_GRACE, GraceExpired(self.match, now))]

    def regain_browser(self) -> list[Effect]:
        """It is back, with a newer socket at this gateway."""
        self.here = True
        return self.welcome() if self.welcomed else [self._ask()]

    def resume(self, now: float) -> list[Effect]:
        """Our visitor has come with a pass: ask the gateway that it names for the partner."""
        self.welcomed = self._located = False
        return [
            *self._miss_partner(now),
            SetTimer(LOCATE_TIMEOUT, PartnerSearchDue(self.match)),
            SetTimer(WELCOME_TIMEOUT, ResumeTimedOut(self.match)),
            self._ask(),
        ]

    def welcome_due(self) -> list[Effect]:
        """There was no word of the partner in time."""
        return [] if self.welcomed else self.welcome()

    def welcome(self) -> list[Effect]:
        """Let our browser go on, and tell the partner's gateway that it does."""
        self.welcomed = True
        self._told_away, self._new_gateway = self.away, False
        remembered = self._record.remembered(self.partner)
        return [
            SendWelcome(self.encounter, self._record.find, remembered, not self.away),
            self.whereabouts(),
        ]

    def whereabouts(self) -> SendToGateway:
        """Tells the partner's gateway where we are."""
        me = self._record.me
        connected = self.here and self.welcomed
        at = PartnerLocation(
            self.partner, self.match, me.place.epoch, me.place.gateway, me.visitor, me.address_hash, connected
        )
        return SendToGateway(self.partner_place.gateway, at)

    def absence(self) -> SendToGateway:
        """Tells the partner's gateway that our visitor did not come back here; perhaps they are elsewhere."""
        told = PartnerNotHere(
            self.partner, self.match, self._record.me.place.epoch, self._record.me.place.gateway
        )
        return SendToGateway(self.partner_place.gateway, told)

    def farewell(self, reason: EndReason) -> list[Effect]:
        """Tells the partner, wherever they are, that the match is over."""
        me = self._record.me.place
        left = PartnerLeft(self.partner, self.match, me.epoch, me.gateway, reason)
        called: list[Effect] = [PublishToMatch(left)] if self._seeking else []
        return [SendToGateway(self.partner_place.gateway, left), *called, *self.stop_seeking()]

    def overdue(self, since: float) -> bool:
        """Whether our browser, lost at `since`, has not come back."""
        return not self.here and self._lost_at == since

    def partner_overdue(self, since: float) -> bool:
        """Whether the partner, away at `since`, has not come back."""
        return self.away and self._away_at == since

    def _ask(self) -> SendToGateway:
        return SendToGateway(self.partner_place.gateway, self._seek_partner())

    def _seek_partner(self) -> LocatePartner:
        me = self._record.me
        return LocatePartner(
            self.partner, self.match, me.place.epoch, me.place.gateway, me.visitor, me.address_hash
        )
