"""The state of one pool: its tickets, its index, how many visitors search in it, and the hints they got."""

from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf

from .crowded_networks import CrowdedNetworks, CrowdLimits
from .hints import MAX_COMPARED, find_hint, needs_all_tickets
from .partner_scan import SearchedIndex
from .regions import RegionalTickets
from .stages import ANYONE, INTEREST, REPEATS, RecentVisitorCount, Stages
from .ticket_index import TicketIndex
from .ticket_queue import HintState, QueuedTicket, TicketQueue
from .tickets import Ticket, TicketKind

_REFRESH_EVERY = 1.0
"""Seconds between two refreshes of a small pool."""

_HINT_EVERY = 2.0
"""Seconds between two hints for one ticket."""

MAX_HINTS = 30
"""The number of hints that one turn finds, each of which costs less than 0.1 ms."""


class PoolState:
    """One pool. In a small one, hints are refreshed and tickets widen early when few visitors are left."""

    def __init__(self, stages: Stages, limits: CrowdLimits) -> None:
        self.waiting = 0
        self.index = TicketIndex()
        """The usual tickets, and those that are released. A ticket that prefers a region comes here later."""
        self.indexes = (self.index, TicketIndex(), TicketIndex())
        """The tickets by their kind."""
        self.regions = RegionalTickets(stages)
        """The usual tickets that prefer a region."""
        self.networks = CrowdedNetworks(limits)
        self.queue = TicketQueue()
        """All waiting tickets except those that came a moment ago."""
        self.refresh_at = inf
        """When the hints are refreshed next, if the pool is small then."""
        self.saturated_until = -inf
        """The end of the time in which the pool is busy enough for a wish alone to decide the first stage."""
        self._stages = stages
        self._recent = RecentVisitorCount(stages.ages[2], stages.thin)
        self._refreshed_at = -inf
        self._has_changed = False
        self._changed_at = -inf
        self._told_of_all = False

    @property
    def is_small(self) -> bool:
        return 0 < self.waiting <= MAX_COMPARED

    def stage(self, ticket: Ticket, now: float) -> int:
        """Return how widely the ticket should search, by its age and the number of visitors who search."""
        visitors = self.waiting
        if visitors < self._stages.thin:
            visitors = max(visitors, self._recent.count(now))
        has_preference = bool(ticket.interests) or (ticket.nearby and bool(ticket.country))
        return self._stages.stage(now - ticket.since, has_preference, visitors)

    def record_visitor(self, ticket: Ticket, now: float) -> None:
        """Count the visitor among those who search in this pool."""
        self._recent.record(ticket.identity_key, now)
        self.saturated_until = self._recent.saturated_until

    # --- kinds of tickets --------------------------------------------------------------------------

    def kind(self, ticket: Ticket) -> TicketKind:
        if ticket.network in self.networks.crowded:
            return TicketKind.CROWDED
        return TicketKind.DEFERRED if ticket.deferred and self.networks.is_busy else TicketKind.USUAL

    def insert(self, entry: QueuedTicket, before: int = -1) -> None:
        """File the ticket under the keys of its stage. Those of stage `before` have it already.

        A ticket that prefers a region is filed there, and from stage 2 also where every region searches.
        """
        if entry.region:
            self.regions.indexes[entry.region].insert(entry, before)
            if entry.stage < ANYONE:
                return
            before = before if before >= ANYONE else -1
        self.indexes[entry.kind].insert(entry, before)

    def try_to_release(self, entry: QueuedTicket) -> bool:
        """Release a ticket that is not usual in the last stage, unless its network is still crowded.

        Return whether it was released just now. It must then be filed among the usual tickets, too.
        """
        if entry.kind is TicketKind.USUAL or entry.released or entry.stage < REPEATS:
            return False
        entry.released = entry.crowd not in self.networks.crowded
        return entry.released

    def searched_by(self, entry: QueuedTicket) -> list[SearchedIndex]:
        """Return where the ticket searches: first among its own kind, and in the last stage among all.

        Two kinds meet if both tickets are in the last stage, or if one is usual and the other is released.
        """
        places = [SearchedIndex(self._tickets(entry.kind, entry))]
        if entry.stage == REPEATS:
            for kind in TicketKind:
                least = INTEREST if entry.released and kind is TicketKind.USUAL else REPEATS
                if kind is not entry.kind:
                    places.append(SearchedIndex(self._tickets(kind, entry), least))
        return places

    def _tickets(self, kind: TicketKind, searching: QueuedTicket) -> Sequence[TicketIndex]:
        """Return the indexes of a kind: that of the searching ticket's region, that of all, other regions'.

        Two of different regions meet if one of them prefers none, or accepts anyone.
        """
        regions = self.regions.indexes
        if kind is not TicketKind.USUAL or not regions:
            return (self.indexes[kind],)
        own = [regions[searching.region]] if searching.region else []
        if searching.region and searching.stage < ANYONE:
            return (*own, self.index)
        others = [index for region, index in regions.items() if region != searching.region]
        return (*own, self.index, *others)

    # --- small pools -------------------------------------------------------------------------------

    def mark_changed(self) -> None:
        """Note that a ticket came or left, and refresh the hints soon."""
        self._has_changed = True
        self.refresh_at = min(self.refresh_at, self._refreshed_at + _REFRESH_EVERY)

    def due_to_widen(self, now: float) -> Iterator[QueuedTicket]:
        """Yield the tickets that widen because the pool has become too thin to wait."""
        for entry in self.queue.walk():
            if self.stage(entry.ticket, now) > entry.stage:
                yield entry

    def refresh_hints(self, now: float) -> Iterator[QueuedTicket]:
        """Find the hints of all waiting tickets again, and yield those whose hint is new."""
        self._refreshed_at, self.refresh_at = now, inf
        if self._has_changed:
            self._has_changed, self._changed_at = False, now
        left = MAX_HINTS
        for entry in self.queue.walk():
            stale = entry.hinted.at < self._changed_at
            if left and stale and now - entry.hinted.at >= _HINT_EVERY:
                left -= 1
                if self.update_hint(entry, now):
                    yield entry
                stale = False
            if stale or entry.stage < REPEATS:
                self.refresh_at = now + _REFRESH_EVERY

    def update_hint(self, entry: QueuedTicket, now: float) -> bool:
        """Find the hint of one ticket. Return whether it or the number of waiting tickets is new."""
        before = entry.hinted
        others = [other.ticket for other in islice(self.queue.walk(), MAX_COMPARED + 1) if other is not entry]
        self._told_of_all |= self.is_small
        hint = find_hint(entry.ticket, entry.stage, others, self.is_small, now, self._stages.rematch_cooldown)
        entry.hinted = HintState(hint, self.waiting, now)
        return (hint, self.waiting) != (before.hint, before.waiting)

    def retract_hints(self) -> Iterator[QueuedTicket]:
        """Clear the hints that may be wrong in a pool that is no longer small. Yield their tickets."""
        if self._told_of_all:
            self._told_of_all = False
            for entry in self.queue.walk():
                if needs_all_tickets(entry.hinted.hint):
                    entry.hinted = HintState()
                    yield entry

    # --- what tickets that left have left behind ---------------------------------------------------

    @property
    def needs_sweep(self) -> bool:
        return self.queue.is_overgrown(self.waiting) or any(
            index.needs_sweep(self.waiting) for index in (*self.indexes, *self.regions.indexes.values())
        )

    def sweep(self) -> None:
        self.queue.prune(self.waiting)
        for index in (*self.indexes, *self.regions.indexes.values()):
            index.sweep(self.waiting)
