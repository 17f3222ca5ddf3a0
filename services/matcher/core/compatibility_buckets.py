"""Those who wait in one place, by kind: whoever looks passes by all at once whom they may never meet."""

from collections.abc import Iterable, Iterator
from typing import final

from .rules import CompatibilityClass, compatibility_class, may_meet
from .ticket_queue import TicketQueue, WaitingTicket, overgrown
from .tickets import Ticket

_SPARE = 8

_FEW = 16
"""CompatibilityBuckets, or entries with their tombstones, that are a few at most."""


@final
class CompatibilityBuckets:
    """A queue for each kind. Of all entries none can do with another.

    It holds at most as many tombstones as entries waited when tombstones were last thrown out, plus 8.
    """

    __slots__ = ("_in_order", "_queues", "_room", "kept", "waiting")

    def __init__(self, *entries: WaitingTicket) -> None:
        self.kept = 0
        """How many entries are held, tombstones included; at times a few more than that."""
        self.waiting = True
        """False when a look found it empty: whoever comes next needs no queue."""
        self._queues: dict[CompatibilityClass, TicketQueue] = {}
        self._in_order: list[tuple[CompatibilityClass, TicketQueue]] = []
        """The same; a walk that rests goes on in it, for it only grows until it is replaced."""
        self._room = _SPARE
        for entry in entries:
            self.add(entry)

    def add(self, entry: WaitingTicket) -> None:
        if self.kept >= self._room:
            self._compact()
        self.kept += 1
        kind = compatibility_class(entry.ticket)
        queue = self._queues.get(kind)
        if queue is None:
            queue = self._queues[kind] = TicketQueue()
            self._in_order.append((kind, queue))
        queue.add(entry)

    @property
    def empty(self) -> bool:
        return not any(entry for queue in self._queues.values() for entry in queue.walk())

    def few(self, ticket: Ticket) -> list[WaitingTicket] | None:
        """All who wait whom the ticket may meet, and perhaps others; None if there may be more than a few."""
        if self.kept <= _FEW:
            living = [entry for _, queue in self._in_order for entry in queue.items if entry.waiting]
            self.waiting = bool(living)
            return living
        if len(self._in_order) > _FEW:
            return None
        fitting = [queue.items for kind, queue in self._in_order if may_meet(ticket, kind)]
        if sum(map(len, fitting)) > _FEW:
            return None
        return [entry for items in fitting for entry in items if entry.waiting]

    def fitting(self, ticket: Ticket) -> Iterator[Iterable[WaitingTicket]]:
        """For each kind those who wait, or nobody if the ticket may meet none of them. The walk may rest."""
        for kind, queue in self._in_order:
            yield queue.walk() if may_meet(ticket, kind) else ()

    def overgrown(self, waiting: float) -> bool:
        """Whether it holds far more than is needed where so many wait."""
        return overgrown(self.kept, waiting)

    def prune(self, waiting: float) -> None:
        if self.overgrown(waiting):
            self._compact()

    def _compact(self) -> None:
        self._in_order = [(kind, queue) for kind, queue in self._in_order if queue.compact()]
        self._queues = dict(self._in_order)
        self.kept = sum(len(queue.items) for queue in self._queues.values())
        self._room = 2 * self.kept + _SPARE
