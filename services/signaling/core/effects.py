"""Effects: a session asks for them, and the hub performs them."""

from typing import TypeAlias

from msgspec import Struct

from services.contract.errors import CloseCode
from services.contract.gateway_messages import Accept, GatewayMessage
from services.contract.ids import GatewayId, MatchId, TicketId

from .encounters import Encounter
from .events import Event
from .history import Remembered
from .messages import ToBrowser
from .wishes import Ticket


class Send(Struct, frozen=True, gc=False):
    """Send the message to the visitor's own browser."""

    message: ToBrowser


class SendFrame(Struct, frozen=True, gc=False):
    """Send bytes that the partner's gateway has validated; `numbered`: the browser acknowledges them."""

    frame: bytes
    numbered: bool


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
    """Tell another gateway, or a visitor of this one."""

    at: GatewayId
    message: GatewayMessage


class Seek(Struct, frozen=True, gc=False):
    """Listen on the match's own subject, where its two sides find each other."""

    match: MatchId


class CallOut(Struct, frozen=True, gc=False):
    """Say something on the match's own subject."""

    message: GatewayMessage


class StopSeeking(Struct, frozen=True, gc=False):
    """Listen no longer on the match's own subject."""

    match: MatchId


class Wake(Struct, frozen=True, gc=False):
    """Come back with `event` in `seconds`, of which there are few different ones."""

    seconds: float
    event: Event


class Introduce(Struct, frozen=True, gc=False):
    """Both gateways have reserved: send `matched`, with a pass and a memory.

    `waited`: seconds since the search began. `repeat`: the two remember having met before.
    """

    encounter: Encounter
    find: bytes
    remembered: Remembered
    shared_interests: tuple[str, ...]
    """They are spelled as this visitor spells them."""
    accept: Accept
    waited: float
    repeat: bool


class Welcome(Struct, frozen=True, gc=False):
    """Welcome the browser: it goes on with this match, or with none."""

    encounter: Encounter | None
    find: bytes
    remembered: Remembered
    partner_here: bool = True


class ShowReturn(Struct, frozen=True, gc=False):
    """Tell the browser that its partner is back; `fresh`: its pass must name another gateway now."""

    encounter: Encounter
    find: bytes
    fresh: bool


class GiveMemory(Struct, frozen=True, gc=False):
    """Give the browser what it must remember; `blocked` is the match of a block that is in it."""

    remembered: Remembered
    blocked: MatchId = MatchId("")


class Forget(Struct, frozen=True, gc=False):
    """The visitor's socket was gone before, and now nothing waits for them any more."""


class Drop(Struct, frozen=True, gc=False):
    """A frame was not relayed; count it."""

    why: str


class Close(Struct, frozen=True, gc=False):
    """End the connection after what was sent before."""

    code: CloseCode


Effect: TypeAlias = (
    Send | SendFrame | Search | ShowSearch | Withdraw | Tell | Seek | CallOut | StopSeeking | Wake | Introduce
    | Welcome | ShowReturn | GiveMemory | Forget | Drop | Close
)  # fmt: skip
