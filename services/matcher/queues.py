"""Waiting tickets in the order of their wait, so that taking one out costs little wherever it stands."""

from bisect import insort
from collections.abc import Iterable, Iterator
from math import inf

from .tickets import Ticket

_SHORT = 32
_TIDY = 8


class Entry:
    """A ticket in the waiting room."""

    __slots__ = ("due", "queues", "stage", "ticket", "waiting", "walk")

    def __init__(self, ticket: Ticket, stage: int) -> None:
        self.ticket = ticket
        self.stage = stage
        self.waiting = True
        self.due = inf
        self.queues: list[Queue] = []
        self.walk: Iterator[Entry] | None = None


class Queue:
    """Entries that found nobody under one key, those that wait longest first.

    From a short list an entry is taken out. In a long one it stays as a tombstone, which is passed over a few
    times and then gone.
    """

    __slots__ = ("_head", "_items", "idle", "interest", "language", "live")

    def __init__(self, language: str, interest: str | None) -> None:
        self.language = language
        self.interest = interest
        self.live = 0
        self.idle = False
        self._items: list[Entry] = []
        self._head = 0

    def add(self, entry: Entry) -> None:
        items = self._items
        if items and items[-1].ticket.since > entry.ticket.since:
            insort(items, entry, lo=self._head, key=_since)
        else:
            items.append(entry)
        self.live += 1

    def remove(self, entry: Entry) -> None:
        """Take out an entry that was added and waits no longer."""
        items = self._items
        self.live -= 1
        if len(items) <= _SHORT:
            items.remove(entry)
        elif self.live * 2 < len(items):
            # A new list: whoever walks the old one still finds in it everybody who was there.
            self._items = [entry for entry in items[self._head :] if entry.waiting]
            self._head = 0

    def candidates(self) -> Iterable[Entry]:
        """Those who wait, for one look that does not rest: the bare list if it holds nobody else."""
        return self._items if self.live == len(self._items) else self.walk()

    def walk(self) -> Iterator[Entry]:
        """Those who wait. The walk may rest: it misses nobody who was here when it began and still waits."""
        items = self._items
        if len(items) <= _SHORT:
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
            if dead > _TIDY and dead * 2 > position - start and items is self._items and start == self._head:
                self._tidy(position)

    def _tidy(self, end: int) -> None:
        """Move those who wait before `end` up to it. They only move towards the end: no walk misses them."""
        survivors = [entry for entry in self._items[self._head : end] if entry.waiting]
        self._head = end - len(survivors)
        self._items[self._head : end] = survivors


def _since(entry: Entry) -> float:
    return entry.ticket.since
