"""Waiting tickets in the order of their wait. Whoever is gone stays as a tombstone until somebody passes."""

from bisect import insort
from collections.abc import Iterable, Iterator
from math import inf
from typing import final

from msgspec import Struct

from .tickets import Ticket

SHORT = 32
_TIDY = 8
_SPARE = 8


@final
class Entry(Struct, gc=False, eq=False):
    """A ticket in the waiting room. No cycle goes through it, so the garbage collector may ignore it."""

    ticket: Ticket
    stage: int
    waiting: bool = True
    """Leaving the room is no more than this flag: nobody is searched for in the queues."""
    due: float = inf
    """When it looks again."""
    hint: str = ""
    """What keeps it waiting, as of the time when it was `explained`."""
    among: int = 0
    """How many waited in its pool then."""
    explained: float = -inf
    stale: bool = True
    """Whether somebody has come or left since."""


@final
class Queue:
    """Entries of which none can do with another, those that wait longest first.

    It holds at most as many tombstones as entries waited when tombstones were last thrown out, plus 8.
    """

    __slots__ = ("_head", "_room", "items", "waiting")

    def __init__(self, *entries: Entry) -> None:
        self.items: list[Entry] = []
        self.waiting = True
        """False when a look found it empty: whoever comes next needs no queue."""
        self._head = 0
        self._room = _SPARE
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        items = self.items
        if len(items) >= self._room:
            items = self.compact()
        if items and items[-1].ticket.since > entry.ticket.since:
            insort(items, entry, lo=self._head, key=_since)
        else:
            items.append(entry)

    @property
    def empty(self) -> bool:
        return not any(entry.waiting for entry in self.items)

    def candidates(self) -> Iterable[Entry]:
        """Those who wait, and perhaps a few tombstones, for one look that does not rest."""
        items = self.items
        if len(items) > SHORT:
            return self.walk()
        while items and not items[0].waiting:
            del items[0]
        self.waiting = bool(items)
        return items

    def walk(self) -> Iterator[Entry]:
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

    def compact(self) -> list[Entry]:
        """Throw out all tombstones, into a new list: whoever walks the old one misses nobody in it."""
        self.items = [entry for entry in self.items[self._head :] if entry.waiting]
        self._head = 0
        self._room = 2 * len(self.items) + _SPARE
        return self.items


def _since(entry: Entry) -> float:
    return entry.ticket.since
