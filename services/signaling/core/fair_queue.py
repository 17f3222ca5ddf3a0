"""A queue in which sources take turns.

Source: J. Nagle, RFC 970, "On Packet Switches With Infinite Storage". Each source has a queue, and the queues
are served in turns. So whoever sends more only makes their own queue longer.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Items of several sources. `pop` takes one from each source in turn, and a source's oldest first."""

    def __init__(self) -> None:
        self._by_source: dict[str, deque[T]] = {}
        """The sources in the order of their turns. None is empty."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def push(self, source: str, item: T) -> None:
        self._by_source.setdefault(source, deque()).append(item)
        self._length += 1

    def pop(self) -> T:
        """Remove and return the item whose turn it is. Raises `IndexError` if there is none."""
        if not self._by_source:
            raise IndexError("the queue is empty")
        source = next(iter(self._by_source))
        items = self._by_source.pop(source)
        item = items.popleft()
        self._length -= 1
        if items:
            self._by_source[source] = items
        return item

    def drop_excess(self, most: int, spared: str) -> T | None:
        """Remove and return the newest item of the longest queue with more than `most`, if there is one.

        The queue of `spared` is not considered.
        """
        lengths = {source: len(items) for source, items in self._by_source.items() if source != spared}
        source = max(lengths, key=lengths.__getitem__, default=spared)
        if lengths.get(source, 0) <= most:
            return None
        self._length -= 1
        return self._by_source[source].pop()
