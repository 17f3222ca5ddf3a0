"""The two sides of a match, and where each of them is."""

from msgspec import Struct, structs

from services.contract.ids import UNTRACED, GatewayId, MatchId, Place, TicketId, TraceContext, VisitorId


class MatchProposal(Struct, frozen=True, gc=False):
    """The matcher found a partner for a ticket. `partner_epoch` numbers the partner's connection.

    `trace` only travels on with the acceptance.
    """

    match: MatchId
    ticket: TicketId
    partner: VisitorId
    partner_gateway: GatewayId
    partner_epoch: int
    polite: bool
    shared_interests: tuple[str, ...]
    trace: TraceContext = UNTRACED

    @property
    def partner_place(self) -> Place:
        return Place(self.partner_epoch, self.partner_gateway)


class Participant(Struct, frozen=True):
    """One visitor, as the gateway that holds their socket knows them.

    `device` is the key of their device, or 0. Two visitors of one device are never matched.
    """

    visitor: VisitorId
    place: Place
    address_hash: bytes
    device: int = 0

    def header(self, to: VisitorId, match: MatchId) -> tuple[VisitorId, MatchId, int, GatewayId]:
        """Return the first fields of every message to another gateway about this visitor."""
        return to, match, self.place.epoch, self.place.gateway


class MatchSide(Struct, frozen=True):
    """One side of a match, which began at `started` (monotonic seconds).

    The `polite` side yields when both make an offer at once. `lines` are digests of the last lines of chat.
    """

    match: MatchId
    partner: VisitorId
    partner_place: Place
    polite: bool
    partner_address_hash: bytes
    started: float
    partner_device: int = 0
    lines: bytes = b""
    partner_languages: tuple[str, ...] = ()
    partner_country: str = ""

    def moved(self, place: Place, address_hash: bytes) -> "MatchSide":
        """Return this side with the partner at another place."""
        return structs.replace(self, partner_place=place, partner_address_hash=address_hash)
