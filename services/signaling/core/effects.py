"""Effects: a session asks for them, and the hub performs them."""

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


class SendFrame(Struct, frozen=True, gc=False):
    """Send bytes that the partner's gateway has validated; `numbered`: the browser acknowledges them."""

    frame: bytes
    numbered: bool


class OfferTicket(Struct, frozen=True, gc=False):
    """Offer the ticket to the matcher, not before `after` (monotonic seconds)."""

    ticket: SearchTicket
    after: float = 0.0


class SendSearching(Struct, frozen=True, gc=False):
    """Tell the browser how its search stands; the hub knows how many wait."""

    ticket: SearchTicket
    stage: int
    widens_in: float | None
    hint: str = ""


class WithdrawTicket(Struct, frozen=True, gc=False):
    """The ticket no longer waits."""

    ticket: TicketId


class SendToGateway(Struct, frozen=True, gc=False):
    """Tell another gateway, or a visitor of this one."""

    gateway: GatewayId
    message: GatewayMessage


class SubscribeToMatch(Struct, frozen=True, gc=False):
    """Listen on the match's own subject, where its two sides find each other."""

    match: MatchId


class PublishToMatch(Struct, frozen=True, gc=False):
    """Say something on the match's own subject."""

    message: GatewayMessage


class UnsubscribeFromMatch(Struct, frozen=True, gc=False):
    """Listen no longer on the match's own subject."""

    match: MatchId


class SetTimer(Struct, frozen=True, gc=False):
    """Come back with `event` in `seconds`, of which there are few different ones."""

    seconds: float
    event: Event


class SendMatched(Struct, frozen=True, gc=False):
    """Both gateways have reserved: send `matched`, with a pass and a memory.

    `waited`: seconds since the search began. `repeat`: the two remember having met before.
    """

    side: MatchSide
    find: bytes
    memory: VisitorMemory
    shared_interests: tuple[str, ...]
    """They are spelled as this visitor spells them."""
    accept: Accept
    waited: float
    repeat: bool


class SendWelcome(Struct, frozen=True, gc=False):
    """Welcome the browser: it goes on with this match, or with none."""

    side: MatchSide | None
    find: bytes
    memory: VisitorMemory
    partner_here: bool = True


class SendPartnerBack(Struct, frozen=True, gc=False):
    """Tell the browser that its partner is back; `fresh`: its pass must name another gateway now."""

    side: MatchSide
    find: bytes
    fresh: bool


class SendMemory(Struct, frozen=True, gc=False):
    """Give the browser what it must remember; `blocked` is the match of a block that is in it."""

    memory: VisitorMemory
    blocked: MatchId = MatchId("")


class EndSession(Struct, frozen=True, gc=False):
    """The visitor's socket was gone before, and now nothing waits for them any more."""


class CountDropped(Struct, frozen=True, gc=False):
    """A frame was not relayed; count it."""

    reason: str


class CloseSocket(Struct, frozen=True, gc=False):
    """End the connection after what was sent before."""

    code: CloseCode


Effect: TypeAlias = (
    SendMessage | SendFrame | OfferTicket | SendSearching | WithdrawTicket | SendToGateway | SubscribeToMatch
    | PublishToMatch | UnsubscribeFromMatch | SetTimer | SendMatched | SendWelcome | SendPartnerBack
    | SendMemory | EndSession | CountDropped | CloseSocket
)  # fmt: skip
