"""Effects, which a session asks for and the hub performs."""

from typing import Literal, TypeAlias

from msgspec import Struct

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Accept, GatewayMessage
from services.contract.ids import EndReason, GatewayId, MatchId, TicketId

from .events import Event
from .match_side import MatchSide
from .messages import Mode, ToBrowser
from .visitor_history import VisitorMemory
from .wishes import SearchTicket


class SendMessage(Struct, frozen=True, gc=False):
    """Send the message to the visitor's own browser."""

    message: ToBrowser


class OfferTicket(Struct, frozen=True, gc=False):
    """Offer the ticket to the matcher, not before `after` (monotonic seconds)."""

    ticket: SearchTicket
    after: float = 0.0


class SendSearching(Struct, frozen=True, gc=False):
    """Send `searching` to the browser. The hub adds how many wait."""

    ticket: SearchTicket
    stage: int
    widens_in: float | None
    hint: str = ""


class WithdrawTicket(Struct, frozen=True, gc=False):
    """Withdraw the ticket from the matcher."""

    ticket: TicketId


class SendToGateway(Struct, frozen=True, gc=False):
    """Send the message to another gateway, or to a visitor of this one."""

    gateway: GatewayId
    message: GatewayMessage


class SubscribeToMatch(Struct, frozen=True, gc=False):
    """Subscribe to the match's own subject, on which its two sides find each other."""

    match: MatchId


class PublishToMatch(Struct, frozen=True, gc=False):
    """Publish the message on the match's own subject."""

    message: GatewayMessage


class UnsubscribeFromMatch(Struct, frozen=True, gc=False):
    """Unsubscribe from the match's own subject."""

    match: MatchId


class SetTimer(Struct, frozen=True, gc=False):
    """Give `event` back to the session in `seconds`, of which only a few different values are used."""

    seconds: float
    event: Event


class MatchFigures(Struct, frozen=True, gc=False):
    """Holds what is counted of a match: the seconds since the search began and since it was proposed.

    `repeat` says that the visitor remembers this partner.
    """

    mode: Mode
    waited: float
    reserved_for: float
    repeat: bool


class SendMatched(Struct, frozen=True, gc=False):
    """Send `matched` with a pass and a memory, because both gateways have reserved."""

    side: MatchSide
    find: bytes
    memory: VisitorMemory
    shared_interests: tuple[str, ...]
    """The interests of both, as this visitor typed them."""
    accept: Accept
    figures: MatchFigures


class SendWelcome(Struct, frozen=True, gc=False):
    """Send `welcome`. The browser goes on with the match of `side`, or with none.

    `is_over` says that the match is over with which the browser wants to go on.
    """

    side: MatchSide | None
    find: bytes
    memory: VisitorMemory
    partner_here: bool = True
    is_over: bool = False


class SendPartnerBack(Struct, frozen=True, gc=False):
    """Send `partner_back`, with a `fresh` pass if the pass must name another gateway now."""

    side: MatchSide
    find: bytes
    fresh: bool


class SendPass(Struct, frozen=True, gc=False):
    """Send a fresh pass, which proves the last lines of chat."""

    side: MatchSide
    find: bytes


class SendMemory(Struct, frozen=True, gc=False):
    """Send `memory`. `blocked` is the match of a block that the memory holds now, if there is one."""

    memory: VisitorMemory
    blocked: MatchId = MatchId("")


class EndSession(Struct, frozen=True, gc=False):
    """Remove the session: its socket is gone, and nothing waits for its visitor any more."""


class CountDropped(Struct, frozen=True, gc=False):
    """Count a frame that was not relayed, under `reason`."""

    reason: str


class CountProposal(Struct, frozen=True, gc=False):
    """Count a proposal of a match: our ticket was reserved for it, or did not wait any more.

    A `void` one came to nothing, mostly after our ticket was reserved.
    """

    result: Literal["reserved", "declined", "void"]


class CountEnded(Struct, frozen=True, gc=False):
    """Count that the match is over for our visitor."""

    reason: EndReason


class CloseSocket(Struct, frozen=True, gc=False):
    """Close the connection after everything that was sent before."""

    code: CloseCode


Effect: TypeAlias = (
    SendMessage | OfferTicket | SendSearching | WithdrawTicket | SendToGateway | SubscribeToMatch
    | PublishToMatch | UnsubscribeFromMatch | SetTimer | SendMatched | SendWelcome | SendPartnerBack
    | SendPass | SendMemory | EndSession | CountDropped | CountProposal | CountEnded | CloseSocket
)  # fmt: skip
