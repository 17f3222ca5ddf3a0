"""The heartbeat of this gateway, and what it hears of the others'."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from services.contract import presence, subjects
from services.contract.ids import GatewayId
from services.contract.presence import DEAD_AFTER, HEARTBEAT_INTERVAL, Heartbeat
from services.runtime import logs

from ..failure_detector import FailureDetector
from ..stats.cluster_stats import ClusterStats, ClusterStatus
from ..stats.minute_counters import MinuteCounters
from .nats_bus import NatsBus

ANSWER_TIME = 1.0
"""Seconds for another gateway to tell the last hour."""

QUESTIONS = 3
"""How often it is asked for before nobody seems to know it: a cluster that starts has no past."""


class Watch(Protocol):
    """Who wants to know, and what of this gateway is to be known."""

    def __len__(self) -> int:
        """How many visitors are here."""

    @property
    def searching(self) -> int:
        """How many of them look for somebody."""

    def on_gateway_lost(self, gateway: GatewayId) -> None:
        """It is silent, or has said goodbye."""

    def on_gateway_back(self, gateway: GatewayId) -> None:
        """It beats, and was not known or was taken for lost."""


class Presence:
    """Tells the others each second that this gateway lives, and `watch` who does not; draws the picture."""

    def __init__(
        self,
        gateway: GatewayId,
        bus: NatsBus,
        counters: MinuteCounters,
        stats: ClusterStats,
        failure_detector: FailureDetector,
        watch: Watch,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._gateway = gateway
        self._bus = bus
        self._counters = counters
        self._stats = stats
        self._failure_detector = failure_detector
        self._watch = watch
        self._clock = clock
        self._wall_clock = wall_clock
        self._beats = 0
        self._last_beat = clock()
        self._knows_the_past = asyncio.Event()
        self._answer: asyncio.Task[None] | None = None

    def picture(self) -> ClusterStatus:
        """The cluster now; `complete` only while the others are heard."""
        complete = self._bus.connected and self._knows_the_past.is_set()
        return self._stats.status(self._clock(), self._wall_clock(), complete)

    async def start(self) -> None:
        """Listen, learn of the last hour, and from then on tell it to who asks. The bus must have started."""
        await self._bus.subscribe(subjects.PRESENCE, self._on_beat)
        await self._ask_for_the_past()
        self._knows_the_past.set()
        await self._bus.subscribe(subjects.STATUS_HISTORY, self._on_question, group="gateways")

    async def run(self) -> None:
        """Beat once a second, for ever; whether NATS is there or not."""
        while True:
            await self._beat()
            await asyncio.sleep(HEARTBEAT_INTERVAL)

    async def stop(self) -> None:
        """Say goodbye, so that nobody counts this gateway's visitors on. Call before the bus stops."""
        if self._answer is not None:
            self._answer.cancel()
        await self._beat(leaving=True)

    async def _beat(self, leaving: bool = False) -> None:
        now, wall = self._clock(), self._wall_clock()
        online, waiting = len(self._watch), self._watch.searching
        # A process that was stopped for long was not there.
        self._counters.count_presence(online, min(now - self._last_beat, DEAD_AFTER), wall)
        self._last_beat = now
        self._beats += 1
        minutes = self._counters.recent(wall, self._beats)
        beat = Heartbeat(self._gateway, self._beats, online, waiting, minutes, leaving)
        self._stats.add_heartbeat(beat, now, wall)
        await self._bus.publish(subjects.PRESENCE, presence.pack(beat))

    def _on_beat(self, payload: bytes, _: str) -> None:
        try:
            beat = presence.unpack_heartbeat(payload)
        except msgspec.DecodeError as error:
            logs.logger().warning("an unreadable heartbeat", problem=str(error))
            return
        self._stats.add_heartbeat(beat, self._clock(), self._wall_clock())
        if beat.gateway == self._gateway:
            self._on_own_beat(beat)
        elif not beat.leaving:
            if self._failure_detector.heartbeat(beat.gateway):
                self._watch.on_gateway_back(beat.gateway)
        elif self._failure_detector.remove(beat.gateway):
            self._watch.on_gateway_lost(beat.gateway)

    def _on_own_beat(self, beat: Heartbeat) -> None:
        """NATS carries what is said, so who is silent is to blame for it. It may hang and not be away.

        Those that come late, all at once, count once.
        """
        if beat.number != self._beats or beat.leaving:
            return
        for gateway in self._failure_detector.tick():
            logs.logger().warning("a gateway is silent", silent=gateway)
            self._watch.on_gateway_lost(gateway)

    # --- the last hour, for a gateway that was not there ------------------------------------------------

    async def _ask_for_the_past(self) -> None:
        inbox, told = self._bus.new_inbox(), asyncio.Event()

        def heard(payload: bytes, _: str) -> None:
            if not payload:
                return  # NATS itself says that nobody listens
            try:
                past = presence.unpack_history_reply(payload)
            except msgspec.DecodeError as error:
                logs.logger().warning("an unreadable past", problem=str(error))
                return
            self._stats.merge_history(past, self._wall_clock())
            if past.last:
                told.set()

        end = await self._bus.subscribe(inbox, heard)
        for _ in range(QUESTIONS):
            await self._bus.publish(subjects.STATUS_HISTORY, b"", reply_to=inbox)
            try:
                await asyncio.wait_for(told.wait(), ANSWER_TIME)
            except TimeoutError:
                continue
            break
        await end()

    def _on_question(self, _: bytes, answer_to: str) -> None:
        """Whoever asks while another is answered gets no answer: they ask again, perhaps somebody else."""
        if answer_to and (self._answer is None or self._answer.done()):
            self._answer = asyncio.create_task(self._tell_the_past(answer_to))

    async def _tell_the_past(self, answer_to: str) -> None:
        for past in self._stats.history():
            await self._bus.publish(answer_to, presence.pack(past))
            await asyncio.sleep(0)  # visitors have their turn in between
