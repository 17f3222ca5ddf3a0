"""The states of a session, each with just what is known in it."""

from msgspec import Struct

from services.contract.ids import GatewayId, MatchId, VisitorId

from .events import Proposed
from .wishes import Ticket


class Idle(Struct, frozen=True):
    """Connected, and not looking for anybody."""


class Searching(Struct, frozen=True):
    """The ticket waits at the matcher."""

    ticket: Ticket


class Reserved(Struct, frozen=True):
    """Accepted here; the partner's gateway has not answered yet."""

    ticket: Ticket
    proposal: Proposed


class Matched(Struct, frozen=True):
    """In a conversation."""

    match: MatchId
    partner: VisitorId
    partner_gateway: GatewayId


State = Idle | Searching | Reserved | Matched
