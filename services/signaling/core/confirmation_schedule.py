"""Decides when each visitor of a gateway confirms that their match is alive: once in three seconds."""

from collections import deque
from collections.abc import Callable

from services.contract.ids import GatewayId, VisitorId

INTERVAL = 3.0
"""Seconds from the start of a match to its first confirmation, and from each to the next.

So a lost `PartnerLeft` is noticed soon.
"""

BATCH_SIZE = 500
"""Matches that are confirmed in one call: at ten calls a second, 15,000 matches in `INTERVAL` seconds."""


class ConfirmationSchedule:
    """The next confirmations of one gateway's visitors. Times are monotonic seconds.

    Visitors whose partners are at the same gateway are due together, so that one message confirms them all.
    """

    def __init__(self) -> None:
        self._scheduled: dict[GatewayId, dict[VisitorId, None]] = {}
        self._times: deque[tuple[float, GatewayId]] = deque()
        """When the visitors with partners at a gateway are due, the earliest first."""
        self._ready: deque[VisitorId] = deque()

    def add(self, visitor: VisitorId, gateway: GatewayId, now: float) -> None:
        """Make the visitor, whose partner is at `gateway`, due within `INTERVAL` seconds."""
        if gateway not in self._scheduled:
            self._scheduled[gateway] = {}
            self._times.append((now + INTERVAL, gateway))
        self._scheduled[gateway][visitor] = None

    def make_all_due(self) -> None:
        """Make everybody due at once, because recent messages may be lost."""
        for visitors in self._scheduled.values():
            self._ready.extend(visitors)
        self._scheduled.clear()
        self._times.clear()

    def run_due(self, confirm: Callable[[VisitorId], GatewayId | None], now: float) -> None:
        """Call `confirm` for up to `BATCH_SIZE` visitors who are due. Call this ten times a second.

        `confirm` returns the gateway of the visitor's partner, or None if the visitor is in no match any more
        and need not be scheduled again.
        """
        while self._times and self._times[0][0] <= now:
            _, gateway = self._times.popleft()
            self._ready.extend(self._scheduled.pop(gateway))
        for _ in range(min(BATCH_SIZE, len(self._ready))):
            visitor = self._ready.popleft()
            if (partner_gateway := confirm(visitor)) is not None:
                self.add(visitor, partner_gateway, now)
