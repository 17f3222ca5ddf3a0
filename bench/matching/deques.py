"""Two queues with next to no rules. What the waiting room does in a second is compared with them.

They return the same `Pairing` objects as the waiting room. Nobody can leave them, and a visitor may wait in
them twice.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from services.matcher.core.tickets import Pairing, Ticket


class PlainDeque:
    """Pairs any two tickets, in the order of their arrival."""

    def __init__(self) -> None:
        self._waiting: deque[Ticket] = deque()

    def pair(self, tickets: Sequence[Ticket], now: float) -> list[Pairing]:
        """Pair each ticket with one that waits, or else let it wait."""
        waiting = self._waiting
        pairings: list[Pairing] = []
        for ticket in tickets:
            if waiting:
                pairings.append(Pairing(ticket, waiting.popleft(), now))
            else:
                waiting.append(ticket)
        return pairings


class LanguageDeques:
    """Pairs any two tickets that name the same languages, in the order of their arrival."""

    def __init__(self) -> None:
        self._waiting: defaultdict[tuple[str, ...], deque[Ticket]] = defaultdict(deque)

    def pair(self, tickets: Sequence[Ticket], now: float) -> list[Pairing]:
        """Pair each ticket with one of its languages that waits, or else let it wait."""
        pairings: list[Pairing] = []
        for ticket in tickets:
            waiting = self._waiting[ticket.languages]
            if waiting:
                pairings.append(Pairing(ticket, waiting.popleft(), now))
            else:
                waiting.append(ticket)
        return pairings
