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


class Encounter(Struct, frozen=True, array_like=True):
    """One side of a match. `polite` yields when both offer at once."""

    match: MatchId
    partner: VisitorId
    partner_gateway: GatewayId
    polite: bool
    partner_address_hash: bytes

    @classmethod
    def agreed(cls, proposal: Proposed, address_hash: bytes) -> "Encounter":
        """Both gateways have reserved."""
        partner, gateway = proposal.partner, proposal.partner_gateway
        return cls(proposal.match, partner, gateway, proposal.polite, address_hash)

    @classmethod
    def in_pass(cls, content: PassContent) -> "Encounter":
        partner, gateway = content.partner, content.partner_gateway
        return cls(content.match, partner, gateway, content.polite, content.partner_address_hash)

    def moved(self, gateway: GatewayId, address_hash: bytes) -> "Encounter":
        """The same, with the partner elsewhere."""
        return structs.replace(self, partner_gateway=gateway, partner_address_hash=address_hash)
