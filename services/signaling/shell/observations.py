"""Tells the reports service what this gateway has noticed of visitors."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from prometheus_client import Counter

from services.contract.errors import ZufallError

MAX_WAITING = 1_000
"""Messages that wait while the reports service is slow. What was lost is soon noticed again."""

_Message = TypeVar("_Message")


class ObservationSender(Generic[_Message]):
    """Sends one message after the other with `send`. One that fails (`ZufallError`) is dropped.

    `results` counts how it went.
    """

    def __init__(self, send: Callable[[_Message], Awaitable[None]], results: Counter) -> None:
        self._send = send
        self._results = results
        self._waiting: deque[_Message] = deque()
        self._added = asyncio.Event()

    def add(self, message: _Message) -> None:
        """Send the message soon, unless too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            self._results.labels("dropped").inc()
            return
        self._waiting.append(message)
        self._added.set()

    async def run(self) -> None:
        """Send what is added, forever."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._waiting:
                await self._try(self._waiting.popleft())

    async def _try(self, message: _Message) -> None:
        try:
            await self._send(message)
        except ZufallError as error:
            self._results.labels(error.code).inc()
        else:
            self._results.labels("sent").inc()
