"""Deadlines in slots of 50 ms, so that a million waiting tickets need no sorting."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from math import ceil, inf
from typing import Generic, TypeVar

T = TypeVar("T")

SLOT = 0.05
"""The most seconds by which an item comes up late."""

_SPARE = 1024


class DeadlineQueue(Generic[T]):
    """Items that come up at their time if they are still `wanted` then.

    It keeps at most about as many unwanted items as wanted ones.
    """

    def __init__(self, wanted: Callable[[T], bool]) -> None:
        self._wanted = wanted
        self._most = _SPARE
        self._slots: dict[int, list[T]] = {}
        self._order: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, when: float, item: T) -> None:
        if self._count >= self._most:
            self._drop_unwanted()
        self._count += 1
        slot = ceil(when / SLOT)
        if slot * SLOT < when:
            slot += 1  # the division was rounded, and no item may come up early
        items = self._slots.get(slot)
        if items is None:
            self._slots[slot] = [item]
            heappush(self._order, slot)
        else:
            items.append(item)

    def pop_due(self, now: float) -> Iterator[T]:
        """Take out the items that are due, one by one. Items that the caller does not take stay due."""
        while self._order and self._order[0] * SLOT <= now:
            items = self._slots[self._order[0]]
            item = items.pop()
            if not items:
                del self._slots[heappop(self._order)]
            self._count -= 1
            if self._wanted(item):
                yield item

    def next_at(self) -> float:
        """Return when the next item is due. It is infinite when there is none."""
        return self._order[0] * SLOT if self._order else inf

    def _drop_unwanted(self) -> None:
        slots = {slot: list(filter(self._wanted, items)) for slot, items in self._slots.items()}
        self._slots = {slot: items for slot, items in slots.items() if items}
        self._order = list(self._slots)
        heapify(self._order)
        self._count = sum(map(len, self._slots.values()))
        self._most = 2 * self._count + _SPARE
