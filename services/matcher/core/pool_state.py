"""One pool: who waits in it, where they stand, how many look for somebody, and what they are told."""

from collections.abc import Iterator
from itertools import islice
from math import inf

from .hints import FEW, hint, needs_all_tickets
from .stages import REPEATS, RecentVisitorCount, Stages
from .ticket_index import TicketIndex
from .ticket_queue import HintState, TicketQueue, WaitingTicket
from .tickets import Ticket

_ATTEND_EVERY = 1.0
_EXPLAIN_EVERY = 2.0
"""Seconds between two turns to a small market, and two hints for a ticket."""

EXPLAIN = 30
"""How many are explained at a time."""


class PoolState:
    """Where all tickets of one pool wait."""

    def __init__(self, stages: Stages) -> None:
        self.waiting = 0
        self.shelves = TicketIndex()
        self.everybody = TicketQueue()
        """All who wait, but for those who came a moment ago."""
        self.refresh_at = inf
        """When those who wait are attended to, if they are few."""
        self.busy_until = -inf
        """Until then it takes no look at the market to know the stage of a newcomer, but at the wish only."""
        self._stages = stages
        self._crowd = RecentVisitorCount(stages.ages[2], stages.thin)
        self._attended = -inf
        self._stirred = False
        self._news_at = -inf
        self._sure = False

    @property
    def few(self) -> bool:
        return 0 < self.waiting <= FEW

    def stage(self, ticket: Ticket, now: float) -> int:
        """How widely the ticket should look by its age and by how many look for somebody."""
        crowd = self.waiting
        if crowd < self._stages.thin:
            crowd = max(crowd, self._crowd.size(now))
        picky = bool(ticket.interests) or (ticket.nearby and bool(ticket.country))
        return self._stages.stage(now - ticket.since, picky, crowd)

    def see(self, ticket: Ticket, now: float) -> None:
        """The visitor is one of those who look for somebody."""
        self._crowd.see(ticket.identity_key, now)
        self.busy_until = self._crowd.full_until

    # --- where few wait ----------------------------------------------------------------------------

    def mark_changed(self) -> None:
        """Somebody came or left: see soon what that means for the others."""
        self._stirred = True
        self.refresh_at = min(self.refresh_at, self._attended + _ATTEND_EVERY)

    def due_to_widen(self, now: float) -> Iterator[WaitingTicket]:
        """Those for whom the market has become too thin to wait."""
        for entry in self.everybody.walk():
            if self.stage(entry.ticket, now) > entry.stage:
                yield entry

    def refresh_hints(self, now: float) -> Iterator[WaitingTicket]:
        """Find out anew what keeps each waiting; those of whom that is something new."""
        self._attended, self.refresh_at = now, inf
        if self._stirred:
            self._stirred, self._news_at = False, now
        left = EXPLAIN
        for entry in self.everybody.walk():
            stale = entry.told.at < self._news_at
            if left and stale and now - entry.told.at >= _EXPLAIN_EVERY:
                left -= 1
                if self.explain(entry, now):
                    yield entry
                stale = False
            if stale or entry.stage < REPEATS:
                self.refresh_at = now + _ATTEND_EVERY

    def explain(self, entry: WaitingTicket, now: float) -> bool:
        """Find what keeps the entry waiting; whether there is news to tell. It costs less than 0.1 ms."""
        known = entry.told
        others = [other.ticket for other in islice(self.everybody.walk(), FEW + 1) if other is not entry]
        self._sure |= self.few
        found = hint(entry.ticket, entry.stage, others, self.few, now, self._stages.parted)
        entry.told = HintState(found, self.waiting, now)
        return (found, self.waiting) != (known.hint, known.among)

    def retract_hints(self) -> Iterator[WaitingTicket]:
        """Many came: what was said of all who wait may no longer be true. Those to whom it was said."""
        if self._sure:
            self._sure = False
            for entry in self.everybody.walk():
                if needs_all_tickets(entry.told.hint):
                    entry.told = HintState()
                    yield entry

    # --- what is kept of those who left ------------------------------------------------------------

    @property
    def untidy(self) -> bool:
        return self.everybody.overgrown(self.waiting) or self.shelves.untidy(self.waiting)

    def sweep(self) -> None:
        self.everybody.prune(self.waiting)
        self.shelves.sweep(self.waiting)
