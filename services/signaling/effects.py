"""What a session asks for. The hub performs it."""

from msgspec import Struct

from services.contract.envelopes import Acceptance, Kind
from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId

from .events import Event
from .match.encounters import Encounter
from .match.handover import Handover
from .messages import ToBrowser
from .search.wishes import Ticket


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


class Wake(Struct, frozen=True, gc=False):
    """Come back with `event` in `seconds`, of which there are few different ones."""

    seconds: float
    event: Event


class AskBack(Struct, frozen=True, gc=False):
    """Ping the browser, which answers with `mark` when it has all that was sent before."""

    mark: bytes


class Announce(Struct, frozen=True, gc=False):
    """Tell all gateways that the visitor is here and goes on with a match; `former` is where they were."""

    match: MatchId
    partner: VisitorId
    former: GatewayId


class Welcome(Struct, frozen=True, gc=False):
    """Welcome the browser: it goes on with this match, or with none."""

    encounter: Encounter | None
    partner_here: bool = True


class ShowReturn(Struct, frozen=True, gc=False):
    """Tell the browser that its partner is back; `fresh`: its pass must name another gateway now."""

    encounter: Encounter
    fresh: bool


class HandOver(Struct, frozen=True, gc=False):
    """To the gateway where the visitor is now: what this one knew of them."""

    gateway: GatewayId
    match: MatchId
    handover: Handover


class Forget(Struct, frozen=True, gc=False):
    """The visitor's socket was gone before, and now nothing waits for them any more."""


class Introduce(Struct, frozen=True, gc=False):
    """Both gateways have reserved: seal a pass and send `matched`.

    `waited`: seconds since the search began. `repeat`: the two remember having met before.
    """

    encounter: Encounter
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


Effect = (
    Send | SendFrame | AskBack | Search | ShowSearch | Withdraw | Tell | Announce | Wake | Introduce | Welcome
    | ShowReturn | HandOver | Forget | Drop | Close
)  # fmt: skip
