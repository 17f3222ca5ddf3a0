"""The tickets of one gateway that are to be paired. Some are delayed before they are offered."""

from collections.abc import Iterator

from msgspec import UNSET, structs

from services.contract.ids import TicketId, VisitorId

from ..core.conduct import Conducts
from ..core.effects import SendSearching
from ..core.events import AudienceChanged, Event, SearchRefused, StageChanged
from ..core.messages import MATCHER_AWAY, Error, Searching
from ..core.wishes import SearchTicket
from . import metrics
from .ports import Matchmaker, RoomAdmission, Standings, WaitingNames


class PendingTickets:
    """Offers tickets to the matcher, in the pool that the visitor's standing asks for at that time.

    Those of visitors who are suspect or watched are deferred. Who proved no key of a device is watched from
    the start. `admission` says who may search in a room. Times are monotonic seconds.
    """

    def __init__(
        self,
        matchmaker: Matchmaker,
        standings: Standings,
        conducts: Conducts,
        registry: WaitingNames,
        admission: RoomAdmission,
        tabs_meet: bool = False,
    ) -> None:
        self._matchmaker = matchmaker
        self._standings = standings
        self._conducts = conducts
        self._registry = registry
        self._tabs_meet = tabs_meet
        self._admission = admission
        self._tickets: dict[TicketId, SearchTicket] = {}
        self._delayed: dict[TicketId, float] = {}
        self._restricted_ids: set[TicketId] = set()
        self._told_away: set[TicketId] = set()
        """The tickets whose visitors were last told that no matcher answers."""

    def __len__(self) -> int:
        return len(self._tickets)

    def add(self, ticket: SearchTicket, after: float, now: float) -> SearchRefused | None:
        """Offer the ticket, but not before `after`. Return the reason if it may not wait in its room."""
        if (refused := self._refusal(ticket)) is not None:
            return refused
        self._tickets[ticket.id] = ticket
        if ticket.wish.waits_as:
            self._registry.register(ticket.wish.waits_as)
        if after <= now:
            self._offer(ticket, now)
        else:
            self._delayed[ticket.id] = after
            metrics.HELD_SEARCHES.inc()
        return None

    def remove(self, ticket_id: TicketId) -> None:
        """Withdraw the ticket."""
        self.take(ticket_id)
        if self._delayed.pop(ticket_id, None) is None:
            self._matchmaker.withdraw(ticket_id)

    def take(self, ticket_id: TicketId) -> SearchTicket | None:
        """Remove and return a ticket that the matcher has paired, or None if it is not here."""
        self._restricted_ids.discard(ticket_id)
        self._told_away.discard(ticket_id)
        ticket = self._tickets.pop(ticket_id, None)
        if ticket is not None and ticket.wish.waits_as:
            self._registry.deregister(ticket.wish.waits_as)
        return ticket

    def get(self, ticket_id: TicketId) -> SearchTicket | None:
        return self._tickets.get(ticket_id)

    def release(self, now: float) -> None:
        """Offer the delayed tickets that are due."""
        for ticket_id in [one for one, after in self._delayed.items() if after <= now]:
            del self._delayed[ticket_id]
            self._offer(self._tickets[ticket_id], now)

    def is_misplaced(self, ticket_id: TicketId) -> bool:
        """Return whether the ticket waits in a pool that no longer fits its visitor's standing."""
        ticket = self._tickets.get(ticket_id)
        if ticket is None or ticket_id in self._delayed:
            return False
        return self._restricted(ticket) is not (ticket_id in self._restricted_ids)

    def _refusal(self, ticket: SearchTicket) -> SearchRefused | None:
        reason = self._admission.refusal(ticket.wish.room, ticket.visitor, ticket.device)
        return SearchRefused(Error(reason.code, reason.message)) if reason else None

    def _shut_out(self) -> Iterator[tuple[VisitorId, SearchRefused]]:
        """Withdraw the tickets of pools that have closed, and yield the reasons."""
        for ticket in [ticket for ticket in self._tickets.values() if ticket.wish.room]:
            if (refused := self._refusal(ticket)) is not None:
                self.remove(ticket.id)
                yield ticket.visitor, refused

    def events(self) -> Iterator[tuple[VisitorId, Event]]:
        """Yield what has happened to searches since the last call, each with its visitor."""
        for ticket in self._misinformed():
            yield ticket.visitor, StageChanged(ticket.id, ticket.first_stage, None)
        for ticket in [self._tickets[one] for one in self._restricted_ids if self.is_misplaced(one)]:
            yield ticket.visitor, AudienceChanged()
        yield from self._shut_out()

    def status(self, shown: SendSearching) -> Searching:
        """Return how many wait in the pool of a search, as far as it is known, and why it takes long."""
        waiting = self._waiting(shown.ticket)
        widens_in = UNSET if shown.widens_in is None else round(shown.widens_in, 1)
        hint = shown.hint
        if self._matchmaker.ready:
            self._told_away.discard(shown.ticket.id)
        else:
            self._told_away.add(shown.ticket.id)
            hint = MATCHER_AWAY
        return Searching(waiting, shown.stage, widens_in, hint or UNSET)

    def _waiting(self, ticket: SearchTicket) -> int:
        if ticket.wish.room:
            return self._matchmaker.waiting_in_room(ticket.id)
        return self._matchmaker.waiting(ticket.wish.mode, self._restricted(ticket))

    def _misinformed(self) -> list[SearchTicket]:
        """Return the tickets whose visitors were last told otherwise of the matcher than it is now."""
        if self._matchmaker.ready:
            return [self._tickets[one] for one in self._told_away if one in self._tickets]
        return [ticket for one, ticket in self._tickets.items() if one not in self._told_away]

    def _offer(self, ticket: SearchTicket, now: float) -> None:
        deferred = self._is_deferred(ticket, now)
        if deferred:
            metrics.DEFERRED_SEARCHES.inc()
        if deferred or self._tabs_meet:
            ticket = structs.replace(ticket, deferred=deferred, tabs_meet=self._tabs_meet)
        restricted = self._restricted(ticket)
        if restricted:
            self._restricted_ids.add(ticket.id)
        self._matchmaker.offer(ticket, restricted)

    def _is_deferred(self, ticket: SearchTicket, now: float) -> bool:
        visitor, device = ticket.visitor, ticket.device
        return (
            not device
            or self._conducts.is_suspect(visitor, device, now)
            or self._standings.watched(visitor, device)
        )

    def _restricted(self, ticket: SearchTicket) -> bool:
        return self._standings.restricted(ticket.visitor, ticket.device)
