"""The bus between gateways on core NATS: one subject a gateway, lists of envelopes, at most once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

import msgspec
import nats
from nats.aio.client import Client as NatsClient
from nats.aio.msg import Msg

from services.contract import arrivals, subjects
from services.contract.arrivals import Arrival, Arrivals
from services.contract.envelopes import Envelope, Kind, pack, unpack
from services.contract.ids import GatewayId
from services.runtime import logs
from services.runtime.nats_connection import close

from .. import metrics
from ..cluster.gather import Gather

WINDOW = 0.001
BUSY_WINDOW = 0.008
"""Seconds for which envelopes gather while some, or many, are sent. Far below what a person notices."""

BUSY_RATE = 1000.0
"""Envelopes a second that are many."""

PARTINGS_WAIT = 0.25
"""Seconds for which partings gather: less than it takes a visitor to come to another gateway."""

GOODBYES_AFTER = 2.0
"""Seconds after NATS came back, in which the other gateways come back to it, too."""

_MAX_BATCH_BYTES = 512 * 1024  # NATS takes 1 MiB
_HEAD = 128  # bytes of an envelope besides its body
_PENDING_BYTES = 16 * 1024 * 1024
_QUEUED_BYTES = 16 * 1024 * 1024
"""What nats-py keeps while a server does not read, and what we keep beside it. Then frames are lost."""
_DEAR = (Kind.ENDED, Kind.DECLINE, Kind.RIVAL, Kind.HANDOVER)
"""What nobody says again."""
_MOST_GOODBYES = 10_000
_MOST_ARRIVALS = 500  # in one message


class Listener(Protocol):
    """Who hears what other gateways tell this one."""

    def on_envelope(self, envelope: Envelope) -> None: ...

    def on_arrivals(self, gateway: GatewayId, arrivals: Sequence[Arrival]) -> None: ...

    def on_partings(self, partings: Sequence[tuple[int, int]]) -> None:
        """Pairs of keys of visitors of another gateway."""

    def announce_all(self) -> None:
        """NATS was away, or has come for the first time: tell who is here."""


class NatsBus:
    """A `Bus`."""

    def __init__(self, gateway: GatewayId, servers: Sequence[str]) -> None:
        self._gateway = gateway
        self._servers = list(servers)
        self._outgoing: dict[GatewayId, list[Envelope]] = {}
        self._arrivals: list[Arrival] = []
        self._parted: list[tuple[int, int]] = []
        self._partings_due = False
        self._on_back: Callable[[], None] = lambda: None
        self._queued = 0
        self._wake = asyncio.Event()
        self._gather = Gather(WINDOW, BUSY_WINDOW, BUSY_RATE, self._wake.set)
        self._client = NatsClient()
        self._sender: asyncio.Task[None] | None = None
        self._came = False
        self._stopping = False
        self._goodbyes: deque[tuple[GatewayId, Envelope]] = deque(maxlen=_MOST_GOODBYES)

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def start(self, listener: Listener, on_standing: Callable[[bytes], None]) -> None:
        """Connect and subscribe; returns when a server answers. `OSError`: none ever can."""

        async def receive(message: Msg) -> None:
            self._receive(message.data, listener.on_envelope)

        async def arrived(message: Msg) -> None:
            self._hear_arrivals(message.data, listener)

        async def standing(message: Msg) -> None:
            on_standing(message.data)

        self._on_back = listener.announce_all
        # Before there is a server, too: what is said meanwhile must neither pile up nor come late.
        self._sender = asyncio.create_task(self._send())
        try:
            await self._connect()
        except nats.errors.Error as error:
            raise OSError(f"NATS at {', '.join(self._servers)}: {error}") from None
        self._came = True
        await self._client.subscribe(subjects.gateway(self._gateway), cb=receive)
        await self._client.subscribe(subjects.ARRIVALS, cb=arrived)
        await self._client.subscribe(subjects.STANDING, cb=standing)
        self._back()  # visitors may have come before NATS did

    async def send_forever(self) -> None:
        """Call after `start`; raises what ends the sending."""
        if self._sender is not None:
            await self._sender

    async def listen(
        self, subject: str, heard: Callable[[bytes, str], None], group: str = ""
    ) -> Callable[[], Awaitable[None]]:
        """From now on `heard` gets what is said on `subject`: the payload, and where to answer, or "".

        Of listeners in one `group` each message reaches one. Returns what ends it, which may be called once.
        Call after `start`. `ConnectionError`: stopped.
        """

        async def receive(message: Msg) -> None:
            heard(message.data, message.reply)

        try:
            subscription = await self._client.subscribe(subject, queue=group, cb=receive)
        except nats.errors.Error as error:
            raise ConnectionError(f"NATS: {error}") from None

        async def end() -> None:
            if not self._stopping:  # then all ends anyway
                await subscription.unsubscribe()

        return end

    async def say(self, subject: str, payload: bytes, answer_to: str = "") -> bool:
        """Whether it left, which it does now or never: while NATS is away nothing is kept."""
        if not self._client.is_connected:
            return False
        try:
            await self._client.publish(subject, payload, answer_to)
        except nats.errors.Error as error:
            logs.logger().warning("NATS", problem=str(error) or type(error).__name__)
            return False
        return True

    def new_inbox(self) -> str:
        """A subject on which only this gateway listens, for answers."""
        return self._client.new_inbox()

    async def stop(self) -> None:
        self._stopping = True
        if self._sender is not None:
            self._sender.cancel()
            self._partings_due = True
            await self._flush()
        if self._came:  # before that there is nothing to close, and nats-py does not take it
            await close(self._client)

    def publish(self, gateway: GatewayId, envelope: Envelope) -> None:
        if self._queued > _QUEUED_BYTES and envelope.kind not in _DEAR:
            metrics.DROPPED.labels("bus_full").inc()
            return
        self._queued += len(envelope.body) + _HEAD
        queue = self._outgoing.get(gateway)
        if queue is None:
            self._outgoing[gateway] = [envelope]
        else:
            queue.append(envelope)
        if envelope.kind == Kind.ACCEPT:  # two visitors wait for it, and accepts come in batches
            self._gather.hurry()
        else:
            self._gather.wanted()

    def announce(self, arrival: Arrival) -> None:
        """What cannot leave now is told when NATS is back, with everybody else who is here."""
        if self._client.is_connected:
            self._arrivals.append(arrival)
            self._gather.hurry()

    def tell_parting(self, one: int, other: int) -> None:
        """It is good for a minute: while NATS is away it is not kept."""
        if self._client.is_connected:
            if not self._parted:
                asyncio.get_running_loop().call_later(PARTINGS_WAIT, self._tell_partings)
            self._parted.append((one, other))

    def _tell_partings(self) -> None:
        self._partings_due = True
        self._wake.set()

    async def _connect(self) -> None:
        log = logs.logger()

        async def problem(error: Exception) -> None:
            log.warning("nats", problem=str(error) or type(error).__name__)

        async def disconnected() -> None:
            if not self._stopping:
                log.warning("NATS is away")

        async def reconnected() -> None:
            log.info("NATS is back")
            self._back()

        await self._client.connect(
            servers=self._servers,
            name=f"zufall gateway {self._gateway}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # any number of seconds will do
            connect_timeout=2,
            ping_interval=2,  # a server that hangs is left before the grace of a match is over
            max_outstanding_pings=2,
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
        """Send what has gathered."""
        outgoing, self._outgoing, self._queued = self._outgoing, {}, 0
        await self._send_arrivals()
        for gateway, queue in outgoing.items():
            for batch in _batches(queue):
                await self._send_batch(gateway, batch)

    async def _send_arrivals(self) -> None:
        told, self._arrivals = self._arrivals, []
        parted: list[tuple[int, int]] = []
        if told or self._partings_due:
            parted, self._parted, self._partings_due = self._parted, [], False
        most = _MOST_ARRIVALS
        for start in range(0, max(len(told), len(parted)), most):
            batch = Arrivals(self._gateway, told[start : start + most], parted[start : start + most])
            await self.say(subjects.ARRIVALS, arrivals.pack(batch))

    def _hear_arrivals(self, payload: bytes, listener: Listener) -> None:
        try:
            told = arrivals.unpack(payload)
        except msgspec.DecodeError as error:
            logs.logger().error("unreadable arrivals", problem=str(error))
            return
        if told.gateway != self._gateway:
            listener.on_arrivals(told.gateway, told.arrivals)
            if told.parted:
                listener.on_partings(told.parted)

    async def _send_batch(self, gateway: GatewayId, batch: list[Envelope]) -> None:
        try:
            if self._client.is_connected:
                await self._client.publish(subjects.gateway(gateway), pack(batch))
                return
        except nats.errors.Error as error:
            logs.logger().warning("NATS", problem=str(error) or type(error).__name__)
        self._keep_goodbyes(gateway, batch)

    def _back(self) -> None:
        self._on_back()
        asyncio.get_running_loop().call_later(GOODBYES_AFTER, self._catch_up)

    def _catch_up(self) -> None:
        """By now the others are back, too."""
        self._on_back()
        for gateway, envelope in self._goodbyes:
            self.publish(gateway, envelope)
        self._goodbyes.clear()

    def _keep_goodbyes(self, gateway: GatewayId, queue: list[Envelope]) -> None:
        """What cannot leave now is stale later, except the end of a match, which stays true."""
        self._goodbyes.extend((gateway, one) for one in queue if one.kind in (Kind.ENDED, Kind.DECLINE))

    def _receive(self, payload: bytes, on_envelope: Callable[[Envelope], None]) -> None:
        try:
            envelopes = unpack(payload)
        except msgspec.DecodeError as error:
            logs.logger().error("an unreadable message on our subject", problem=str(error))
            return
        log = logs.logger()
        for envelope in envelopes:
            try:
                on_envelope(envelope)
            except Exception:  # the others of its batch are for other visitors
                metrics.DROPPED.labels("fault").inc()
                log.exception("an envelope was given up", kind=envelope.kind)


def _batches(queue: list[Envelope]) -> Iterator[list[Envelope]]:
    """The queue in parts that each fit one NATS message."""
    batch: list[Envelope] = []
    size = 0
    for envelope in queue:
        needed = len(envelope.body) + _HEAD
        if batch and size + needed > _MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(envelope)
        size += needed
    yield batch
