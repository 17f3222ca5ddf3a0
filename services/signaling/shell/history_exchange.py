"""The last hour of the cluster: a gateway that starts asks another one for it, and later answers others."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from services.contract import presence, subjects
from services.contract.decoding import describe
from services.runtime.logs import logger

from .ports import PubSub
from .stats.cluster_stats import ClusterStats

ANSWER_TIMEOUT = 1.0
"""Seconds that another gateway has to send the last hour."""

ATTEMPTS = 3
"""Requests without an answer after which nobody seems to know the last hour, as when a cluster starts."""


class HistoryExchange:
    """Fetches the last hour into `stats`, then answers the gateways that ask for it.

    `known` says whether the last hour has been fetched, as far as anybody has it.
    """

    def __init__(self, bus: PubSub, stats: ClusterStats, wall_clock: Callable[[], float] = time.time) -> None:
        self.known = False
        self._bus = bus
        self._stats = stats
        self._wall_clock = wall_clock
        self._answer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Fetch the last hour, then begin to answer requests. The bus must have started."""
        await self._fetch()
        self.known = True
        await self._bus.subscribe(subjects.STATUS_HISTORY, self._on_request, group=subjects.HISTORY_GROUP)

    def stop(self) -> None:
        """Break off an answer that is being sent."""
        if self._answer is not None:
            self._answer.cancel()

    async def _fetch(self) -> None:
        inbox, complete = self._bus.new_inbox(), asyncio.Event()

        def on_reply(payload: bytes, _: str) -> None:
            if not payload:
                return  # an empty payload comes from NATS itself: nobody answers requests
            try:
                reply = presence.unpack_history_reply(payload)
            except msgspec.DecodeError as error:
                logger().warning("a reply about the last hour is unreadable", problem=describe(error))
                return
            self._stats.merge_history(reply, self._wall_clock())
            if reply.last:
                complete.set()

        unsubscribe = await self._bus.subscribe(inbox, on_reply)
        for _ in range(ATTEMPTS):
            await self._bus.publish(subjects.STATUS_HISTORY, b"", reply_to=inbox)
            try:
                await asyncio.wait_for(complete.wait(), ANSWER_TIMEOUT)
            except TimeoutError:
                continue
            break
        await unsubscribe()

    def _on_request(self, _: bytes, reply_to: str) -> None:
        """Answer one request at a time. A gateway that gets no answer asks again, perhaps another gateway."""
        if reply_to and (self._answer is None or self._answer.done()):
            self._answer = asyncio.create_task(self._send_history(reply_to))

    async def _send_history(self, reply_to: str) -> None:
        for reply in self._stats.history():
            await self._bus.publish(reply_to, presence.pack(reply))
            await asyncio.sleep(0)  # visitors have their turn in between
