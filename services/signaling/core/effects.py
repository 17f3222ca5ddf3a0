"""Effects, which a session asks for and the hub performs."""

from typing import TypeAlias

from msgspec import Struct

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Accept, GatewayMessage
from services.contract.ids import GatewayId, MatchId, TicketId

from .events import Event
from .match_side import MatchSide
from .messages import ToBrowser
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


class SendMatched(Struct, frozen=True, gc=False):
    """Send `matched` with a pass and a memory, because both gateways have reserved.

    `waited` is the seconds since the search began. `repeat` says that the visitor remembers this partner.
    """

    side: MatchSide
    find: bytes
    memory: VisitorMemory
    shared_interests: tuple[str, ...]
    """The interests of both, as this visitor typed them."""
    accept: Accept
    waited: float
    repeat: bool


class SendWelcome(Struct, frozen=True, gc=False):
    """Send `welcome`. The browser goes on with the match of `side`, or with none."""

    side: MatchSide | None
    find: bytes
    memory: VisitorMemory
    partner_here: bool = True


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


class CloseSocket(Struct, frozen=True, gc=False):
    """Close the connection after everything that was sent before."""

    code: CloseCode


Effect: TypeAlias = (
    SendMessage | OfferTicket | SendSearching | WithdrawTicket | SendToGateway | SubscribeToMatch
    | PublishToMatch | UnsubscribeFromMatch | SetTimer | SendMatched | SendWelcome | SendPartnerBack
    | SendPass | SendMemory | EndSession | CountDropped | CloseSocket
)  # fmt: skip
