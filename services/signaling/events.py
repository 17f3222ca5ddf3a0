"""What happens to a session, other than a frame of its own browser."""

from typing import assert_never, cast

from msgspec import Struct

from services.contract.envelopes import Acceptance, Envelope, Kind, unpack_acceptance
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId

from .messages import Banned, EndReason


class Proposed(Struct, frozen=True, gc=False):
    """The matcher found a partner for a ticket."""

    match: MatchId
    ticket: TicketId
    partner: VisitorId
    partner_gateway: GatewayId
    polite: bool
    shared_interests: tuple[str, ...]


class Accepted(Struct, frozen=True, gc=False):
    """The partner's gateway has reserved its ticket for this match."""

    match: MatchId
    acceptance: Acceptance


class Unanswered(Struct, frozen=True, gc=False):
    """The time in which the partner's gateway had to answer is over."""

    match: MatchId


class PartnerSaid(Struct, frozen=True, gc=False):
    """A frame of the partner's browser."""

    match: MatchId
    frame: bytes


class PartnerLeft(Struct, frozen=True, gc=False):
    """The partner is no longer in this match."""

    match: MatchId
    reason: EndReason


class StageChanged(Struct, frozen=True, gc=False):
    """The wish of a waiting ticket was widened; it widens again in `widens_in` seconds, if at all."""

    ticket: TicketId
    stage: int
    widens_in: float | None
    hint: str = ""


class PassOpened(Struct, frozen=True, gc=False):
    """The visitor asked to block the partner of a pass, and the pass is good."""

    match: MatchId
    partner: VisitorId


class Disconnected(Struct, frozen=True, gc=False):
    """The visitor's socket is closed."""


class StandingLost(Struct, frozen=True, gc=False):
    """The visitor is banned from now on."""

    notice: Banned


class AudienceChanged(Struct, frozen=True, gc=False):
    """The visitor became restricted, or is no longer."""


Event = (
    Proposed
    | Accepted
    | Unanswered
    | PartnerSaid
    | PartnerLeft
    | StageChanged
    | PassOpened
    | Disconnected
    | StandingLost
    | AudienceChanged
)


def said_by(envelope: Envelope) -> Event:
    """What the envelope says; raises `ValueError` when its body cannot be read."""
    match envelope.kind:
        case Kind.FRAME:
            return PartnerSaid(envelope.match, envelope.body)
        case Kind.ACCEPT:
            return Accepted(envelope.match, unpack_acceptance(envelope.body))
        case Kind.DECLINE:
            return PartnerLeft(envelope.match, "lost")
        case Kind.ENDED:
            return PartnerLeft(envelope.match, cast(EndReason, envelope.body.decode()))
        case _:
            assert_never(envelope.kind)
