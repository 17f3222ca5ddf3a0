"""What a session asks for. The hub performs it."""

from msgspec import Struct

from services.contract.envelopes import Acceptance, Kind
from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId

from .events import Proposed
from .messages import ToBrowser
from .wishes import Ticket


class Send(Struct, frozen=True, gc=False):
    """To the visitor's own browser."""

    message: ToBrowser


class SendFrame(Struct, frozen=True, gc=False):
    """To the visitor's own browser, bytes that the partner's gateway has validated."""

    frame: bytes


class Search(Struct, frozen=True, gc=False):
    """Offer the ticket to the matcher, not before `after` (monotonic seconds)."""

    ticket: Ticket
    after: float = 0.0


class ShowSearch(Struct, frozen=True, gc=False):
    """Tell the browser how its search stands; the hub knows how many wait."""

    ticket: Ticket
    stage: int
    widens_in: float | None
    hint: str = ""


class Withdraw(Struct, frozen=True, gc=False):
    """The ticket no longer waits."""

    ticket: TicketId


class Tell(Struct, frozen=True, gc=False):
    """Something about a match, to the partner's gateway."""

    gateway: GatewayId
    visitor: VisitorId
    match: MatchId
    kind: Kind
    body: bytes = b""


class AwaitAnswer(Struct, frozen=True, gc=False):
    """Come back with `Unanswered` when the time for an answer is over."""

    match: MatchId


class Introduce(Struct, frozen=True, gc=False):
    """Both gateways have reserved: seal a pass and send `matched`.

    `waited`: seconds since the search began. `repeat`: the two remember having met before.
    """

    proposal: Proposed
    shared_interests: tuple[str, ...]
    """As this visitor spells them."""
    acceptance: Acceptance
    waited: float
    repeat: bool


class Drop(Struct, frozen=True, gc=False):
    """A frame was not relayed; count it."""

    why: str


class Close(Struct, frozen=True, gc=False):
    """End the connection after what was sent before."""

    code: CloseCode


Effect = Send | SendFrame | Search | ShowSearch | Withdraw | Tell | AwaitAnswer | Introduce | Drop | Close
