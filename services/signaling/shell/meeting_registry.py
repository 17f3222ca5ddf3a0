"""Registers who waits here for somebody they know, and asks other gateways who waits there."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from services.contract import subjects
from services.runtime.logs import logger

from .ports import PubSub

ANSWER_TIMEOUT = 0.5
"""Seconds in which another gateway must say that somebody waits there."""


class MeetingRegistry:
    """Knows under which names (`contract.meetings`) visitors of this gateway wait. Names are few and brief.

    It subscribes to a subject for each name. NATS tells whoever asks that nobody has subscribed, so no other
    gateway hears of a question about somebody who does not wait.
    """

    def __init__(self, bus: PubSub) -> None:
        self._bus = bus
        self._names: Counter[str] = Counter()
        self._ends: dict[str, Callable[[], Awaitable[None]]] = {}
        self._wake = asyncio.Event()
        self._answers: set[asyncio.Task[bool]] = set()

    @property
    def names(self) -> set[str]:
        """The names under which somebody waits here."""
        return set(self._names)

    def register(self, name: str) -> None:
        """Let others learn that somebody waits under this name."""
        self._names[name] += 1
        self._wake.set()

    def deregister(self, name: str) -> None:
        """Undo one `register`."""
        self._names[name] -= 1
        if not self._names[name]:
            del self._names[name]
        self._wake.set()

    async def run(self) -> None:
        """Subscribe to what is shown, and to nothing else, until cancelled. The bus must have started."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._settle()

    async def waiting(self, names: Collection[str]) -> set[str]:
        """Return those of the names under which somebody waits, as far as gateways answer in time."""
        here = {name for name in names if name in self._names}
        elsewhere = set(names) - here
        return here | await self._ask(elsewhere) if elsewhere and self._bus.connected else here

    async def _settle(self) -> None:
        for name in self._names.keys() - self._ends.keys():
            try:
                self._ends[name] = await self._bus.subscribe(subjects.meeting(name), self._answerer(name))
            except ConnectionError as error:  # the gateway stops
                logger().info("a meeting cannot be shown", problem=str(error))
        for name in self._ends.keys() - self._names.keys():
            await self._ends.pop(name)()

    def _answerer(self, name: str) -> Callable[[bytes, str], None]:
        def answer(_: bytes, reply_to: str) -> None:
            if reply_to and name in self._names:
                task = asyncio.create_task(self._bus.publish(reply_to, name.encode()))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

        return answer

    async def _ask(self, names: Collection[str]) -> set[str]:
        found: set[str] = set()
        open_questions, settled = len(names), asyncio.Event()

        def on_reply(payload: bytes, _: str) -> None:
            nonlocal open_questions
            name = payload.decode(errors="replace")  # an empty one comes from NATS: nobody waits
            if name in found:
                return  # somebody waits in two tabs, at two gateways
            open_questions -= 1
            if name:
                found.add(name)
            if not open_questions:
                settled.set()

        inbox = self._bus.new_inbox()
        unsubscribe = await self._bus.subscribe(inbox, on_reply)
        try:
            for name in names:
                await self._bus.publish(subjects.meeting(name), b"", reply_to=inbox)
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await settled.wait()
        except TimeoutError:
            pass  # a gateway has not answered; what is known by now counts
        finally:
            await unsubscribe()
        return found.intersection(names)
