"""Lets pairs of visitors of different gateways do everything once, and counts the messages of each event."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count

import aiohttp

from bench.client.events import SignalReceived
from bench.client.http import fetch_token
from services.signaling.core.messages import (
    Candidate,
    Candidates,
    Ended,
    Matched,
    PartnerAway,
    PartnerBack,
    Received,
    Searching,
)

from .nats_deliveries import NatsMonitoring
from .scripted_visitor import ScriptedVisitor

RELAYED_FRAMES = 12
LINES = 6
LEAST_GATEWAYS = 3
"""With three, a visitor can move to a gateway where neither of the two was."""

_CANDIDATE = Candidate("candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host")


class MessagesByEvent:
    """Adds up the messages that each kind of event caused, and how often it happened."""

    def __init__(self, monitoring: NatsMonitoring) -> None:
        self._monitoring = monitoring
        self._before = 0
        self._messages: defaultdict[str, int] = defaultdict(int)
        self._times: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def caused_by(self, event: str, times: int = 1) -> AsyncIterator[None]:
        """Count what is delivered while this happens and until nothing is under way any more."""
        yield
        now = await self._monitoring.until_quiet()
        self._messages[event] += now - self._before
        self._times[event] += times
        self._before = now

    async def skip(self) -> None:
        """Begin to count from here."""
        self._before = await self._monitoring.until_quiet()

    def means(self) -> Mapping[str, float]:
        """Return the mean number of messages for one event of each kind."""
        return {event: messages / self._times[event] for event, messages in self._messages.items()}


class Pairs:
    """Makes pairs, each at the next two gateways, so that every match is between two gateways.

    Nobody else searches, and nobody meets a former partner, so two who search meet each other.
    """

    def __init__(self, http: aiohttp.ClientSession, origins: Sequence[str], counted: MessagesByEvent) -> None:
        self._http = http
        self._origins = origins
        self._counted = counted
        self._turns = count()

    async def live(self) -> None:
        """Let three new pairs do everything once. Nobody is left afterwards."""
        await self._counted.skip()
        await self._talk_and_move()
        await self._stop_and_come_back()
        await self._close_the_page()

    async def meet(self) -> tuple[ScriptedVisitor, ScriptedVisitor, str]:
        """Return a new pair in a match, and a third gateway."""
        turn = next(self._turns)
        here, there, third = (self._origins[(turn + place) % len(self._origins)] for place in range(3))
        one, other = [ScriptedVisitor(await fetch_token(self._http, here)) for _ in range(2)]
        async with self._counted.caused_by("hello", 2):
            await one.dial(here)
            await other.dial(there)
        async with self._counted.caused_by("find"):
            await one.find()
            await one.hear(Searching)
        async with self._counted.caused_by("match"):
            await other.find()
            await one.hear(Matched)
            await other.hear(Matched)
        return one, other, third

    async def _talk_and_move(self) -> None:
        one, other, third = await self.meet()
        async with self._counted.caused_by("frame for the partner", RELAYED_FRAMES):
            for sender, receiver in ((one, other), (other, one)) * (RELAYED_FRAMES // 2):
                sender.client.signal(Candidates(sender.match.id, [_CANDIDATE]))
                await sender.flush()
                await receiver.hear(SignalReceived)
        async with self._counted.caused_by("line and its acknowledgement", LINES):
            for sender in (one, other) * (LINES // 2):
                await sender.say("Hello")
                await sender.hear(Received)
        async with self._counted.caused_by("socket lost in a match"):
            await one.cut()
            await other.hear(PartnerAway)
        async with self._counted.caused_by("resume at a third gateway"):
            await one.dial(third)
            await other.hear(PartnerBack)
            one.match  # noqa: B018 -- raises if the match did not go on
        async with self._counted.caused_by("next"):
            await one.next()
            await other.hear(Ended)
        async with self._counted.caused_by("stop of a search", 2):
            await one.stop()
            await other.stop()
        await self._dismiss(one, other)

    async def _stop_and_come_back(self) -> None:
        one, other, third = await self.meet()
        async with self._counted.caused_by("stop in a match"):
            await one.stop()
            await other.hear(Ended)
        await other.stop()
        await one.cut()
        await self._counted.skip()
        async with self._counted.caused_by("hello at another gateway than before"):
            await one.dial(third)
        await self._dismiss(one, other)

    async def _close_the_page(self) -> None:
        one, other, _ = await self.meet()
        async with self._counted.caused_by("page closed in a match"):
            await one.leave()
            await other.hear(Ended)
        await self._dismiss(other)

    async def _dismiss(self, *visitors: ScriptedVisitor) -> None:
        for visitor in visitors:
            await visitor.leave()
        await self._counted.skip()
