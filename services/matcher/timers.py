"""Who is due when: times in slots of 50 ms, so that a million waiting tickets cost no sorting."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import ceil
from typing import Generic, TypeVar

T = TypeVar("T")

SLOT = 0.05
"""Seconds by which something may come up later than asked for."""


class Timers(Generic[T]):
    """Things that come up at a time."""

    def __init__(self) -> None:
        self._slots: dict[int, list[T]] = {}
        self._order: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def keep(self, wanted: Callable[[T], bool]) -> None:
        """Forget the things that are not wanted any more."""
        slots = {slot: list(filter(wanted, things)) for slot, things in self._slots.items()}
        self._slots = {slot: things for slot, things in slots.items() if things}
        self._order = list(self._slots)
        heapify(self._order)
        self._count = sum(map(len, self._slots.values()))

    def add(self, when: float, thing: T) -> None:
        self._count += 1
        slot = ceil(when / SLOT)
        things = self._slots.get(slot)
        if things is None:
            self._slots[slot] = [thing]
            heappush(self._order, slot)
        else:
            things.append(thing)

    def pop(self, now: float, limit: int) -> list[T]:
        """At most `limit` of the things that are due; the others stay due."""
        due: list[T] = []
        while self._order and self._order[0] * SLOT <= now and len(due) < limit:
            things = self._slots[self._order[0]]
            first = max(0, len(things) - (limit - len(due)))
            due += things[first:]
            del things[first:]
            if not things:
                del self._slots[heappop(self._order)]
        self._count -= len(due)
        return due

    def next(self) -> float | None:
        """When the next thing is due."""
        return self._order[0] * SLOT if self._order else None
