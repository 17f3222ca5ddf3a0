"""Whom a visitor is with, and where: what their pass says, and what a gateway must know of it."""

from msgspec import Struct, structs

from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId
from services.contract.passes import PassContent


class Proposed(Struct, frozen=True, gc=False):
    """The matcher found a partner for a ticket."""

    match: MatchId
    ticket: TicketId
    partner: VisitorId
    partner_gateway: GatewayId
    polite: bool
    shared_interests: tuple[str, ...]


class Party(Struct, frozen=True):
    """One of the two, as their own gateway knows them."""

    visitor: VisitorId
    gateway: GatewayId
    address_hash: bytes
    device: int = 0
    """The key of their device, which never meets itself; 0 when there is none."""


class Encounter(Struct, frozen=True, array_like=True):
    """One side of a match. `polite` yields when both offer at once; `started` is in Unix seconds."""

    match: MatchId
    partner: VisitorId
    partner_gateway: GatewayId
    polite: bool
    partner_address_hash: bytes
    started: float

    @classmethod
    def agreed(cls, proposal: Proposed, address_hash: bytes) -> "Encounter":
        """Both gateways have reserved; when, is known to who has a wall clock."""
        partner, gateway = proposal.partner, proposal.partner_gateway
        return cls(proposal.match, partner, gateway, proposal.polite, address_hash, started=0.0)

    @classmethod
    def in_pass(cls, content: PassContent) -> "Encounter":
        partner, gateway, polite = content.partner, content.partner_gateway, content.polite
        return cls(content.match, partner, gateway, polite, content.partner_address_hash, content.started)

    def moved(self, gateway: GatewayId, address_hash: bytes) -> "Encounter":
        """The same, with the partner elsewhere."""
        return structs.replace(self, partner_gateway=gateway, partner_address_hash=address_hash)
