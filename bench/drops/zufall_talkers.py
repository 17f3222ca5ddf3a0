"""Visitors of Zufall who talk in pairs while their connections are cut, with the page's rules for both."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import aiohttp

from bench.client.client import ZufallClient
from bench.client.connection import stay_connected
from bench.client.events import ClientEvent, MatchSkipped, UnreadableFrame
from bench.client.http import fetch_token
from bench.client.transports import ConnectionClosed
from bench.client.transports.picows import PicowsTransport, dial
from bench.drops.outcome import DropOutcome
from bench.drops.plan import DropPlan
from bench.drops.timing import QUIET_SECONDS, READY_SECONDS, REPEATS_SECONDS
from services.signaling.core.messages import Banned, Chat, Ended, Error, Find, Matched, Welcome


async def talk(plan: DropPlan, origins: Sequence[str], server_cpu: Callable[[], float]) -> DropOutcome:
    """Carry out the plan.

    Raises an `ExceptionGroup` with a `TimeoutError` when not all are in a conversation before it begins.
    """
    outcome = DropOutcome()
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as tasks:
        talkers = []
        for number in range(plan.visitors):
            origin = origins[number % len(origins)]
            talkers.append(Talker(number, await fetch_token(http, origin), origins, outcome))
        staying = [tasks.create_task(talker.stay()) for talker in talkers]
        async with asyncio.timeout(READY_SECONDS):
            await asyncio.gather(*(talker.matched.wait() for talker in talkers))
        before = server_cpu()
        await _act(plan, talkers)
        await _settle(talkers, outcome)
        outcome.missing = sum(talker.cut_at is not None for talker in talkers)
        outcome.server_cpu = server_cpu() - before
        for task in staying:
            task.cancel()
        for talker in talkers:
            talker.leave()
    return outcome


class Talker:
    """One visitor, whose client stays connected by the rules of the page."""

    def __init__(self, number: int, token: str, origins: Sequence[str], outcome: DropOutcome) -> None:
        self.matched = asyncio.Event()
        self.cut_at: float | None = None
        """When the connection was cut, until the visitor is back in the conversation."""
        self._number = number
        self._partner = ""
        """The number of the only one whose lines come, once the first has come."""
        self._heard = 0
        self._origins = origins
        self._outcome = outcome
        self._randomness = random.Random(number)
        self._transport: PicowsTransport | None = None
        self._client = ZufallClient(token)
        self._client.find(Find("text", languages=["en"]))

    async def stay(self) -> None:
        # All would come in the same instant; no gateway is asked for that before the plan begins.
        await asyncio.sleep(self._number / 500)
        code = await stay_connected(self._client, self._dial, self.handle, self._randomness)
        self._fault(f"was told to stay away with {code}")

    def say(self, line: str) -> None:
        try:
            self._client.say(line, time.monotonic())
        except ValueError as error:
            self._fault(f"could not say a line: {error}")
            return
        self._outcome.said.append(line)
        with suppress(ConnectionClosed):  # the client keeps the line and says it again
            for frame in self._client.frames_to_send():
                self._connection.send_now(frame)

    def cut(self) -> None:
        """End the connection without a word, unless there is none."""
        if self._client.phase != "offline":
            self.cut_at = time.monotonic()
            self._connection.abort()

    def leave(self) -> None:
        self._connection.close_now()

    @property
    def _connection(self) -> PicowsTransport:
        assert self._transport is not None  # noqa: S101 # nobody acts before the first connection
        return self._transport

    async def _dial(self) -> PicowsTransport:
        self._transport = await dial(self._randomness.choice(self._origins))
        return self._transport

    def handle(self, event: ClientEvent) -> None:
        """Note what the client reports."""
        match event:
            case Chat():
                self._hear(event.text)
            case Matched() if not self.matched.is_set():
                self.matched.set()
            case Welcome() if self.matched.is_set():
                self._return()
            case Matched() | MatchSkipped() | Ended() | Error() | Banned() | UnreadableFrame():
                self._fault(f"saw {event!r}"[:200])

    def _hear(self, line: str) -> None:
        self._outcome.heard.append(line)
        self._heard += 1
        self._partner = self._partner or line.split(" ")[0]
        if line != f"{self._partner} {self._heard}":
            self._fault(f"heard {line!r} instead of line {self._heard} of {self._partner}")

    def _return(self) -> None:
        if self._client.match is None:
            self._fault("came back to no conversation")
        if self.cut_at is not None:
            self._outcome.absences.append(time.monotonic() - self.cut_at)
            self.cut_at = None

    def _fault(self, what: str) -> None:
        self._outcome.faults.append(f"visitor {self._number} {what}")


async def _act(plan: DropPlan, talkers: Sequence[Talker]) -> None:
    start = time.monotonic()
    for act in plan.acts:
        early = start + act.at - time.monotonic()
        if early > 0.001:
            await asyncio.sleep(early)
        if act.what == "say":
            talkers[act.visitor].say(act.line)
        else:
            talkers[act.visitor].cut()


async def _settle(talkers: Sequence[Talker], outcome: DropOutcome) -> None:
    """Wait until all are back and everything is heard, or nothing more comes."""
    heard, quiet_since = len(outcome.heard), time.monotonic()
    while len(set(outcome.heard)) < len(outcome.said) or any(one.cut_at is not None for one in talkers):
        if len(outcome.heard) > heard:
            heard, quiet_since = len(outcome.heard), time.monotonic()
        if time.monotonic() > quiet_since + QUIET_SECONDS:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(REPEATS_SECONDS)
