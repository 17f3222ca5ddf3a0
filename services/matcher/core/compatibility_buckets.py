"""Many tickets under one key, by compatibility class: a search skips whole classes that it may not meet."""

from collections.abc import Iterable, Iterator
from typing import final

from .rules import CompatibilityClass, compatibility_class, may_meet
from .ticket_queue import QueuedTicket, TicketQueue, is_overgrown
from .tickets import Ticket

_QueueKey = tuple[CompatibilityClass, bytes]

_SPARE_ROOM = 8

_FEW = 16
"""The number of queues, or of entries with tombstones, that `few_candidates` looks at."""


@final
class CompatibilityBuckets:
    """A queue for each compatibility class and crowded network. No two tickets in it may meet each other.

    It holds at most 8 more tombstones than tickets waited when it was last compacted.
    """

    __slots__ = ("_in_order", "_queues", "_room", "kept", "waiting")

    def __init__(self, *entries: QueuedTicket) -> None:
        self.kept = 0
        """The number of entries, tombstones included. At times it is a little too high."""
        self.waiting = True
        """False after a search found it empty. The next ticket then takes its place without a queue."""
        self._queues: dict[_QueueKey, TicketQueue] = {}
        self._in_order: list[tuple[_QueueKey, TicketQueue]] = []
        """All queues in order. It only grows until it is replaced, so a paused walk can go on in it."""
        self._room = _SPARE_ROOM
        for entry in entries:
            self.add(entry)

    def add(self, entry: QueuedTicket) -> None:
        if self.kept >= self._room:
            self._compact()
        self.kept += 1
        key = (compatibility_class(entry.ticket), entry.crowd)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = TicketQueue()
            self._in_order.append((key, queue))
        queue.add(entry)

    @property
    def is_empty(self) -> bool:
        return not any(entry for queue in self._queues.values() for entry in queue.walk())

    def few_candidates(self, ticket: Ticket) -> list[QueuedTicket] | None:
        """Return all tickets that `ticket` may meet, and perhaps others, or None if they may be many."""
        if self.kept <= _FEW:
            living = [entry for _, queue in self._in_order for entry in queue.items if entry.waiting]
            self.waiting = bool(living)
            return living
        if len(self._in_order) > _FEW:
            return None
        queues = [queue.items for (key, _), queue in self._in_order if may_meet(ticket, key)]
        if sum(map(len, queues)) > _FEW:
            return None
        return [entry for items in queues for entry in items if entry.waiting]

    def candidates(self, ticket: Ticket, crowd: bytes = b"") -> Iterator[Iterable[QueuedTicket]]:
        """Yield the tickets of each class, or nothing for a class that `ticket` may not meet.

        `crowd` is a network from which it meets nobody, or empty. The walk may pause between two classes and
        between two tickets.
        """
        for (key, theirs), queue in self._in_order:
            refused = (crowd and crowd == theirs) or not may_meet(ticket, key)
            yield () if refused else queue.walk()

    def is_overgrown(self, waiting: float) -> bool:
        """Tell whether it holds far more than `waiting` tickets need."""
        return is_overgrown(self.kept, waiting)

    def prune(self, waiting: float) -> None:
        if self.is_overgrown(waiting):
            self._compact()

    def _compact(self) -> None:
        self._in_order = [(key, queue) for key, queue in self._in_order if queue.compact()]
        self._queues = dict(self._in_order)
        self.kept = sum(len(queue.items) for queue in self._queues.values())
        self._room = 2 * self.kept + _SPARE_ROOM
