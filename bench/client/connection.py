"""Drives a client over a transport with asyncio: the only loop that a bot needs."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bench.client.client import ZufallClient
from bench.client.delivery import REPEAT_DELAYS
from bench.client.events import ClientEvent
from bench.client.transports import UNREACHABLE, ConnectionClosed, Transport

WELCOME_SECONDS = 15.0
"""A gateway answers a `hello` sooner, whatever it has to do first."""

Handler = Callable[[ClientEvent], None]


class ClientConnection:
    """One socket of a client, from its hello to its end."""

    def __init__(
        self, client: ZufallClient, transport: Transport, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._transport = transport
        self._clock = clock

    async def run(self, handle: Handler = lambda _: None) -> int:
        """Give each event to `handle`, and return the close code. What `handle` raises ends it, too."""
        self._client.connect(time.time())
        return await self.converse(handle)

    async def converse(self, handle: Handler = lambda _: None) -> int:
        """Go on where the client is, as `run` does after the hello."""
        timer = asyncio.create_task(self._repeat())
        try:
            await self.flush()
            limit = WELCOME_SECONDS if self._client.phase == "offline" else None
            async with asyncio.timeout(limit) as welcome:
                while True:
                    for event in self._client.receive(await self._transport.receive(), self._clock()):
                        handle(event)
                    await self.flush()
                    if self._client.phase != "offline":
                        welcome.reschedule(None)
        except ConnectionClosed as closed:
            return closed.code
        except TimeoutError:
            self._transport.abort()
            return UNREACHABLE
        finally:
            timer.cancel()

    async def flush(self) -> None:
        """Send what the client wants to send; raises `ConnectionClosed`."""
        for frame in self._client.frames_to_send():
            await self._transport.send(frame)

    async def _repeat(self) -> None:
        # A line that is sent while this sleeps is due no sooner than this wakes.
        with suppress(ConnectionClosed):  # `receive` says it, too
            while True:
                await asyncio.sleep(max(min(self._client.next_due() - self._clock(), REPEAT_DELAYS[0]), 0.0))
                self._client.handle_timer(self._clock())
                await self.flush()


async def stay_connected(
    client: ZufallClient,
    dial: Callable[[], Awaitable[Transport]],
    handle: Handler,
    randomness: random.Random | None = None,
) -> int:
    """Dial again and again as the close codes say, and return the one that says to stay away or to renew."""
    randomness = randomness or random.Random()
    while True:
        try:
            code = await ClientConnection(client, await dial()).run(handle)
        except ConnectionError:
            code = UNREACHABLE
        plan = client.disconnect(code, randomness)
        if plan.new_token or not plan.reconnect:
            return code
        await asyncio.sleep(plan.delay)
