"""The bus between gateways on core NATS. Each gateway has one subject, for lists of messages."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

import msgspec
import nats
from msgspec import structs
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from services.contract import identities, subjects
from services.contract.decoding import describe
from services.contract.gateway_messages import Accept, GatewayMessage, Relay, pack, unpack
from services.contract.ids import GatewayId, MatchId
from services.runtime import logs, nats_outage
from services.runtime.nats_connection import NatsConnection, close
from services.runtime.nats_outage import NatsOutage
from services.runtime.tls import TlsFolder

from .. import metrics
from ..flush_scheduler import FlushScheduler

WINDOW = 0.001
BUSY_WINDOW = 0.008
"""Seconds for which messages gather when there are some, or many. A person does not notice them."""

BUSY_RATE = 1000.0
"""The number of messages a second that counts as many."""

_MAX_BATCH_BYTES = 512 * 1024  # NATS takes 1 MiB
_HEAD = 160  # bytes of a message beside its frame
_PENDING_BYTES = 16 * 1024 * 1024
_QUEUED_BYTES = 16 * 1024 * 1024
"""The most bytes that nats-py and this bus buffer while the server does not read. Then frames are dropped."""

_WITHOUT_NATS = "visitors of different gateways cannot meet; calls and matches within a gateway go on"


class BusListener(Protocol):
    """Handles the messages of other gateways to this one."""

    def on_message(self, message: GatewayMessage) -> None: ...

    def on_match_message(self, message: GatewayMessage) -> None:
        """Handle a message on the subject of a match."""

    def on_bus_reconnected(self) -> None:
        """NATS is connected, for the first time or again."""


class NatsBus:
    """A `Bus` and a `PubSub` on one NATS connection."""

    def __init__(
        self,
        gateway: GatewayId,
        servers: Sequence[str],
        certificate: TlsFolder | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`wall_clock` returns Unix seconds."""
        self._wall_clock = wall_clock
        self._gateway = gateway
        self._servers = list(servers)
        self._outgoing: dict[GatewayId, list[GatewayMessage]] = {}
        self._match_messages: list[GatewayMessage] = []
        self._changes: dict[MatchId, bool] = {}
        """Matches to subscribe to (True) or to unsubscribe from (False) at the next flush."""
        self._subscriptions: dict[MatchId, Subscription] = {}
        self._queued = 0
        self._wake = asyncio.Event()
        self._scheduler = FlushScheduler(WINDOW, BUSY_WINDOW, BUSY_RATE, self._wake.set)
        self._client = NatsConnection(identities.NATS, subjects.inbox(gateway), certificate)
        self._outage = NatsOutage(self._servers, _WITHOUT_NATS)
        self._listener: BusListener | None = None
        self._sender: asyncio.Task[None] | None = None
        self._started = False
        self._stopping = False

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def start(self, listener: BusListener, on_standing: Callable[[bytes], None]) -> None:
        """Connect and subscribe. Returns when a server answers. Raises `OSError` if none ever can."""

        async def receive(message: Msg) -> None:
            self._receive(message.data, listener.on_message)

        async def standing(message: Msg) -> None:
            on_standing(message.data)

        self._listener = listener
        # This also runs before there is a server, so that messages neither pile up nor arrive late.
        self._sender = asyncio.create_task(self._send())
        try:
            await self._connect()
        except nats.errors.Error as error:
            raise OSError(f"NATS at {', '.join(self._servers)}: {error}") from None
        self._started = True
        self._outage.back()
        await self._client.subscribe(subjects.gateway(self._gateway), cb=receive)
        await self._client.subscribe(subjects.STANDING, cb=standing)
        self._wake.set()
        listener.on_bus_reconnected()

    async def run(self) -> None:
        """Send until stopped. Call this after `start`. Raises what ends the sending or the connection."""
        if self._sender is not None:
            await asyncio.gather(self._sender, self._client.watch())

    async def subscribe(
        self, subject: str, on_message: Callable[[bytes, str], None], group: str = ""
    ) -> Callable[[], Awaitable[None]]:
        """Call `on_message` with each payload on `subject` and its reply subject, or "".

        Each message reaches one of the subscribers in a `group`. Returns what ends this, to be called once.
        Call this after `start`. Raises `ConnectionError` once stopped.
        """

        async def receive(message: Msg) -> None:
            on_message(message.data, message.reply)

        try:
            subscription = await self._client.subscribe(subject, queue=group, cb=receive)
        except nats.errors.Error as error:
            raise ConnectionError(f"NATS: {error}") from None

        async def end() -> None:
            if not self._stopping:  # stopping ends all subscriptions anyway
                await subscription.unsubscribe()

        return end

    async def publish(self, subject: str, payload: bytes, reply_to: str = "") -> bool:
        """Send now or never, and return whether it was sent. Messages are dropped while NATS is away."""
        if not self._client.is_connected:
            return False
        try:
            await self._client.publish(subject, payload, reply_to)
        except nats.errors.Error as error:
            _log_problem(error)
            return False
        return True

    def new_inbox(self) -> str:
        """Return a new subject for replies to this gateway."""
        return self._client.new_inbox()

    async def stop(self) -> None:
        self._stopping = True
        if self._sender is not None:
            self._sender.cancel()
            await self._flush()
        if self._started:  # nats-py cannot close a connection that never opened
            await close(self._client)

    # --- the port ----------------------------------------------------------------------------------

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None:
        size = _HEAD
        if isinstance(message, Relay):
            if self._queued > _QUEUED_BYTES:
                metrics.DROPPED_FRAMES.labels("bus_full").inc()
                return
            size += len(message.frame)
        self._queued += size
        queue = self._outgoing.get(gateway)
        if queue is None:
            if isinstance(message, Relay):
                message = structs.replace(message, sent=int(self._wall_clock() * 1e6))
            self._outgoing[gateway] = [message]
        else:
            queue.append(message)
        if isinstance(message, Accept):  # two visitors wait for it, and acceptances come in batches
            self._scheduler.flush_soon()
        else:
            self._scheduler.request()

    def subscribe_to_match(self, match: MatchId) -> None:
        self._changes[match] = True
        self._scheduler.flush_soon()

    def unsubscribe_from_match(self, match: MatchId) -> None:
        self._changes[match] = False
        self._scheduler.request()

    def publish_to_match(self, message: GatewayMessage) -> None:
        self._match_messages.append(message)
        self._scheduler.flush_soon()

    # --- NATS --------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        async def problem(error: Exception) -> None:
            if not self._client.is_lost(error):
                _log_problem(error)
            elif not self._stopping:
                self._outage.away(error)

        async def disconnected() -> None:
            if not self._stopping:
                self._outage.away()

        async def reconnected() -> None:
            self._outage.back()
            if self._listener is not None:
                self._listener.on_bus_reconnected()

        await self._client.dial(
            self._servers,
            name=f"zufall gateway {self._gateway}",
            reconnect_time_wait=0.25,
            pending_size=_PENDING_BYTES,
            allow_reconnect=True,
            error_cb=problem,
            disconnected_cb=disconnected,
            reconnected_cb=reconnected,
        )

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._flush()

    async def _flush(self) -> None:
        """Send what has gathered. What cannot be sent now is dropped, for it would be stale later."""
        outgoing, self._outgoing, self._queued = self._outgoing, {}, 0
        changes, self._changes = (self._changes, {}) if self._started else ({}, self._changes)
        published, self._match_messages = self._match_messages, []
        for match, listening in changes.items():
            await (self._subscribe_to_match(match) if listening else self._unsubscribe_from_match(match))
        for message in published:
            await self.publish(subjects.match(message.match), pack([message]))
        for gateway, queue in outgoing.items():
            for batch in _batches(queue):
                await self.publish(subjects.gateway(gateway), pack(batch))

    async def _subscribe_to_match(self, match: MatchId) -> None:
        listener = self._listener
        if match in self._subscriptions or listener is None:
            return

        async def receive(message: Msg) -> None:
            self._receive(message.data, listener.on_match_message)

        try:
            self._subscriptions[match] = await self._client.subscribe(subjects.match(match), cb=receive)
        except nats.errors.Error as error:
            _log_problem(error)

    async def _unsubscribe_from_match(self, match: MatchId) -> None:
        subscription = self._subscriptions.pop(match, None)
        if subscription is None:
            return
        try:
            await subscription.unsubscribe()
        except nats.errors.Error as error:
            _log_problem(error)

    def _receive(self, payload: bytes, take: Callable[[GatewayMessage], None]) -> None:
        log = logs.logger()
        try:
            messages, unread = unpack(payload)
        except msgspec.DecodeError as error:
            log.warning("a message on our subject is unreadable", problem=describe(error))
            return
        if unread:
            metrics.DROPPED_FRAMES.labels("unreadable").inc(unread)
        if messages and isinstance(first := messages[0], Relay) and first.sent:
            metrics.RELAY_SECONDS.observe(max(0.0, self._wall_clock() - first.sent / 1e6))
            messages[0] = structs.replace(first, sent=0)
        for message in messages:
            try:
                take(message)
            except Exception:  # the other messages of the batch are for other visitors
                metrics.DROPPED_FRAMES.labels("fault").inc()
                log.exception("a message could not be handled", kind=type(message).__name__)


def _batches(queue: list[GatewayMessage]) -> Iterator[list[GatewayMessage]]:
    """Split the queue into batches that each fit one NATS message."""
    batch: list[GatewayMessage] = []
    size = 0
    for message in queue:
        needed = _HEAD + (len(message.frame) if isinstance(message, Relay) else 0)
        if batch and size + needed > _MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += needed
    yield batch


def _log_problem(error: Exception) -> None:
    logs.logger().warning("NATS reports a problem", problem=nats_outage.describe(error))
