"""The tickets of one gateway that are to be paired: held until their turn, then offered in their pool."""

from services.contract.ids import TicketId

from ..core.wishes import SearchTicket
from . import metrics
from .ports import Matchmaker, Standings


class PendingTickets:
    """Which pool a ticket waits in is decided by the visitor's standing when it is offered."""

    def __init__(self, matchmaker: Matchmaker, standings: Standings) -> None:
        self._matchmaker = matchmaker
        self._standings = standings
        self._tickets: dict[TicketId, SearchTicket] = {}
        self._delayed: dict[TicketId, float] = {}
        self._restricted_ids: set[TicketId] = set()

    def __len__(self) -> int:
        return len(self._tickets)

    def add(self, ticket: SearchTicket, after: float, now: float) -> None:
        """Offer the ticket, or hold it until `after`."""
        self._tickets[ticket.id] = ticket
        if after <= now:
            self._offer(ticket)
        else:
            self._delayed[ticket.id] = after
            metrics.DELAYED_SEARCHES.inc()

    def remove(self, number: TicketId) -> None:
        """The ticket no longer waits."""
        self.take(number)
        if self._delayed.pop(number, None) is None:
            self._matchmaker.withdraw(number)

    def take(self, number: TicketId) -> SearchTicket | None:
        """The matcher found a partner for this ticket and pairs it no more; None when it is not ours."""
        self._restricted_ids.discard(number)
        return self._tickets.pop(number, None)

    def get(self, number: TicketId) -> SearchTicket | None:
        return self._tickets.get(number)

    def release(self, now: float) -> None:
        """Offer the held tickets whose turn has come."""
        for number in [number for number, after in self._delayed.items() if after <= now]:
            del self._delayed[number]
            self._offer(self._tickets[number])

    def is_misplaced(self, number: TicketId) -> bool:
        """Whether the ticket waits in a pool in which its visitor no longer belongs."""
        ticket = self._tickets.get(number)
        if ticket is None or number in self._delayed:
            return False
        return self._restricted(ticket) is not (number in self._restricted_ids)

    def no_longer_restricted(self) -> list[SearchTicket]:
        """The tickets that wait among the restricted, and whose visitors may meet everyone again."""
        return [self._tickets[number] for number in self._restricted_ids if self.is_misplaced(number)]

    def waiting(self, ticket: SearchTicket) -> int:
        """How many wait in the pool of this ticket, as far as is known."""
        return self._matchmaker.waiting(ticket.wish.mode, self._restricted(ticket))

    def _offer(self, ticket: SearchTicket) -> None:
        restricted = self._restricted(ticket)
        if restricted:
            self._restricted_ids.add(ticket.id)
        self._matchmaker.offer(ticket, restricted)

    def _restricted(self, ticket: SearchTicket) -> bool:
        return self._standings.restricted(ticket.visitor)
