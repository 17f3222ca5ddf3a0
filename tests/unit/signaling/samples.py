"""Sample visitors, matches and messages for the tests of the gateway's core."""

from collections.abc import Callable
from itertools import count

import pytest

from services.contract.gateway_messages import (
    Accept,
    Decline,
    LocatePartner,
    PartnerLeft,
    PartnerLocation,
    PartnerNotHere,
    Relay,
)
from services.contract.ids import (
    EndReason,
    GatewayId,
    MatchId,
    Place,
    TicketId,
    VisitorId,
    random_id,
    visitor_key,
)
from services.contract.passes import PassContent
from services.contract.rate_limit import Rate
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.match_side import MatchProposal, Participant
from services.signaling.core.messages import Chat, Find, FromBrowser, ToPartner, encode
from services.signaling.core.pacer import Pacer
from services.signaling.core.session import Session
from services.signaling.core.states import SessionSummary
from services.signaling.core.visitor_history import EMPTY_MEMORY, VisitorMemory, restore_history
from services.signaling.core.wishes import SearchTicket

from ...in_memory.ports import unscreened

ME, STRANGER, OTHER = (VisitorId(random_id()) for _ in range(3))
MATCH, OLD_MATCH = MatchId("current-match"), MatchId("earlier-match")
MY_GATEWAY, GATEWAY, ELSEWHERE = (GatewayId(f"{whose}-gateway") for whose in ("my", "their", "other"))
MY_PLACE, PLACE, NEWER = Place(7, MY_GATEWAY), Place(4, GATEWAY), Place(5, ELSEWHERE)
FIND = Find("video", interests=["Music"], languages=["de-AT"])


def chat(match: str = MATCH, text: str = "hello") -> tuple[Chat, bytes]:
    """Return a chat message and its frame."""
    message = Chat(match, 1, text, "1")
    return message, encode(message)


def proposal_for(
    ticket: TicketId, match: MatchId = MATCH, partner: VisitorId = STRANGER, polite: bool = True
) -> MatchProposal:
    return MatchProposal(match, ticket, partner, PLACE.gateway, PLACE.epoch, polite, ("music",))


def block_requested(
    partner: VisitorId = STRANGER, match: MatchId = MATCH, device: int = 0
) -> events.BlockRequested:
    return events.BlockRequested(match, partner, device)


def pass_content(find: Find | None = FIND) -> PassContent:
    """Return a pass to the match with the stranger, whose place in it is `PLACE`."""
    return PassContent(
        MATCH,
        ME,
        ELSEWHERE,
        STRANGER,
        PLACE.gateway,
        True,
        b"hash",
        1_767_225_600.0,
        encode(find) if find else b"",
        MY_PLACE.epoch - 1,
        PLACE.epoch,
    )


# --- messages of other gateways --------------------------------------------------------------------


def accept(match: MatchId = MATCH, place: Place = PLACE, device: int = 0) -> Accept:
    return Accept(ME, match, place.epoch, place.gateway, ["de"], "AT", b"hash", device)


def partner_left(reason: EndReason, match: MatchId = MATCH, place: Place = PLACE) -> PartnerLeft:
    return PartnerLeft(ME, match, place.epoch, place.gateway, reason)


def relay(
    frame: bytes = b"theirs", match: MatchId = MATCH, numbered: bool = False, digest: bytes = b""
) -> Relay:
    return Relay(ME, match, PLACE.epoch, PLACE.gateway, frame, numbered, digest=digest)


def partner_location(
    place: Place = PLACE, connected: bool = True, match: MatchId = MATCH, lines: bytes = b""
) -> PartnerLocation:
    return PartnerLocation(ME, match, place.epoch, place.gateway, STRANGER, b"hash", connected, lines)


def locate_partner(place: Place = PLACE, match: MatchId = MATCH) -> LocatePartner:
    return LocatePartner(ME, match, place.epoch, place.gateway, STRANGER, b"hash")


def not_here(place: Place = PLACE, match: MatchId = MATCH) -> PartnerNotHere:
    return PartnerNotHere(ME, match, place.epoch, place.gateway)


# --- effects ---------------------------------------------------------------------------------------


def of_kind(effects: list[fx.Effect], *kinds: type) -> list[fx.Effect]:
    """Return the effects of these types."""
    return [effect for effect in effects if isinstance(effect, kinds)]


def offered_tickets(effects: list[fx.Effect]) -> list[SearchTicket]:
    return [effect.ticket for effect in effects if isinstance(effect, fx.OfferTicket)]


def sends_left(reason: EndReason, match: MatchId = MATCH, at: GatewayId = GATEWAY) -> fx.SendToGateway:
    """Return the effect that tells the partner's gateway that the visitor left."""
    return fx.SendToGateway(at, PartnerLeft(STRANGER, match, MY_PLACE.epoch, MY_GATEWAY, reason))


def sends_decline(match: MatchId = MATCH, partner: VisitorId = STRANGER) -> fx.SendToGateway:
    """Return the effect that declines a proposal."""
    return fx.SendToGateway(GATEWAY, Decline(partner, match, MY_PLACE.epoch, MY_GATEWAY))


def sends_location(connected: bool = True, at: GatewayId = GATEWAY, lines: bytes = b"") -> fx.SendToGateway:
    """Return the effect that tells the partner's gateway where our visitor is."""
    told = PartnerLocation(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, ME, b"mine", connected, lines)
    return fx.SendToGateway(at, told)


LOCATE_QUESTION = LocatePartner(STRANGER, MATCH, MY_PLACE.epoch, MY_GATEWAY, ME, b"mine")
"""The message with which our visitor's gateway asks for the partner."""


def key(visitor: VisitorId) -> int:
    return visitor_key(visitor)


# --- a session -------------------------------------------------------------------------------------


class Driver:
    """Drives one session with a clock of its own, and keeps the ticket that it offered last.

    What the session asks to count is not among the effects that are returned, but in `counted`.
    """

    def __init__(self, country: str = "DE", device: int = 0, memory: VisitorMemory = EMPTY_MEMORY) -> None:
        self.now = 100.0
        me = Participant(ME, MY_PLACE, b"mine", device)
        self.session = Session(
            me,
            country,
            map(TicketId, count(1)),
            restore_history(memory, 0, self.now),
            Pacer(Rate(5, 10)),
            unscreened(),
            memory,
        )
        self._ticket: SearchTicket | None = None
        self.counted: list[str] = []
        """The results of proposals and the reasons why matches ended."""

    def says(self, message: FromBrowser, frame: bytes = b"", digest: bytes = b"") -> list[fx.Effect]:
        if isinstance(message, ToPartner):
            return [self.session.relay(message, frame, digest, self.now)]
        return self._noted(self.session.receive(message, self.now))

    def hears(self, relay: Relay) -> list[fx.Effect] | None:
        """Return None if the browser gets the frame of the partner, else what is done instead."""
        return self.session.deliver(relay)

    def happens(self, event: events.Event) -> list[fx.Effect]:
        return self._noted(self.session.on_event(event, self.now))

    def resume(self, content: PassContent | None = None) -> list[fx.Effect]:
        """Resume a match that began a minute ago."""
        return self._noted(self.session.resume(content or pass_content(), self.now - 60, self.now))

    def _noted(self, effects: list[fx.Effect]) -> list[fx.Effect]:
        self._ticket = next(reversed(offered_tickets(effects)), self._ticket)
        for effect in effects:
            if isinstance(effect, fx.CountProposal):
                self.counted.append(effect.result)
            elif isinstance(effect, fx.CountEnded):
                self.counted.append(effect.reason)
        return [one for one in effects if not isinstance(one, fx.CountProposal | fx.CountEnded)]

    @property
    def summary(self) -> SessionSummary:
        return self.session.summary

    @property
    def phase(self) -> str:
        return self.summary.phase

    @property
    def ticket(self) -> SearchTicket:
        """The ticket that was offered last."""
        assert self._ticket is not None
        return self._ticket

    def search(self) -> SearchTicket:
        self.says(FIND)
        assert self.phase == "searching"
        return self.ticket

    def reserve(self, match: MatchId = MATCH, partner: VisitorId = STRANGER) -> None:
        if self.phase != "searching":
            self.search()
        self.happens(proposal_for(self.ticket.id, match, partner))
        assert self.phase == "reserved"

    def meet(self, match: MatchId = MATCH, partner: VisitorId = STRANGER) -> None:
        self.reserve(match, partner)
        self.happens(accept(match))
        assert self.phase == "matched"


STATES: dict[str, Callable[[Driver], object]] = {
    "idle": lambda driver: None,
    "searching": Driver.search,
    "reserved": Driver.reserve,
    "matched": Driver.meet,
}


def states(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reach", [STATES[name] for name in names], ids=names)
