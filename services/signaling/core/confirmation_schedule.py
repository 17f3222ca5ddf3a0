"""Whose turn it is to confirm that their match is alive: each match once in three seconds."""

from collections import deque
from collections.abc import Callable

from services.contract.ids import GatewayId, VisitorId

INTERVAL = 3.0
"""Seconds from the start of a match to its first confirmation, and from each to the next.

So a goodbye that was lost is noticed soon.
"""

BATCH_SIZE = 500
"""Matches that are confirmed in one call: at ten calls a second, 15,000 matches in `INTERVAL` seconds."""


class ConfirmationSchedule:
    """The turns of one gateway's visitors. Times are monotonic seconds.

    All whose partners are at one gateway have their turn together, so what is told leaves in one message.
    """

    def __init__(self) -> None:
        self._waiting: dict[GatewayId, dict[VisitorId, None]] = {}
        self._turns: deque[tuple[float, GatewayId]] = deque()
        """When those with partners at a gateway have their turn, the earliest first."""
        self._ready: deque[VisitorId] = deque()

    def add(self, visitor: VisitorId, gateway: GatewayId, now: float) -> None:
        """The visitor has their turn within `INTERVAL` seconds; `gateway` is their partner's."""
        if gateway not in self._waiting:
            self._waiting[gateway] = {}
            self._turns.append((now + INTERVAL, gateway))
        self._waiting[gateway][visitor] = None

    def make_all_due(self) -> None:
        """Everybody has their turn at once: what was told of late may be lost."""
        for visitors in self._waiting.values():
            self._ready.extend(visitors)
        self._waiting.clear()
        self._turns.clear()

    def run_due(self, confirm: Callable[[VisitorId], GatewayId | None], now: float) -> None:
        """Let the next ones confirm their match. Call it ten times a second.

        `confirm` returns the gateway of the visitor's partner; None when the visitor is in no match any more,
        and so has no more turns.
        """
        while self._turns and self._turns[0][0] <= now:
            _, due = self._turns.popleft()
            self._ready.extend(self._waiting.pop(due))
        for _ in range(min(BATCH_SIZE, len(self._ready))):
            visitor = self._ready.popleft()
            if (gateway := confirm(visitor)) is not None:
                self.add(visitor, gateway, now)
