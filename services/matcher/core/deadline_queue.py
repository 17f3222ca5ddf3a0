"""Who is due when: times in slots of 50 ms, so that a million waiting tickets cost no sorting."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from math import ceil, inf
from typing import Generic, TypeVar

T = TypeVar("T")

SLOT = 0.05
"""Seconds by which something may come up later than asked for."""

_SPARE = 1024


class DeadlineQueue(Generic[T]):
    """Things that come up at a time, if they are `wanted` then. Of the others about as many may be kept."""

    def __init__(self, wanted: Callable[[T], bool]) -> None:
        self._wanted = wanted
        self._most = _SPARE
        self._slots: dict[int, list[T]] = {}
        self._order: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, when: float, thing: T) -> None:
        if self._count >= self._most:
            self._forget_the_unwanted()
        self._count += 1
        slot = ceil(when / SLOT)
        if slot * SLOT < when:
            slot += 1  # the division was rounded: nothing may come up early
        things = self._slots.get(slot)
        if things is None:
            self._slots[slot] = [thing]
            heappush(self._order, slot)
        else:
            things.append(thing)

    def due(self, now: float) -> Iterator[T]:
        """Takes out what is due, one by one: whatever is not asked for stays due."""
        while self._order and self._order[0] * SLOT <= now:
            things = self._slots[self._order[0]]
            thing = things.pop()
            if not things:
                del self._slots[heappop(self._order)]
            self._count -= 1
            if self._wanted(thing):
                yield thing

    def _forget_the_unwanted(self) -> None:
        slots = {slot: list(filter(self._wanted, things)) for slot, things in self._slots.items()}
        self._slots = {slot: things for slot, things in slots.items() if things}
        self._order = list(self._slots)
        heapify(self._order)
        self._count = sum(map(len, self._slots.values()))
        self._most = 2 * self._count + _SPARE

    def next(self) -> float:
        """When the next thing is due; infinite when never."""
        return self._order[0] * SLOT if self._order else inf
