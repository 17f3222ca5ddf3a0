"""A visitor who does one thing after the other, and waits each time until it is seen."""

import asyncio
import random
import time
from typing import TypeVar

from bench.client.client import ClientMatch, ZufallClient
from bench.client.connection import ClientConnection
from bench.client.events import ClientEvent
from bench.client.transports.picows import PicowsTransport, dial
from services.signaling.core.messages import Find, Welcome

ANSWER_SECONDS = 15.0
TAB_CLOSED = 1001
ANYONE = Find("text")

Event = TypeVar("Event", bound=ClientEvent)


class ScriptedVisitor:
    """One visitor, on one socket after the other. The client acknowledges lines by itself."""

    def __init__(self, token: str) -> None:
        self.client = ZufallClient(token)
        self._events: asyncio.Queue[ClientEvent] = asyncio.Queue()
        self._transport: PicowsTransport
        self._connection: ClientConnection
        self._running: asyncio.Task[int]

    @property
    def match(self) -> ClientMatch:
        """The present match. Raises `RuntimeError` if there is none."""
        if self.client.match is None:
            raise RuntimeError("this visitor is in no match")
        return self.client.match

    async def dial(self, origin: str) -> Welcome:
        """Say hello at this gateway, and return its welcome."""
        self._transport = await dial(origin)
        self._connection = ClientConnection(self.client, self._transport)
        self._running = asyncio.create_task(self._connection.run(self._events.put_nowait))
        return await self.hear(Welcome)

    async def flush(self) -> None:
        """Send what the client wants to send."""
        await self._connection.flush()

    async def find(self) -> None:
        self.client.find(ANYONE)
        await self.flush()

    async def stop(self) -> None:
        self.client.stop()
        await self.flush()

    async def next(self) -> None:
        self.client.next()
        await self.flush()

    async def say(self, text: str) -> None:
        self.client.say(text, time.monotonic())
        await self.flush()

    async def hear(self, kind: type[Event]) -> Event:
        """Return the next event of this kind, and skip others. Raises `TimeoutError`."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                event = await self._events.get()
                if isinstance(event, kind):
                    return event

    async def cut(self) -> None:
        """Lose the network, without a goodbye."""
        self._transport.abort()
        self.client.disconnect(await self._running, random.Random())

    async def leave(self) -> None:
        """Close the page."""
        self._transport.close_now(TAB_CLOSED)
        await self._running
