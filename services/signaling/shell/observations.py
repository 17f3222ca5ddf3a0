"""Tells the reports service of visitors who have shown many signs of spam."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from services.contract.errors import ZufallError

from ..core.conduct import Observation
from . import metrics

MAX_WAITING = 1_000
"""Observations that wait while the reports service is slow. A spammer is soon observed again."""


class ObservationSender:
    """Sends one observation after the other with `send`. One that fails (`ZufallError`) is dropped."""

    def __init__(self, send: Callable[[Observation], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: deque[Observation] = deque()
        self._added = asyncio.Event()

    def add(self, observation: Observation) -> None:
        """Send the observation soon, unless too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            metrics.OBSERVATIONS.labels("dropped").inc()
            return
        self._waiting.append(observation)
        self._added.set()

    async def run(self) -> None:
        """Send what is added, forever."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._waiting:
                await self._try(self._waiting.popleft())

    async def _try(self, observation: Observation) -> None:
        try:
            await self._send(observation)
        except ZufallError as error:
            metrics.OBSERVATIONS.labels(error.code).inc()
        else:
            metrics.OBSERVATIONS.labels("sent").inc()
