"""Names the devices of visitors to whom this gateway gave tokens, where a decision about them names none."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from services.contract.errors import ZufallError
from services.contract.ids import VisitorId
from services.contract.tokens import LIFETIME

from ..core.recently_used import RecentlyUsed
from . import metrics

MAX_REMEMBERED = 32_768
"""Visitors whose device is remembered, in some 5 MB."""

MAX_WAITING = 1_000
"""Devices that wait to be named while the reports service is slow."""


class IssuedDevices:
    """Remembers the devices of tokens for as long as these live.

    A decision of a moderator about somebody whom nobody reported names no device, because no pass names it.
    The gateway that issued the visitor's last token then names it with `name_device`.
    """

    def __init__(self, name_device: Callable[[VisitorId, int], Awaitable[None]]) -> None:
        self._name_device = name_device
        self._devices: RecentlyUsed[VisitorId, int] = RecentlyUsed(MAX_REMEMBERED, LIFETIME)
        self._waiting: deque[tuple[VisitorId, int]] = deque(maxlen=MAX_WAITING)
        self._added = asyncio.Event()

    def record(self, visitor: VisitorId, device: int, now: float) -> None:
        """Note that a token was issued. `now` is in monotonic seconds, and `device` 0 if there is none."""
        if device:
            self._devices.use(visitor, lambda: device, now)

    def on_decision(self, visitor: VisitorId, device: int) -> None:
        """Name the device of a decision soon if it names none and this gateway knows it."""
        known = self._devices.get(visitor)
        if not device and known:
            self._waiting.append((visitor, known))
            self._added.set()

    async def run(self) -> None:
        """Name devices, forever. One that fails is named when the decision is heard of again."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._waiting:
                try:
                    await self._name_device(*self._waiting.popleft())
                except ZufallError as error:
                    metrics.NAMED_DEVICES.labels(error.code).inc()
                else:
                    metrics.NAMED_DEVICES.labels("named").inc()
