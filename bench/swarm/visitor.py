"""One place in the swarm: a visitor who stays connected by the page's rules, and another one after them."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from bench.client.connection import ClientConnection
from bench.client.http import fetch_token
from bench.client.reconnect import jitter
from bench.client.transports import UNREACHABLE, ConnectionClosed
from bench.client.transports.picows import PicowsTransport, dial
from bench.swarm import filing
from bench.swarm.history import History
from bench.swarm.person import Habits, Person
from bench.swarm.recording_client import RecordingClient

TAB_CLOSED = 1001


@dataclass(frozen=True, slots=True)
class SwarmContext:
    """All visitors share this."""

    origins: list[str]
    http: aiohttp.ClientSession
    history: History
    habits: Habits
    start_filing: Callable[..., None]


class SwarmVisitor:
    """`live` goes on until it is cancelled."""

    def __init__(self, context: SwarmContext, number: int, seed: object) -> None:
        self._context = context
        self._number = number
        self._random = random.Random(f"{seed}/{number}")
        self._lives = 0
        self._transport: PicowsTransport | None = None
        self._failed = ""
        """The origin that could not be reached last."""
        self._reported: set[str] = set()

    async def live(self) -> None:
        """Live one life after the other: a new visitor comes some time after the last one closed the tab."""
        await asyncio.sleep(self._random.random())  # not all in one instant
        while True:
            client, person = self._new_life()
            client.token = await self._new_token(client)
            async with asyncio.TaskGroup() as life:
                acting = life.create_task(self._act(client, person))
                try:
                    await self._stay(client)
                finally:
                    acting.cancel()
                    self._close()
            await asyncio.sleep(person.absence())

    def _new_life(self) -> tuple[RecordingClient, Person]:
        self._lives += 1
        name = f"{self._number}" if self._lives == 1 else f"{self._number}.{self._lives}"
        # The small pool is the one where somebody may starve.
        client = RecordingClient(name, "video" if self._number % 4 else "text", self._context.history)
        return client, Person(self._context.habits, self._random)

    # --- staying connected -------------------------------------------------------------------------

    async def _new_token(self, client: RecordingClient) -> str:
        attempt = 0
        while True:
            origin = self._next_origin()
            client.dial(origin)
            with suppress(aiohttp.ClientError, OSError):
                return await fetch_token(self._context.http, origin)
            self._failed = origin
            await asyncio.sleep(jitter(attempt, self._random))
            attempt += 1

    async def _stay(self, client: RecordingClient) -> None:
        """Return when a close code, or the person, says that they are gone for good."""
        while True:
            plan = client.disconnect(await self._connect_once(client), self._random)
            if not plan.reconnect:
                return
            await asyncio.sleep(plan.delay)

    async def _connect_once(self, client: RecordingClient) -> int:
        """Use one socket from its first to its last moment, and return its close code."""
        origin = self._next_origin()
        client.dial(origin)
        try:
            self._transport = await dial(origin)
        except ConnectionError:
            self._failed = origin
            return UNREACHABLE
        code = await ClientConnection(client, self._transport, lambda: self._context.history.now).run()
        self._failed = "" if client.welcomed_once else origin
        return code

    def _next_origin(self) -> str:
        """Return any origin but the one that just failed, as a load balancer would choose."""
        others = [origin for origin in self._context.origins if origin != self._failed]
        return self._random.choice(others or self._context.origins)

    # --- acting ------------------------------------------------------------------------------------

    async def _act(self, client: RecordingClient, person: Person) -> None:
        while True:
            await asyncio.sleep(person.pause())
            act = person.choose(client)
            if act == "report":
                self._report(client)
            elif act == "cut":
                client.cut = True
                if self._transport is not None:
                    self._transport.abort()
            elif act == "leave":
                client.left = True
                self._close()
            else:
                client.perform(act)
                self._send(client)

    def _send(self, client: RecordingClient) -> None:
        for frame in client.frames_to_send():
            with suppress(ConnectionClosed):  # the client learns it in a moment
                if self._transport is not None:
                    self._transport.send_now(frame)

    def _report(self, client: RecordingClient) -> None:
        """Report the latest partner, once."""
        match, sealed_pass = client.latest
        if match and match not in self._reported:
            self._reported.add(match)
            context = self._context
            case = (client.name, match, sealed_pass)
            context.start_filing(
                filing.file(context.http, context.origins, client.token, case, context.history, self._random)
            )

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close_now(TAB_CLOSED)
