"""Takeovers: former gateways of visitors are told, until they answer, that the visitor is here now."""

from collections import deque
from collections.abc import Iterator

from services.contract.gateway_messages import Takeover
from services.contract.ids import GatewayId, VisitorId

RETRY_DELAYS = (0.2, 0.8, 2.0, 3.0)
"""Seconds between one telling and the next; the last one repeats. So it is told at 0, 0.2, 1, 3, 6, 9 … s.

Who looks for a partner calls in the same rhythm.
"""

GIVE_UP_AFTER = 300.0
"""Seconds after which a gateway that never answered is no longer told: no process is paused for so long."""

MOST = 50_000
"""Unanswered takeovers; beyond them the first is given up first."""

_Key = tuple[GatewayId, VisitorId]


class _PendingTakeover:
    """A takeover that was begun at `began` and is told again at `due`."""

    __slots__ = ("began", "due", "takeover")

    def __init__(self, takeover: Takeover, began: float) -> None:
        self.takeover = takeover
        self.began = began
        self.due = began


class PendingTakeovers:
    """The unanswered takeovers of one gateway. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._unanswered: dict[_Key, _PendingTakeover] = {}
        self._due: tuple[deque[tuple[float, _Key]], ...] = tuple(deque() for _ in RETRY_DELAYS)
        self._silent: set[GatewayId] = set()

    def __len__(self) -> int:
        return len(self._unanswered)

    def add(self, former: GatewayId, takeover: Takeover, now: float) -> None:
        """The caller tells it now; `due` says when again. A newer one takes the place of an older."""
        key = (former, takeover.to)
        self._unanswered.pop(key, None)
        self._unanswered[key] = _PendingTakeover(takeover, now)
        self._plan(0, key, now)
        if len(self._unanswered) > MOST:
            del self._unanswered[next(iter(self._unanswered))]

    def acknowledge(self, former: GatewayId, visitor: VisitorId, epoch: int) -> None:
        """The former gateway has answered the takeover of this epoch, or a later one."""
        known = self._unanswered.get((former, visitor))
        if known is not None and known.takeover.epoch <= epoch:
            del self._unanswered[former, visitor]

    def suspend(self, gateway: GatewayId) -> None:
        """This gateway is silent: it is told nothing until it is `back`."""
        if any(former == gateway for former, _ in self._unanswered):
            self._silent.add(gateway)

    def resume(self, gateway: GatewayId, now: float) -> list[Takeover]:
        """It is heard of again: what it must be told now."""
        self._silent.discard(gateway)
        keys = [key for key in self._unanswered if key[0] == gateway]
        for key in keys:
            self._plan(0, key, now)
        return [self._unanswered[key].takeover for key in keys]

    def due(self, now: float) -> Iterator[tuple[GatewayId, Takeover]]:
        """Yield who must be told what again. Cheap: call it often."""
        self._give_up(now)
        for step, queue in enumerate(self._due):
            while queue and queue[0][0] <= now:
                at, key = queue.popleft()
                known = self._unanswered.get(key)
                if known is None or known.due != at or key[0] in self._silent:
                    continue  # answered, planned anew, or told again when the gateway is back
                self._plan(min(step + 1, len(RETRY_DELAYS) - 1), key, now)
                yield key[0], known.takeover

    def _give_up(self, now: float) -> None:
        while self._unanswered:
            key, known = next(iter(self._unanswered.items()))
            if now - known.began <= GIVE_UP_AFTER:
                return
            del self._unanswered[key]

    def _plan(self, step: int, key: _Key, now: float) -> None:
        known = self._unanswered[key]
        known.due = now + RETRY_DELAYS[step]
        self._due[step].append((known.due, key))
