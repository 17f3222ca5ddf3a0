"""What happens to a session, other than a frame of its own browser."""

from typing import assert_never, cast

from msgspec import Struct

from services.contract.envelopes import (
    Acceptance,
    Asker,
    Envelope,
    Heard,
    Kind,
    Line,
    Whereabouts,
    unpack_acceptance,
    unpack_asker,
    unpack_heard,
    unpack_line,
    unpack_whereabouts,
)
from services.contract.ids import GatewayId, MatchId, TicketId, VisitorId

from .match.encounters import Party, Proposed
from .match.handover import Handover, unpack_handover
from .messages import Banned, EndReason


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


class PartnerSaidLine(Struct, frozen=True, gc=False):
    """A frame of the partner's browser that must arrive, such as chat."""

    match: MatchId
    line: Line


class LinesHeard(Struct, frozen=True, gc=False):
    """The partner's browser has our lines up to a number."""

    match: MatchId
    heard: Heard


class Unheard(Struct, frozen=True, gc=False):
    """Some time after a line was told: whoever has not heard it is told again."""

    match: MatchId


class Answered(Struct, frozen=True, gc=False):
    """Our browser has answered a ping, so it has all that was sent before."""

    mark: bytes


class PartnerAt(Struct, frozen=True, gc=False):
    """The partner's gateway tells that it has them, with their socket or without."""

    match: MatchId
    where: Whereabouts


class PartnerArrived(Struct, frozen=True, gc=False):
    """The partner has come to a gateway, `age` seconds ago, and goes on with this match."""

    match: MatchId
    partner: VisitorId
    gateway: GatewayId
    address_hash: bytes
    age: float


class PartnerNotThere(Struct, frozen=True, gc=False):
    """The partner is not at the gateway where we believed them."""

    match: MatchId
    gateway: GatewayId


class GatewayLost(Struct, frozen=True, gc=False):
    """Another gateway says nothing any more."""

    gateway: GatewayId


class PartnerOverdue(Struct, frozen=True, gc=False):
    """The grace of a partner who is away since `since` is over."""

    match: MatchId
    since: float


class PartnerAsksBack(Struct, frozen=True, gc=False):
    """The partner of a match that ended by `next` would like to go back to it."""

    match: MatchId
    asker: Asker


class WayBackRefused(Struct, frozen=True, gc=False):
    """The partner of that match, whom we asked back, has no way back: they were interrupted, or chose so."""

    match: MatchId


class Disconnected(Struct, frozen=True, gc=False):
    """The visitor's socket is closed; `leaving`: they said so themselves, and do not come back."""

    leaving: bool = True


class Reconnected(Struct, frozen=True, gc=False):
    """The visitor is back with a new socket, perhaps from another address, and goes on with the match."""

    me: Party
    country: str


class Overdue(Struct, frozen=True, gc=False):
    """The grace of our own visitor, whose socket is gone since `since`, is over."""

    match: MatchId
    since: float


class Unconfirmed(Struct, frozen=True, gc=False):
    """The time in which others had to tell about a match that is to be resumed is over."""

    match: MatchId


class MovedAway(Struct, frozen=True, gc=False):
    """The visitor is at another gateway now, and goes on there with `match`, or with none."""

    gateway: GatewayId
    match: MatchId


class HandedOver(Struct, frozen=True, gc=False):
    """A gateway where the visitor was tells what it knew of them, and of this match, if it had it."""

    match: MatchId
    handover: Handover


class StandingLost(Struct, frozen=True, gc=False):
    """The visitor is banned from now on."""

    notice: Banned


class AudienceChanged(Struct, frozen=True, gc=False):
    """The visitor became restricted, or is no longer."""


WhileMatched = (
    PartnerSaidLine | LinesHeard | Unheard | Answered | PartnerAt | PartnerArrived | PartnerNotThere
    | GatewayLost | Unconfirmed | Reconnected
)  # fmt: skip
"""What a match goes on after."""

InMatch = WhileMatched | PartnerOverdue | Overdue
"""What concerns nobody but who is in a match."""

Event = (
    InMatch | Proposed | Accepted | Unanswered | PartnerSaid | PartnerLeft | StageChanged | PassOpened
    | PartnerAsksBack | WayBackRefused | MovedAway | HandedOver | Disconnected | StandingLost
    | AudienceChanged
)  # fmt: skip


def said_by(envelope: Envelope) -> Event:
    """What the envelope says; raises `ValueError` when it cannot be read."""
    match, body = envelope.match, envelope.body
    match Kind(envelope.kind):
        case Kind.FRAME:
            return PartnerSaid(match, body)
        case Kind.ACCEPT:
            return Accepted(match, unpack_acceptance(body))
        case Kind.DECLINE:
            return PartnerLeft(match, "lost")
        case Kind.ENDED:
            return PartnerLeft(match, cast(EndReason, body.decode()))
        case Kind.LINE:
            return PartnerSaidLine(match, unpack_line(body))
        case Kind.HEARD:
            return LinesHeard(match, unpack_heard(body))
        case Kind.WHEREABOUTS:
            return PartnerAt(match, unpack_whereabouts(body))
        case Kind.ABSENT:
            return PartnerNotThere(match, GatewayId(body.decode()))
        case Kind.HANDOVER:
            return HandedOver(match, unpack_handover(body))
        case Kind.REWIND:
            return PartnerAsksBack(match, unpack_asker(body))
        case Kind.REFUSED:
            return WayBackRefused(match)
        case Kind.RIVAL:
            raise ValueError("not to a session")
        case unknown:
            assert_never(unknown)
