"""One match, as the gateway of one of its two visitors keeps it. Times are monotonic seconds.

It tracks where the partner is. A partner is away while their socket is closed or nobody knows where it is. If
the partner's gateway does not know either, this one starts a search: it subscribes to the match's own subject
and asks there for the partner, and the other side does the same, so they find each other whoever moved first.
"""

from msgspec import structs

from services.contract.gateway_messages import (
    Accept,
    GatewayMessage,
    LocatePartner,
    PartnerLeft,
    PartnerLocation,
    PartnerNotHere,
    Relay,
    Superseded,
)
from services.contract.ids import EndReason, GatewayId, MatchId, Place, VisitorId
from services.contract.limits import RECONNECT_GRACE, RELOAD_GRACE
from services.contract.line_digests import split_digests, with_digest
from services.contract.passes import PassContent

from .effects import (
    CountDropped,
    Effect,
    PublishToMatch,
    SendMessage,
    SendPartnerBack,
    SendPass,
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
from .states import SearchKind, SessionSummary
from .visitor_history import VisitorRecord

LOCATE_TIMEOUT = 0.5
"""Seconds in which the gateway of a pass must say where the partner is, before a search starts."""

WELCOME_TIMEOUT = 1.0
"""Seconds for which a browser that resumes waits to learn where its partner is."""

_PARTNER_AWAY = CountDropped("partner_away")


class Conversation:
    """The state of a session in a match.

    `here` says that our visitor's socket is open, `away` that the partner is away, `welcomed` that our
    browser knows that the match goes on, and `partner_wrote` that the partner has said a line.
    """

    __slots__ = (
        "_away_shown",
        "_away_since",
        "_disconnected_since",
        "_located",
        "_pass_outdated",
        "_record",
        "_search_number",
        "_searching",
        "_subscribed",
        "away",
        "here",
        "partner_wrote",
        "shared_interests",
        "side",
        "welcomed",
    )

    def __init__(
        self, record: VisitorRecord, side: MatchSide, shared_interests: tuple[str, ...] = ()
    ) -> None:
        self._record = record
        self.side = side
        self.shared_interests = shared_interests
        self.here = self.welcomed = True
        self.away = self.partner_wrote = False
        self._disconnected_since = self._away_since = 0.0
        self._away_shown = False
        """Whether our browser was told that the partner is away."""
        self._located = True
        """Whether the partner's own gateway has said where they are since we last asked."""
        self._pass_outdated = False
        """Whether our browser's pass names a gateway that the partner has left."""
        self._searching = self._subscribed = False
        self._search_number = 0
        """How many searches for the partner have started."""

    @classmethod
    def from_accept(
        cls,
        record: VisitorRecord,
        proposal: MatchProposal,
        accept: Accept,
        shared_interests: tuple[str, ...],
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
            partner_languages=tuple(accept.languages),
            partner_country=accept.country or "",
        )
        return cls(record, side, shared_interests)

    @classmethod
    def from_pass(cls, record: VisitorRecord, content: PassContent, started: float) -> "Conversation":
        """Restore the match of a pass, which began at `started`."""
        side = MatchSide(
            content.match,
            content.partner,
            Place(content.partner_epoch, content.partner_gateway),
            content.polite,
            content.partner_address_hash,
            started,
            content.partner_device,
            content.lines,
            content.partner_languages,
            content.partner_country,
        )
        resumed = cls(record, side)
        resumed.partner_wrote = True  # or not, but here nobody knows
        return resumed

    def summary(self, me: Participant, kind: SearchKind) -> SessionSummary:
        return SessionSummary(
            me.visitor,
            me.place,
            "matched",
            kind.mode,
            self.match,
            self.partner,
            self.partner_place,
            connected=self.here,
            welcomed=self.welcomed,
            partner_here=not self.away,
            partner_wrote=self.partner_wrote,
            room=kind.room,
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

    @property
    def is_blocked(self) -> bool:
        """Whether our visitor blocks the partner, perhaps as another visitor of the same device."""
        return self._record.history.has_blocked(self.partner, self.side.partner_device)

    @property
    def _header(self) -> tuple[VisitorId, MatchId, int, GatewayId]:
        return self._record.me.header(self.partner, self.match)

    def _send(self, message: GatewayMessage) -> SendToGateway:
        return SendToGateway(self.partner_place.gateway, message)

    # --- frames ------------------------------------------------------------------------------------

    def relay(self, message: ToPartner, frame: bytes, digest: bytes) -> SendToGateway | CountDropped:
        """Relay a frame of our browser. A partner who is away gets nothing, and the page repeats it.

        `digest` is that of a line of chat. It is kept, and so it is by the partner's gateway.
        """
        if self.away or not self.welcomed:
            return _PARTNER_AWAY
        if digest:
            self._keep_line(digest)
        # This runs for every frame, so it reads the fields directly.
        side, place, numbered = self.side, self._record.me.place, isinstance(message, Chat | Reveal)
        relayed = Relay(side.partner, side.match, place.epoch, place.gateway, frame, numbered, digest=digest)
        return SendToGateway(side.partner_place.gateway, relayed)

    def deliver(self, relay: Relay) -> bool:
        """Return whether our browser may get this frame of the partner's. Then its line of chat is kept."""
        if relay.digest:
            self.partner_wrote = True
        if not self._is_open:
            return False
        if relay.digest:
            self._keep_line(relay.digest)
        return True

    @property
    def _is_open(self) -> bool:
        """Whether our browser may get frames of the partner's: it is connected and knows of the match."""
        return self.here and self.welcomed

    def _keep_line(self, digest: bytes) -> None:
        self.side = structs.replace(self.side, lines=with_digest(self.side.lines, digest))

    def fresh_pass(self) -> list[Effect]:
        """Give our browser a pass that proves the last lines of chat, if there are any."""
        return [SendPass(self.side, self._record.find)] if self.side.lines else []

    # --- where the partner is ----------------------------------------------------------------------

    def on_partner_location(self, location: PartnerLocation, now: float) -> list[Effect]:
        """Record what the partner's gateway says of their place and socket."""
        moved = location.place != self.partner_place
        effects = self._move_partner(location.place, location.address_hash)
        self._located = True
        for digest in split_digests(location.lines):
            self._keep_line(digest)
        if location.connected:
            return effects + self._on_partner_present(moved)
        return effects + self._on_partner_away(now)

    def on_locate_partner(self, question: LocatePartner, now: float) -> list[Effect]:
        """Answer the partner's new gateway, which asks where our visitor is.

        The partner gets no frames until they are welcomed there, which a `PartnerLocation` will say.
        """
        moved = question.place != self.partner_place
        effects = self._move_partner(question.place, question.address_hash)
        self._located = True
        effects += self._end_search()
        if not self.welcomed:
            return effects + self.welcome()
        if moved and not self.away:
            effects += self._start_partner_grace(now)
        return [*effects, self.location_message(self.side.lines)]

    def on_partner_not_here(self, answer: PartnerNotHere, now: float) -> list[Effect]:
        """Search for the partner, who is not where they were believed to be."""
        return self.on_gateway_lost(answer.gateway, now)

    def on_gateway_lost(self, gateway: GatewayId, now: float) -> list[Effect]:
        """Search for the partner if they were at this gateway."""
        if gateway != self.partner_place.gateway:
            return []
        self._located = False
        return [*(self._on_partner_away(now) if self.welcomed else ()), *self._start_search()]

    def on_partner_moved(self, place: Place) -> list[Effect]:
        """Ask at a newer place of the partner, which our visitor's former gateway named."""
        if not self.away or place <= self.partner_place:
            return []
        return [*self._move_partner(place, self.side.partner_address_hash), self._ask_partner_gateway()]

    def _move_partner(self, place: Place, address_hash: bytes) -> list[Effect]:
        """Record the partner's place. Tell the gateway where they were of the newer one."""
        former = self.partner_place
        if place == former:
            return []
        self.side = self.side.moved(place, address_hash)
        if place.gateway == former.gateway:
            return []
        self._pass_outdated = True
        newer = Superseded(self.partner, self.match, place.epoch, place.gateway)
        return [SendToGateway(former.gateway, newer)]

    def _on_partner_present(self, moved: bool) -> list[Effect]:
        was_away, self.away, self._away_shown = self.away, False, False
        effects = self._end_search()
        if not self.welcomed:
            return effects + self.welcome()
        if was_away:
            effects.append(self.location_message())  # they may believe that we are away, too
        if was_away or moved:
            effects.append(SendPartnerBack(self.side, self._record.find, self._pass_outdated))
            self._pass_outdated = False
        return effects

    def _on_partner_away(self, now: float) -> list[Effect]:
        effects = [] if self.away else self._start_partner_grace(now)
        if not self.welcomed:
            return effects + self.welcome()
        if not self._away_shown:
            self._away_shown = True
            effects.append(SendMessage(PartnerAway(self.match, RECONNECT_GRACE)))
        return effects

    def _start_partner_grace(self, now: float) -> list[Effect]:
        self.away, self._away_since = True, now
        return [SetTimer(RECONNECT_GRACE, PartnerGraceExpired(self.match, now))]

    # --- searching for the partner -----------------------------------------------------------------

    def on_partner_search_due(self, due: PartnerSearchDue) -> list[Effect]:
        """Start a search unless the partner was located meanwhile, or repeat the question of a search."""
        if not due.search:
            return [] if self._located else self._start_search()
        return (
            self._ask_everywhere(due.tries) if self._searching and due.search == self._search_number else []
        )

    def _start_search(self) -> list[Effect]:
        if self._searching:
            return []
        subscribe: list[Effect] = [] if self._subscribed else [SubscribeToMatch(self.match)]
        self._searching = self._subscribed = True
        self._search_number += 1
        return [*subscribe, *self._ask_everywhere(0)]

    def _ask_everywhere(self, tries: int) -> list[Effect]:
        """Ask on the match's subject, and again at the partner's last gateway: a question may be lost."""
        delay = RETRY_DELAYS[min(tries, len(RETRY_DELAYS) - 1)]
        due = PartnerSearchDue(self.match, self._search_number, tries + 1)
        return [PublishToMatch(self._locate_message()), self._ask_partner_gateway(), SetTimer(delay, due)]

    def _end_search(self) -> list[Effect]:
        """End the search, but stay subscribed for a while in case the partner has to search, too."""
        if not self._searching:
            return []
        self._searching = False
        return [SetTimer(RECONNECT_GRACE, UnsubscribeDue(self.match, self._search_number))]

    def on_unsubscribe_due(self, due: UnsubscribeDue) -> list[Effect]:
        """Unsubscribe unless another search has started since."""
        return [] if self._searching or due.search != self._search_number else self.stop_search()

    def stop_search(self) -> list[Effect]:
        """Stop searching, and unsubscribe."""
        if not self._subscribed:
            return []
        self._searching = self._subscribed = False
        return [UnsubscribeFromMatch(self.match)]

    # --- where our visitor is ----------------------------------------------------------------------

    def on_disconnected(self, page_closed: bool, now: float) -> list[Effect]:
        """Tell the partner that our visitor's socket is gone, and wait for the visitor."""
        self.here, self._disconnected_since = False, now
        grace = RELOAD_GRACE if page_closed else RECONNECT_GRACE
        return [self.location_message(), SetTimer(grace, GraceExpired(self.match, now, page_closed))]

    def on_reconnected(self) -> list[Effect]:
        """Go on with our visitor's new socket at this gateway."""
        self.here = True
        return self.welcome() if self.welcomed else [self._ask_partner_gateway()]

    def resume(self, now: float) -> list[Effect]:
        """Go on with the match of a pass: ask the gateway that it names for the partner."""
        self.welcomed = self._located = False
        return [
            *self._start_partner_grace(now),
            SetTimer(LOCATE_TIMEOUT, PartnerSearchDue(self.match)),
            SetTimer(WELCOME_TIMEOUT, ResumeTimedOut(self.match)),
            self._ask_partner_gateway(),
        ]

    def on_resume_timed_out(self) -> list[Effect]:
        """Welcome a browser that has waited long enough."""
        return [] if self.welcomed else self.welcome()

    def welcome(self) -> list[Effect]:
        """Let our browser go on, and tell the partner's gateway so."""
        self.welcomed = True
        self._away_shown, self._pass_outdated = self.away, False
        memory = self._record.memory(self.partner)
        return [SendWelcome(self.side, self._record.find, memory, not self.away), self.location_message()]

    def location_message(self, lines: bytes = b"") -> SendToGateway:
        """Return the message that tells the partner's gateway where our visitor is, with digests it lacks."""
        me = self._record.me
        location = PartnerLocation(*self._header, me.visitor, me.address_hash, self._is_open, lines)
        return self._send(location)

    def not_here_message(self) -> SendToGateway:
        """Return the message that our visitor did not come back here. They may be at another gateway."""
        return self._send(PartnerNotHere(*self._header))

    def leave(self, reason: EndReason) -> list[Effect]:
        """Tell the partner, wherever they are, that the match is over."""
        left = PartnerLeft(*self._header, reason)
        published: list[Effect] = [PublishToMatch(left)] if self._searching else []
        return [self._send(left), *published, *self.stop_search()]

    def has_grace_expired(self, since: float) -> bool:
        """Return whether our browser, disconnected at `since`, has not come back."""
        return not self.here and self._disconnected_since == since

    def has_partner_grace_expired(self, since: float) -> bool:
        """Return whether the partner, away since `since`, has not come back."""
        return self.away and self._away_since == since

    def _ask_partner_gateway(self) -> SendToGateway:
        return self._send(self._locate_message())

    def _locate_message(self) -> LocatePartner:
        me = self._record.me
        return LocatePartner(*self._header, me.visitor, me.address_hash)
