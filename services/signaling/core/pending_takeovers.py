"""Takeovers that a visitor's former gateway has not acknowledged. They are repeated until it does."""

from collections import deque
from collections.abc import Iterator

from services.contract.gateway_messages import Takeover
from services.contract.ids import GatewayId, VisitorId

RETRY_DELAYS = (0.2, 0.8, 2.0, 3.0)
"""Seconds between one try and the next; the last one repeats. So tries are made at 0, 0.2, 1, 3, 6, 9 … s.

A search for a partner repeats its question at the same times.
"""

GIVE_UP_AFTER = 300.0
"""Seconds after which a gateway that never answers is given up. No process is paused for that long."""

CAPACITY = 50_000
"""Takeovers that are kept. Beyond them the oldest is given up."""

_Key = tuple[GatewayId, VisitorId]


class _PendingTakeover:
    """A takeover that was added at `since` and is repeated at `due`."""

    __slots__ = ("due", "since", "takeover")

    def __init__(self, takeover: Takeover, since: float) -> None:
        self.takeover = takeover
        self.since = since
        self.due = since


class PendingTakeovers:
    """The takeovers of one gateway that are not acknowledged yet. Times are monotonic seconds."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._pending: dict[_Key, _PendingTakeover] = {}
        self._queues: tuple[deque[tuple[float, _Key]], ...] = tuple(deque() for _ in RETRY_DELAYS)
        self._suspended: set[GatewayId] = set()

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, former: GatewayId, takeover: Takeover, now: float) -> None:
        """Repeat the takeover, which the caller has just sent, until it is acknowledged.

        It replaces an earlier one of the same visitor from the same gateway.
        """
        key = (former, takeover.to)
        self._pending.pop(key, None)
        self._pending[key] = _PendingTakeover(takeover, now)
        self._schedule(0, key, now)
        if len(self._pending) > self._capacity:
            del self._pending[next(iter(self._pending))]

    def acknowledge(self, former: GatewayId, visitor: VisitorId, epoch: int) -> None:
        """End the takeover if the former gateway has answered this epoch of it, or a later one."""
        pending = self._pending.get((former, visitor))
        if pending is not None and pending.takeover.epoch <= epoch:
            del self._pending[former, visitor]

    def suspend(self, gateway: GatewayId) -> None:
        """Send nothing to this gateway, whose heartbeats have stopped, until `resume`."""
        if any(former == gateway for former, _ in self._pending):
            self._suspended.add(gateway)

    def resume(self, gateway: GatewayId, now: float) -> list[Takeover]:
        """Return what to send to a gateway now whose heartbeats are back."""
        self._suspended.discard(gateway)
        keys = [key for key in self._pending if key[0] == gateway]
        for key in keys:
            self._schedule(0, key, now)
        return [self._pending[key].takeover for key in keys]

    def due(self, now: float) -> Iterator[tuple[GatewayId, Takeover]]:
        """Yield the takeovers to send again, each with its gateway. It is cheap, so call it often."""
        self._give_up(now)
        for step, queue in enumerate(self._queues):
            while queue and queue[0][0] <= now:
                at, key = queue.popleft()
                pending = self._pending.get(key)
                if pending is None or pending.due != at or key[0] in self._suspended:
                    continue  # it was acknowledged or scheduled anew, or it waits for `resume`
                self._schedule(min(step + 1, len(RETRY_DELAYS) - 1), key, now)
                yield key[0], pending.takeover

    def _give_up(self, now: float) -> None:
        while self._pending:
            key, pending = next(iter(self._pending.items()))
            if now - pending.since <= GIVE_UP_AFTER:
                return
            del self._pending[key]

    def _schedule(self, step: int, key: _Key, now: float) -> None:
        pending = self._pending[key]
        pending.due = now + RETRY_DELAYS[step]
        self._queues[step].append((pending.due, key))
