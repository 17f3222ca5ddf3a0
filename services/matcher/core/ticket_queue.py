"""Queues of waiting tickets, oldest first. A ticket that leaves stays behind as a tombstone for a while."""

from bisect import insort
from collections.abc import Iterator
from math import inf
from typing import final

from msgspec import Struct

from .tickets import Ticket, TicketKind

_COPIED = 32
"""A walk through a queue of up to this many entries copies them first."""

_FEW_TOMBSTONES = 8
_SPARE_ROOM = 8

_KEPT_PER_TICKET = 4
_KEPT_AT_LEAST = 64
"""Entries that a queue may hold for each waiting ticket, and besides, before it is compacted."""


class HintState(Struct, frozen=True, gc=False):
    """The hint that a ticket was given last, when that was, and how many waited then."""

    hint: str = ""
    waiting: int = 0
    at: float = -inf


_NO_HINT = HintState()


@final
class QueuedTicket(Struct, gc=False, eq=False):
    """A ticket in the waiting room. No reference cycle includes it, so the garbage collector skips it."""

    ticket: Ticket
    stage: int
    waiting: bool = True
    """Leaving the room only clears this flag. No queue is searched for the ticket."""
    due_at: float = inf
    """When it searches again."""
    scan_number: int = 0
    """How many scans it has begun. Only the last one counts."""
    hinted: HintState = _NO_HINT
    kind: TicketKind = TicketKind.USUAL
    """This is decided when it arrives."""
    released: bool = False
    """Whether it has waited for so long that usual tickets accept it at any stage, though it is not usual."""
    crowd: bytes = b""
    """The network of a crowded ticket, or empty."""
    region: str = ""
    """The region of a usual ticket that prefers it, or empty. This is decided when it arrives."""


@final
class TicketQueue:
    """Tickets of which no two may meet, oldest first.

    It holds at most 8 more tombstones than tickets waited when it was last compacted.
    """

    __slots__ = ("_head", "_room", "items")

    def __init__(self) -> None:
        self.items: list[QueuedTicket] = []
        self._head = 0
        self._room = _SPARE_ROOM

    def add(self, entry: QueuedTicket) -> None:
        items = self.items
        if len(items) >= self._room:
            items = self.compact()
        if items and items[-1].ticket.since > entry.ticket.since:
            insort(items, entry, lo=self._head, key=_since)
        else:
            items.append(entry)

    def is_overgrown(self, waiting: float) -> bool:
        """Tell whether it holds far more than `waiting` tickets need."""
        return is_overgrown(len(self.items), waiting)

    def prune(self, waiting: float) -> None:
        if self.is_overgrown(waiting):
            self.compact()

    def walk(self) -> Iterator[QueuedTicket]:
        """Yield the waiting tickets. A walk may pause: it misses no ticket that was here and still waits."""
        items = self.items
        if len(items) <= _COPIED:
            yield from (entry for entry in items.copy() if entry.waiting)
            return
        start = position = self._head
        tombstones = 0
        try:
            while position < len(items):
                entry = items[position]
                position += 1
                if entry.waiting:
                    yield entry
                else:
                    tombstones += 1
        finally:
            many = tombstones > _FEW_TOMBSTONES and tombstones * 2 > position - start
            if many and items is self.items and start == self._head:
                self._drop_tombstones(position)

    def _drop_tombstones(self, end: int) -> None:
        """Move the tickets before `end` up to it. They only move backwards, so that no walk misses them."""
        survivors = [entry for entry in self.items[self._head : end] if entry.waiting]
        self._head = end - len(survivors)
        self.items[self._head : end] = survivors

    def compact(self) -> list[QueuedTicket]:
        """Drop all tombstones. A new list replaces the old one, so a walk through the old list goes on."""
        self.items = [entry for entry in self.items[self._head :] if entry.waiting]
        self._head = 0
        self._room = 2 * len(self.items) + _SPARE_ROOM
        return self.items


def is_overgrown(kept: int, waiting: float) -> bool:
    """Tell whether `kept` entries are far more than `waiting` tickets need."""
    return kept > (_KEPT_PER_TICKET * waiting + _KEPT_AT_LEAST if waiting else 0)


def _since(entry: QueuedTicket) -> float:
    return entry.ticket.since
