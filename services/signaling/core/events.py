"""Events: everything that happens to a session except frames of its browser."""

from typing import TypeAlias

from msgspec import Struct

from services.contract.gateway_messages import LocatePartner, PartnerLocation, PartnerNotHere, SessionMessage
from services.contract.ids import GatewayId, MatchId, Place, TicketId, VisitorId
from services.contract.meetings import MeetingRoom

from .match_side import MatchProposal, Participant
from .messages import Banned, Error, Find, FromBrowser


class ProposalTimedOut(Struct, frozen=True, gc=False):
    """The partner's gateway has not answered a proposal in time."""

    match: MatchId


class StageChanged(Struct, frozen=True, gc=False):
    """The matcher widened the wish of a ticket, or the search begins anew as matchers went away or came back.

    It is widened again in `widens_in` seconds, if at all.
    """

    ticket: TicketId
    stage: int
    widens_in: float | None
    hint: str = ""


class TicketSuperseded(Struct, frozen=True, gc=False):
    """The matcher knows a ticket of a newer connection of the visitor, at this place."""

    ticket: TicketId
    epoch: int
    gateway: GatewayId


class MeetingRequested(Struct, frozen=True, gc=False):
    """The visitor asked for people whom they know, by a pass or an invitation, which was verified."""

    find: Find
    meeting: MeetingRoom


class BlockRequested(Struct, frozen=True, gc=False):
    """The visitor asked to block the partner of a pass, which was verified, and the partner's `device`."""

    match: MatchId
    partner: VisitorId
    device: int = 0


class GatewayLost(Struct, frozen=True, gc=False):
    """The heartbeats of another gateway have stopped."""

    gateway: GatewayId


class PartnerSearchDue(Struct, frozen=True, gc=False):
    """It is time to start a search for the partner or, if `search` is its number, to repeat the question."""

    match: MatchId
    search: int = 0
    tries: int = 0


class UnsubscribeDue(Struct, frozen=True, gc=False):
    """The search of this number found the partner a while ago, so the subscription may end."""

    match: MatchId
    search: int


class ResumeTimedOut(Struct, frozen=True, gc=False):
    """A browser that resumes has waited long enough to learn where its partner is."""

    match: MatchId


class ConfirmationDue(Struct, frozen=True, gc=False):
    """It is time to confirm to the partner's gateway that the match is alive here."""


class PartnerGraceExpired(Struct, frozen=True, gc=False):
    """The grace of a partner who has been away since `since` is over."""

    match: MatchId
    since: float


class GraceExpired(Struct, frozen=True, gc=False):
    """The grace of the visitor whose socket has been gone since `since` is over."""

    match: MatchId
    since: float
    page_closed: bool = False


class Connected(Struct, frozen=True, gc=False):
    """The visitor's first socket is open, and they resume no match."""


class Disconnected(Struct, frozen=True, gc=False):
    """The visitor's socket is closed. If they are `leaving`, they will not return.

    With `page_closed` the page has ended. It may be loaded again and return soon.
    """

    leaving: bool = True
    page_closed: bool = False


class Reconnected(Struct, frozen=True, gc=False):
    """The visitor is back with a new socket, perhaps from another address, and resumes the match."""

    me: Participant
    country: str


class VisitorMoved(Struct, frozen=True, gc=False):
    """The visitor has a newer connection at `place`, and goes on there with `match`, or with none."""

    place: Place
    match: MatchId


class VisitorBanned(Struct, frozen=True, gc=False):
    """The visitor was banned."""

    notice: Banned


class SearchRefused(Struct, frozen=True, gc=False):
    """The visitor may not search in the room of their wish. Their ticket is not offered any longer."""

    error: Error


class AudienceChanged(Struct, frozen=True, gc=False):
    """The visitor became restricted, or stopped being so."""


class Draining(Struct, frozen=True, gc=False):
    """This gateway shuts down, so the visitor is about to go to another one."""


Opened: TypeAlias = FromBrowser | BlockRequested | MeetingRequested
"""A message of a browser whose sealed text, if it has one, was opened."""

MatchEvent: TypeAlias = (
    LocatePartner | PartnerLocation | PartnerNotHere | PartnerSearchDue | UnsubscribeDue | ResumeTimedOut
    | PartnerGraceExpired | GraceExpired
)  # fmt: skip
"""Events that concern a visitor only while they are in the match that is named."""

Event: TypeAlias = (
    SessionMessage | MatchEvent | MatchProposal | ProposalTimedOut | StageChanged | BlockRequested
    | GatewayLost | Connected | Disconnected | Reconnected | ConfirmationDue | VisitorMoved | VisitorBanned
    | SearchRefused | AudienceChanged | Draining
)  # fmt: skip
