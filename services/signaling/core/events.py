"""Events: all that happens to a session, but frames of its browser and messages of other gateways."""

from typing import TypeAlias

from msgspec import Struct

from services.contract.gateway_messages import LocatePartner, PartnerLocation, PartnerNotHere, SessionMessage
from services.contract.ids import GatewayId, MatchId, Place, TicketId, VisitorId

from .match_side import MatchProposal, Participant
from .messages import Banned


class ProposalTimedOut(Struct, frozen=True, gc=False):
    """The time in which the partner's gateway had to answer is over."""

    match: MatchId


class StageChanged(Struct, frozen=True, gc=False):
    """The wish of a waiting ticket was widened; it widens again in `widens_in` seconds, if at all."""

    ticket: TicketId
    stage: int
    widens_in: float | None
    hint: str = ""


class TicketSuperseded(Struct, frozen=True, gc=False):
    """The matcher knows a ticket of a newer connection of the same visitor, at this place."""

    ticket: TicketId
    epoch: int
    gateway: GatewayId


class BlockRequested(Struct, frozen=True, gc=False):
    """The visitor asked to block the partner of a pass, and the pass is good."""

    match: MatchId
    partner: VisitorId


class GatewayLost(Struct, frozen=True, gc=False):
    """Another gateway says nothing any more."""

    gateway: GatewayId


class PartnerSearchDue(Struct, frozen=True, gc=False):
    """It is time to look for the partner or, when `search` numbers a running search, to call once more."""

    match: MatchId
    search: int = 0
    calls: int = 0


class UnsubscribeDue(Struct, frozen=True, gc=False):
    """The partner was found a while ago, in the search of this number: listening may stop."""

    match: MatchId
    search: int


class ResumeTimedOut(Struct, frozen=True, gc=False):
    """A browser that resumes has waited long enough for word of its partner."""

    match: MatchId


class ConfirmationDue(Struct, frozen=True, gc=False):
    """It is time to tell the partner's gateway that the match is alive here."""


class PartnerGraceExpired(Struct, frozen=True, gc=False):
    """The grace of a partner who is away since `since` is over."""

    match: MatchId
    since: float


class GraceExpired(Struct, frozen=True, gc=False):
    """The grace of our own visitor, whose socket is gone since `since`, is over."""

    match: MatchId
    since: float


class Connected(Struct, frozen=True, gc=False):
    """The visitor's first socket is here, and they go on with no match."""


class Disconnected(Struct, frozen=True, gc=False):
    """The visitor's socket is closed; `leaving`: they said so themselves, and do not come back."""

    leaving: bool = True


class Reconnected(Struct, frozen=True, gc=False):
    """The visitor is back with a new socket, perhaps from another address, and goes on with the match."""

    me: Participant
    country: str


class VisitorMoved(Struct, frozen=True, gc=False):
    """The visitor is at a newer place now, and goes on there with `match`, or with none."""

    place: Place
    match: MatchId


class VisitorBanned(Struct, frozen=True, gc=False):
    """The visitor is banned from now on."""

    notice: Banned


class AudienceChanged(Struct, frozen=True, gc=False):
    """The visitor became restricted, or is no longer."""


class Draining(Struct, frozen=True, gc=False):
    """This gateway is about to close the visitor's socket, and they will go to another."""


MatchEvent: TypeAlias = (
    LocatePartner | PartnerLocation | PartnerNotHere | PartnerSearchDue | UnsubscribeDue | ResumeTimedOut
    | PartnerGraceExpired | GraceExpired
)  # fmt: skip
"""These concern only a visitor who is in the match they name."""

Event: TypeAlias = (
    SessionMessage | MatchEvent | MatchProposal | ProposalTimedOut | StageChanged | BlockRequested
    | GatewayLost | Connected | Disconnected | Reconnected | ConfirmationDue | VisitorMoved | VisitorBanned
    | AudienceChanged | Draining
)  # fmt: skip
