"""Bounds what waits for slow readers, for all of them together."""

from typing import Protocol

_KEEP = 0.75
"""The part of the budget that is left when it was exceeded. So queues are not counted at every write."""


class Queue(Protocol):
    """Bytes that wait for one reader."""

    def queued_bytes(self) -> int: ...

    def cut_off(self) -> None:
        """Close the connection and forget what waits."""


class QueueBudget:
    """At most `most` bytes may wait. Beyond this, the readers of the longest queues are cut off."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._sizes: dict[Queue, int] = {}
        """The sizes of queues that were not empty after a write. Since then they may have become shorter."""
        self._total = 0

    def update(self, queue: Queue, size: int) -> None:
        """Note the size of the queue in bytes after a write."""
        self._total += size - self._sizes.pop(queue, 0)
        if size:
            self._sizes[queue] = size
            if self._total > self._most:
                self._cut_longest()

    def _cut_longest(self) -> None:
        now = {queue: queue.queued_bytes() for queue in self._sizes}
        self._sizes = {queue: size for queue, size in now.items() if size}
        self._total = sum(self._sizes.values())
        if self._total <= self._most:
            return
        for queue in sorted(self._sizes, key=self._sizes.__getitem__, reverse=True):
            self._total -= self._sizes.pop(queue)
            queue.cut_off()
            if self._total <= _KEEP * self._most:
                return
