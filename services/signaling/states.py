"""The states of a session, each with just what is known in it, and what they promise to others."""

from typing import assert_never

from msgspec import Struct

from services.contract.envelopes import Kind

from . import events
from .effects import Effect, Tell, Withdraw
from .match.conversation import Conversation
from .match.encounters import Proposed
from .messages import EndReason
from .search.early import EarlyAnswers
from .search.wishes import Ticket


class Idle(Struct, frozen=True):
    """Connected, and not looking for anybody."""


class Searching(Struct, frozen=True):
    """The ticket waits at the matcher."""

    ticket: Ticket
    early: EarlyAnswers


class Reserved(Struct, frozen=True):
    """Accepted here; the partner's gateway has not answered yet."""

    ticket: Ticket
    proposal: Proposed
    rewind: bool = False
    """Both asked to go back to each other; the ticket was not offered."""


State = Idle | Searching | Reserved | Conversation


def undo(state: State, reason: EndReason) -> list[Effect]:
    """What takes back all that `state` promised to the matcher and to the partner's gateway."""
    match state:
        case Idle():
            return []
        case Searching():
            return [Withdraw(state.ticket.id)]
        case Reserved():
            return [answer(state.proposal, Kind.DECLINE)]  # for our visitor it never was a match
        case Conversation():
            return [Tell(state.partner_gateway, state.partner, state.match, Kind.ENDED, reason.encode())]
        case _:
            assert_never(state)


PARTNERS_BELIEF = events.PartnerAt | events.PartnerArrived
"""By these the partner's gateway says that it believes in a match."""


def not_in(event: events.InMatch, reason: EndReason) -> list[Effect]:
    """Whoever believes to be in a match with this visitor, and is not, must not go on believing it.

    Only the gateway that holds the visitor's socket may say so.
    """
    match event:
        case events.PartnerAt():
            gateway, partner = event.where.gateway, event.where.visitor
        case events.PartnerArrived():
            gateway, partner = event.gateway, event.partner
        case _:
            return []
    return [Tell(gateway, partner, event.match, Kind.ENDED, reason.encode())]


def answer(proposal: Proposed, kind: Kind, body: bytes = b"") -> Tell:
    """To the partner's gateway, about a match that is proposed."""
    return Tell(proposal.partner_gateway, proposal.partner, proposal.match, kind, body)
