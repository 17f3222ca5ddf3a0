"""The states of a session that is in no match, and the summary of any session."""

from typing import Literal

from msgspec import Struct

from services.contract.ids import MatchId, Place, TicketId, VisitorId

from .early_answers import EarlyAnswers
from .match_side import MatchProposal, Participant
from .messages import Mode
from .wishes import SearchTicket


class SearchKind(Struct, frozen=True, gc=False):
    """How and in which room the visitor searches or talks."""

    mode: Mode | None = None
    room: str = ""


class SessionSummary(Struct, frozen=True, gc=False):
    """A read-only summary of a session, which is all that the shell sees of it.

    `mode` and `room` are those of the search or match. `match`, `partner` and `partner_place` describe the
    running match, and `ticket` is the one that waits. `connected` says that the visitor's socket is open,
    `welcomed` that their browser has got its `welcome`, `partner_here` that the partner is believed to be
    connected, and `partner_wrote` that they said a line.
    """

    visitor: VisitorId
    place: Place
    phase: Literal["idle", "searching", "reserved", "matched"]
    mode: Mode | None = None
    match: MatchId = MatchId("")
    partner: VisitorId = VisitorId("")
    partner_place: Place | None = None
    ticket: TicketId = TicketId(0)
    connected: bool = True
    welcomed: bool = True
    partner_here: bool = True
    partner_wrote: bool = False
    room: str = ""


class Idle(Struct, frozen=True):
    """The visitor is connected and does not search."""

    def summary(self, me: Participant, _: SearchKind) -> SessionSummary:
        return SessionSummary(me.visitor, me.place, "idle")


class WaitingForMatch(Struct, frozen=True):
    """The visitor searches: their ticket waits at the matcher."""

    ticket: SearchTicket
    early: EarlyAnswers

    def summary(self, me: Participant, kind: SearchKind) -> SessionSummary:
        return SessionSummary(
            me.visitor, me.place, "searching", kind.mode, ticket=self.ticket.id, room=kind.room
        )


class Reserved(Struct, frozen=True):
    """The proposal is accepted here, and the partner's gateway has not answered yet.

    It is so since `at` (monotonic seconds). In a `rewind` both visitors asked to go back to each other, and
    the ticket was not offered.
    """

    ticket: SearchTicket
    proposal: MatchProposal
    at: float
    rewind: bool = False

    def summary(self, me: Participant, kind: SearchKind) -> SessionSummary:
        return SessionSummary(me.visitor, me.place, "reserved", kind.mode, room=kind.room)
