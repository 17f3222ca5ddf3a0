"""Waiting tickets in the order of their wait. Whoever is gone stays as a tombstone until somebody passes."""

from bisect import insort
from collections.abc import Iterator
from math import inf
from typing import final

from msgspec import Struct

from .tickets import Ticket

SHORT = 32
_TIDY = 8
_SPARE = 8
_KEPT = 4
_FEW_KEPT = 64
"""Items that are kept for each who waits, and besides."""


class HintState(Struct, frozen=True, gc=False):
    """What keeps a ticket waiting, and among how many, as of a time."""

    hint: str = ""
    among: int = 0
    at: float = -inf


_NOTHING = HintState()


@final
class WaitingTicket(Struct, gc=False, eq=False):
    """A ticket in the waiting room. No cycle goes through it, so the garbage collector may ignore it."""

    ticket: Ticket
    stage: int
    waiting: bool = True
    """Leaving the room is no more than this flag: nobody is searched for in the queues."""
    due: float = inf
    """When it looks again."""
    looks: int = 0
    """How many looks it has begun; only the last one counts."""
    told: HintState = _NOTHING


@final
class TicketQueue:
    """Entries of which none can do with another, those that wait longest first.

    It holds at most as many tombstones as entries waited when tombstones were last thrown out, plus 8.
    """

    __slots__ = ("_head", "_room", "items")

    def __init__(self) -> None:
        self.items: list[WaitingTicket] = []
        self._head = 0
        self._room = _SPARE

    def add(self, entry: WaitingTicket) -> None:
        items = self.items
        if len(items) >= self._room:
            items = self.compact()
        if items and items[-1].ticket.since > entry.ticket.since:
            insort(items, entry, lo=self._head, key=_since)
        else:
            items.append(entry)

    def overgrown(self, waiting: float) -> bool:
        """Whether it holds far more than is needed where so many wait."""
        return overgrown(len(self.items), waiting)

    def prune(self, waiting: float) -> None:
        if self.overgrown(waiting):
            self.compact()

    def walk(self) -> Iterator[WaitingTicket]:
        """Those who wait. The walk may rest: it misses nobody who was here when it began and still waits."""
        items = self.items
        if len(items) <= SHORT:
            yield from (entry for entry in items.copy() if entry.waiting)
            return
        start = position = self._head
        dead = 0
        try:
            while position < len(items):
                entry = items[position]
                position += 1
                if entry.waiting:
                    yield entry
                else:
                    dead += 1
        finally:
            if dead > _TIDY and dead * 2 > position - start and items is self.items and start == self._head:
                self._tidy(position)

    def _tidy(self, end: int) -> None:
        """Move those who wait before `end` up to it. They only move towards the end: no walk misses them."""
        survivors = [entry for entry in self.items[self._head : end] if entry.waiting]
        self._head = end - len(survivors)
        self.items[self._head : end] = survivors

    def compact(self) -> list[WaitingTicket]:
        """Throw out all tombstones, into a new list: whoever walks the old one misses nobody in it."""
        self.items = [entry for entry in self.items[self._head :] if entry.waiting]
        self._head = 0
        self._room = 2 * len(self.items) + _SPARE
        return self.items


def overgrown(kept: int, waiting: float) -> bool:
    """Whether so many entries are far more than need be kept where so many wait."""
    return kept > (_KEPT * waiting + _FEW_KEPT if waiting else 0)


def _since(entry: WaitingTicket) -> float:
    return entry.ticket.since
