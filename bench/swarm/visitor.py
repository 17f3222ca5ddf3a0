"""One place in the swarm: a visitor who stays connected by the page's rules, and another one after them."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from bench.client import Closed, Socket, dial_zufall, fetch_token
from bench.swarm import filing
from bench.swarm.history import History
from bench.swarm.page import Page
from bench.swarm.person import Habits, Person
from bench.swarm.reconnect import jitter, plan_after

PATIENCE = 15.0
"""Seconds for a welcome: more than any pause of a gateway, for a page waits, too."""
TAB_CLOSED = 1001
UNREACHED = 1006


@dataclass(frozen=True, slots=True)
class World:
    """All visitors share this."""

    origins: list[str]
    http: aiohttp.ClientSession
    history: History
    habits: Habits
    start_filing: Callable[..., None]


class Visitor:
    """`live` goes on until it is cancelled."""

    def __init__(self, world: World, number: int, seed: object) -> None:
        self._world = world
        self._number = number
        self._random = random.Random(f"{seed}/{number}")
        self._lives = 0
        self._token = ""
        self._socket: Socket | None = None
        self._failed = ""
        self._reported: set[str] = set()

    async def live(self) -> None:
        """One life after the other: whoever closes the tab is replaced by a new visitor after a while."""
        await asyncio.sleep(self._random.random())  # not all in one instant
        while True:
            page, person = self._born()
            self._token = await self._new_token(page)
            async with asyncio.TaskGroup() as life:
                tasks = [life.create_task(self._act(page, person)), life.create_task(_repeat(page))]
                try:
                    await self._stay(page)
                finally:
                    for task in tasks:
                        task.cancel()
                    self._drop(TAB_CLOSED)
            await asyncio.sleep(person.absence())

    def _born(self) -> tuple[Page, Person]:
        self._lives += 1
        name = f"{self._number}" if self._lives == 1 else f"{self._number}.{self._lives}"
        mode = "video" if self._number % 4 else "text"  # the small pool is the one where somebody may starve
        page = Page(name, mode, self._world.history)
        page.on_reunion = page.say
        return page, Person(self._world.habits, self._random)

    # --- staying connected -------------------------------------------------------------------------

    async def _new_token(self, page: Page) -> str:
        attempt = 0
        while True:
            origin = self._next_origin()
            page.dials(origin)
            with suppress(ConnectionError, aiohttp.ClientError, OSError, TimeoutError):
                return await fetch_token(self._world.http, origin)
            self._failed = origin
            await asyncio.sleep(jitter(attempt, self._random))
            attempt += 1

    async def _stay(self, page: Page) -> None:
        """Returns when a close code, or the person, says that they are gone for good."""
        attempt = 0
        while True:
            closed = await self._connect_once(page)
            if page.was_welcomed:
                attempt = 0
            page.lost(closed.code)
            plan = plan_after(closed.code, attempt, self._random)
            if page.left or not plan.back:
                page.gone(closed.code)
                return
            attempt += 1
            await asyncio.sleep(plan.delay)

    async def _connect_once(self, page: Page) -> Closed:
        """One socket from its first to its last moment."""
        origin = self._next_origin()
        page.dials(origin)
        ended: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        try:
            socket = self._socket = await dial_zufall(origin)
        except (ConnectionError, OSError, TimeoutError):
            self._failed = origin
            return Closed(UNREACHED)
        socket.inbox = lambda frame: hear(page, frame, ended)
        socket.on_closed = lambda closed: None if ended.done() else ended.set_result(closed)
        if socket.closed:
            return socket.closed
        page.open(lambda frame: _send(socket, frame), origin, self._token, time.time())
        closed = await self._until_ended(page, socket, ended)
        self._failed = "" if page.was_welcomed else origin
        return closed

    async def _until_ended(self, page: Page, socket: Socket, ended: "asyncio.Future[Closed]") -> Closed:
        with suppress(TimeoutError):
            # `wait_for` would pass over a cancellation that comes together with the end.
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(ended)
        if not ended.done() and not page.welcomed:
            socket.cut()
            return Closed(UNREACHED)
        return await ended

    def _next_origin(self) -> str:
        """Any but the one that just failed, as a load balancer would choose."""
        others = [origin for origin in self._world.origins if origin != self._failed]
        return self._random.choice(others or self._world.origins)

    # --- acting ------------------------------------------------------------------------------------

    async def _act(self, page: Page, person: Person) -> None:
        while True:
            await asyncio.sleep(person.pause())
            act = person.choose(page)
            if act == "report":
                self._report(page)
            elif act == "cut":
                page.cut = True
                self._cut()
            elif act == "leave":
                page.left = True
                self._drop(TAB_CLOSED)
            else:
                page.do(act)

    def _report(self, page: Page) -> None:
        """The latest partner, once."""
        match, sealed = page.latest
        if match and match not in self._reported:
            self._reported.add(match)
            world = self._world
            case = (page.name, match, sealed)
            world.start_filing(
                filing.file(world.http, world.origins, self._token, case, world.history, self._random)
            )

    def _cut(self) -> None:
        if self._socket is not None:
            self._socket.cut()

    def _drop(self, code: int) -> None:
        if self._socket is not None:
            self._socket.close(code)


async def _repeat(page: Page) -> None:
    """The page's timer."""
    while True:
        seconds = page.repeat()
        await asyncio.sleep(seconds)


def hear(page: Page, frame: bytes, ended: "asyncio.Future[Closed]") -> None:
    """A page that breaks down ends its visitor, and so the run; the socket's library would go on."""
    try:
        page.hear(frame)
    except Exception as error:
        if not ended.done():
            ended.set_exception(error)
        raise


def _send(socket: Socket, frame: bytes) -> None:
    with suppress(Closed):  # the page learns it in a moment
        socket.send(frame)
