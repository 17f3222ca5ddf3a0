"""The states of a session that is in no match, and what may be known of any."""

from typing import Literal

from msgspec import Struct

from services.contract.ids import MatchId, Place, TicketId, VisitorId

from .early_answers import EarlyAnswers
from .match_side import MatchProposal, Participant
from .wishes import SearchTicket


class SessionSummary(Struct, frozen=True, gc=False):
    """All that others may know of a session.

    `match`, `partner` and `partner_place` are those of the running match; `ticket` is the one that waits.
    `connected`: the visitor's socket is here. `welcomed`: their browser has had its `welcome`.
    `partner_here`: the partner is believed to be connected.
    """

    visitor: VisitorId
    place: Place
    phase: Literal["idle", "searching", "reserved", "matched"]
    match: MatchId = MatchId("")
    partner: VisitorId = VisitorId("")
    partner_place: Place | None = None
    ticket: TicketId = TicketId(0)
    connected: bool = True
    welcomed: bool = True
    partner_here: bool = True


class Idle(Struct, frozen=True):
    """The visitor is connected, and not looking for anybody."""

    def summary(self, me: Participant) -> SessionSummary:
        return SessionSummary(me.visitor, me.place, "idle")


class WaitingForMatch(Struct, frozen=True):
    """The ticket waits at the matcher."""

    ticket: SearchTicket
    early: EarlyAnswers

    def summary(self, me: Participant) -> SessionSummary:
        return SessionSummary(me.visitor, me.place, "searching", ticket=self.ticket.id)


class Reserved(Struct, frozen=True):
    """The match is accepted here; the partner's gateway has not answered yet.

    `rewind`: both asked to go back to each other; the ticket was not offered.
    """

    ticket: SearchTicket
    proposal: MatchProposal
    rewind: bool = False

    def summary(self, me: Participant) -> SessionSummary:
        return SessionSummary(me.visitor, me.place, "reserved")
