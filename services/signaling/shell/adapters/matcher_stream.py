"""The stream of batches between this gateway and one matcher replica. It is opened again when it ends."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grpc import aio

from protos import matcher_pb2 as pb
from protos.matcher_pb2_grpc import MatcherStub
from services.contract import identities
from services.contract.ids import GatewayId, TicketId
from services.contract.limits import MAX_RECENT_PARTNERS, REMATCH_COOLDOWN
from services.runtime import logs
from services.runtime.rpc import HEARTBEAT, HEARTBEAT_TIMEOUT, LARGE_MESSAGES, open_channel
from services.runtime.tls import TlsFolder
from services.runtime.watchdog import Watchdog

from ...core.wishes import SearchTicket
from ..flush_scheduler import FlushScheduler

WINDOW = 0.002
BUSY_WINDOW = 0.008
"""Seconds for which offers gather when there are some, or many."""

BUSY_RATE = 200.0
"""The number of offers and withdrawals a second that counts as many."""

RETRY = 0.25
"""Seconds until a stream is opened again, times a random factor of 1 to 2."""

CONNECT_TIMEOUT = 10.0
"""Seconds of attempts to connect after which the certificate is read again."""

MAX_BATCH_OFFERS = 100
"""The most offers in one batch. The matcher takes 10 ms for a hundred, and after an outage there are many."""

AWAY = "it pairs nobody; if no other matcher answers, visitors of this gateway wait"
"""What it means that a replica is away, for the log."""

AVOID_TIME = 2.0
"""Seconds for which two visitors are not paired again after one's gateway did not answer."""

MODES = {"video": pb.MODE_VIDEO, "audio": pb.MODE_AUDIO, "text": pb.MODE_TEXT}


def pool_name(mode: str | int, restricted: bool | int, room: str = "") -> str:
    """Name a pool as all gateways do. `mode` is a word or its number in the protocol."""
    number = MODES[mode] if isinstance(mode, str) else mode
    return f"{number}/{'restricted' if restricted else 'everyone'}{room and '/' + room}"


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane that a ticket is offered to. `lanes` is the number of lanes it was spread over, or 0."""

    pool: str
    restricted: bool
    number: int
    lanes: int


class MatcherStream:
    """A stream to one replica. While it is `ready` offers arrive; when it ends the replica forgets them.

    `replica` is the name that the replica gives itself. It is empty until the stream was ready once.
    """

    def __init__(
        self,
        gateway: GatewayId,
        address: str,
        on_batch: "Callable[[MatcherStream, pb.MatcherBatch], None]",
        on_ready: "Callable[[MatcherStream], None]",
        certificate: TlsFolder | None = None,
        region: str = "",
    ) -> None:
        self.ready = False
        self.replica = ""
        self._gateway = gateway
        self._address = address
        self._on_batch = on_batch
        self._on_ready = on_ready
        self._certificate = certificate
        self._region = region
        self._offers: dict[TicketId, tuple[SearchTicket, Lane]] = {}
        self._withdrawals: dict[TicketId, None] = {}
        self._wake = asyncio.Event()
        self._scheduler = FlushScheduler(WINDOW, BUSY_WINDOW, BUSY_RATE, self._wake.set)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._set_ready(False)

    def offer(self, ticket: SearchTicket, lane: Lane) -> None:
        self._withdrawals.pop(ticket.id, None)  # or the replica would withdraw a ticket that is in both
        self._offers[ticket.id] = (ticket, lane)
        self._scheduler.request()

    def withdraw(self, ticket: TicketId) -> None:
        self._offers.pop(ticket, None)
        self._withdrawals[ticket] = None  # the replica may also have it from an earlier batch
        self._scheduler.request()

    async def _run(self) -> None:
        log = logs.logger().bind(matcher=self._address)
        while True:
            # A new channel connects with the certificate of now.
            async with open_channel(
                self._address, identities.MATCHER, self._certificate, LARGE_MESSAGES
            ) as channel:
                try:
                    async with asyncio.timeout(CONNECT_TIMEOUT):
                        await channel.channel_ready()
                    log.info(await self._exchange(MatcherStub(channel).Pair()))
                except aio.AioRpcError as error:
                    log.warning("the matcher's stream broke", meaning=AWAY, status=error.code().name)
                except TimeoutError:
                    log.warning("the matcher cannot be reached", meaning=AWAY)
                except Exception:  # a fault in handling one event must not end matching for good
                    log.exception("the matcher's stream failed")
                finally:
                    self._set_ready(False)
            await asyncio.sleep(RETRY * random.uniform(1, 2))  # noqa: S311 -- jitter, not a secret

    async def _exchange(self, call: "aio.StreamStreamCall[pb.GatewayBatch, pb.MatcherBatch]") -> str:
        """Read and write until the stream ends or the replica hangs. Return a sentence that says which."""
        await call.write(pb.GatewayBatch(gateway=self._gateway, region=self._region))
        watchdog = Watchdog(HEARTBEAT_TIMEOUT)
        watching = asyncio.create_task(watchdog.expired())
        tasks = [
            asyncio.create_task(self._read(call, watchdog)),
            asyncio.create_task(self._write(call)),
            watching,
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
            return "the matcher says nothing" if watching in ended else "the matcher ended the stream"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            call.cancel()

    async def _read(
        self, call: "aio.StreamStreamCall[pb.GatewayBatch, pb.MatcherBatch]", watchdog: Watchdog
    ) -> None:
        async for batch in call:
            watchdog.reset()
            if not self.ready:
                self.replica = batch.replica
                self._set_ready(True)
            self._on_batch(self, batch)

    async def _write(self, call: "aio.StreamStreamCall[pb.GatewayBatch, pb.MatcherBatch]") -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await self._wake.wait()
            self._wake.clear()
            if call.done():
                return  # the reading task reports the reason
            offers, withdrawals = list(self._offers.values()), list(self._withdrawals)
            self._offers.clear()
            self._withdrawals.clear()
            # Visitors have their turn between two batches.
            for start in range(0, max(1, len(offers)), MAX_BATCH_OFFERS):
                await call.write(_batch(offers[start : start + MAX_BATCH_OFFERS], withdrawals))
                withdrawals = []

    def _set_ready(self, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            self._offers.clear()
            self._withdrawals.clear()
            self._on_ready(self)


def _batch(offers: Sequence[tuple[SearchTicket, Lane]], withdrawals: Sequence[TicketId]) -> pb.GatewayBatch:
    now = time.monotonic()
    return pb.GatewayBatch(
        offers=[_offer(ticket, lane, now) for ticket, lane in offers], withdrawals=withdrawals
    )


def _offer(ticket: SearchTicket, lane: Lane, now: float) -> pb.Offer:
    wish = ticket.wish
    # The matcher treats these like recent partners who may meet again after `AVOID_TIME`.
    avoided = tuple((key, known - REMATCH_COOLDOWN + AVOID_TIME) for key, known in ticket.unreachable)
    partners = (*ticket.partners, *avoided)[-MAX_RECENT_PARTNERS:]
    return pb.Offer(
        ticket=ticket.id,
        visitor=ticket.visitor,
        age_ms=_milliseconds(now - ticket.since),
        mode=MODES[wish.mode],
        audience=_audience(lane.restricted, wish.room),
        interests=wish.interests,
        languages=wish.languages,
        strict_language=wish.strict_language,
        country=ticket.country,
        avoid_countries=wish.avoid_countries,
        nearby=wish.nearby,
        blocked=ticket.blocked,
        partners=[key for key, _ in partners],
        parted_ms_ago=[_milliseconds(now - parted) for _, parted in partners],
        attempt=ticket.attempt,
        lane=lane.number,
        lanes=lane.lanes,
        device=ticket.device,
        tabs_meet=ticket.tabs_meet,
        epoch=ticket.epoch,
        spellings=() if lane.restricted or wish.room else ticket.spellings,
        network=ticket.network,
        deferred=ticket.deferred,
        trace=ticket.trace,
        room=wish.room,
        guest=wish.guest,
    )


def _audience(restricted: bool, room: str) -> pb.Audience:
    if room:
        return pb.AUDIENCE_RESTRICTED_IN_ROOM if restricted else pb.AUDIENCE_EVERYONE_IN_ROOM
    return pb.AUDIENCE_RESTRICTED if restricted else pb.AUDIENCE_EVERYONE


def _milliseconds(seconds: float) -> int:
    return min(max(int(seconds * 1000), 0), 2**32 - 1)
