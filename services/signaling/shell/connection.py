"""A WebSocket from the upgrade to its close: it reads `hello`, then gives each frame to the hub."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import cast

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from msgspec import UNSET

from services.contract.errors import (
    BadFrame,
    CloseCode,
    DescriptionRefused,
    MemoryRefused,
    NoHello,
    PassRefused,
    StaleEpoch,
    TokenRefused,
    TooFast,
    ZufallError,
)
from services.contract.ids import VisitorId, device_key
from services.contract.passes import PassContent
from services.contract.rate_limit import UNLIMITED, Rate, gcra
from services.contract.tokens import TokenHolder, TokenSigner
from services.runtime.client_address import remote_address

from ..config import Config
from ..core.effects import CountDropped
from ..core.messages import (
    MAX_FRAME_BYTES,
    SUBPROTOCOL,
    Candidates,
    Description,
    Error,
    FromBrowser,
    Hello,
    Received,
    Reveal,
    ToBrowser,
    Typing,
    encode,
    parse,
    parse_hello,
)
from ..core.signal_filter import SignalFilter
from ..core.visitor_history import EMPTY_MEMORY, VisitorMemory
from . import metrics
from .address_hash import IPV6_SUBSCRIBER_BITS, address_hash
from .clients import Client, Handshake
from .hub import Hub
from .match_messages import MatchMessages
from .outbox import SocketOutbox
from .ports import Standings

CLOSE_TIMEOUT = 2.0
"""Seconds that a browser has to answer a close frame."""

SMALL_FRAME_BYTES = 256
"""The size up to which a frame of few fields is relayed as it came, with its white space."""


class ConnectionRejected(Exception):
    """The connection is closed with `code` after an `error` message."""

    def __init__(self, code: CloseCode, message: str, error: str = BadFrame.code, epoch: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.error = Error(error, message, epoch=epoch or UNSET)


class VisitorSocket(web.WebSocketResponse):
    """A WebSocket that closes with 4413 in place of the standard 1009, so that a page knows the reason."""

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        code = CloseCode.TOO_LARGE if code == WSCloseCode.MESSAGE_TOO_BIG else code
        return await super().close(code=code, message=message, drain=drain)

    def release(self) -> None:
        """Break the reference cycles that aiohttp leaves behind.

        Otherwise only the garbage collector frees them. For some thousands it takes half a second, for which
        all visitors wait.
        """
        if self._req is not None:
            self._req.protocol._data_received_cb = None
        error = self._exception
        while error is not None:
            error.__traceback__ = None
            error.__context__, error = None, error.__context__


@dataclass(frozen=True, slots=True)
class WebSocketEndpoint:
    """Serves `/ws`. It holds what all connections of this gateway share."""

    config: Config
    hub: Hub
    tokens: TokenSigner
    messages: MatchMessages
    standings: Standings
    stopping: Callable[[], bool]
    """Returns whether this gateway sends its visitors to others."""
    frame_rate: Rate

    def new_signal_filter(self) -> SignalFilter:
        """Return the filter for the signals of a new visitor."""
        config = self.config
        if not config.limits:
            return SignalFilter(config.ice_policy, inf, UNLIMITED)
        size = Rate(config.limit_signal_bytes_per_second, config.limit_signal_bytes_burst)
        return SignalFilter(config.ice_policy, config.limit_candidates, size)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve `GET /ws`. The caller has checked the origin."""
        socket = VisitorSocket(
            compress=False,
            heartbeat=self.config.heartbeat_seconds,  # half of it is the time to answer
            max_msg_size=MAX_FRAME_BYTES + 1,  # aiohttp refuses a frame of this size itself
            protocols=[SUBPROTOCOL],
            decode_text=False,
            autoping=False,  # a ping costs its sender as much as any other frame
        )
        try:
            await socket.prepare(request)
        except ConnectionError:
            return web.Response()  # the client is gone, so nobody gets this
        transport = cast(asyncio.Transport, request.transport)
        outbox = SocketOutbox(socket, transport, self.config.limit_queue_bytes)
        connection = Connection(self, socket, outbox)
        try:
            await connection.run(remote_address(request, self.config.trusted_proxies))
        finally:
            connection.end()
            await outbox.wait_closed(CLOSE_TIMEOUT)
            if socket.close_code == WSCloseCode.ABNORMAL_CLOSURE:
                transport.abort()  # nobody will read what is still buffered
            socket.release()
        return socket


class Connection:
    """One visitor's connection. `run` returns when there is nothing more to read."""

    __slots__ = ("_client", "_endpoint", "_frames_tat", "_outbox", "_socket")

    def __init__(
        self, endpoint: WebSocketEndpoint, socket: web.WebSocketResponse, outbox: SocketOutbox
    ) -> None:
        self._endpoint = endpoint
        self._socket = socket
        self._outbox = outbox
        self._client: Client | None = None
        self._frames_tat = 0.0

    async def run(self, address: str) -> None:
        try:
            self._client = await self._handshake(address)
            if self._client is not None:
                await self._read_frames(self._client)
        except ConnectionRejected as refused:
            self._send(refused.error)
            self._outbox.close(refused.code)

    def end(self) -> None:
        """Tell the hub that there is nothing more to read."""
        if self._client is not None:
            self._endpoint.hub.disconnect(self._client, self._is_leaving())

    def _is_leaving(self) -> bool:
        """Return whether the visitor will not come back, because they closed the page or were refused."""
        ours = self._outbox.closed_with
        if ours is not None:
            return ours is not CloseCode.RESTART
        return self._socket.close_code == WSCloseCode.GOING_AWAY

    # --- hello -------------------------------------------------------------------------------------

    async def _handshake(self, address: str) -> Client | None:
        """Return the client of a visitor with a valid token, or None when the socket is to end."""
        hello = await self._receive_hello()
        if hello is None:
            return None
        if self._endpoint.stopping():
            self._outbox.close(CloseCode.RESTART)
            return None
        try:
            holder = self._endpoint.tokens.verify(hello.token)
        except TokenRefused as refused:
            raise ConnectionRejected(CloseCode.TOKEN_REFUSED, refused.message, refused.code) from None
        notice = self._endpoint.standings.ban(holder.visitor)
        if notice is None:
            return self._connect(holder, hello, address)
        resume, _ = self._open_pass(hello, holder.visitor)
        if resume is not None:
            self._endpoint.hub.refuse_resume(holder.visitor, hello.epoch, resume)
        self._send(notice)
        self._outbox.close(CloseCode.BANNED)
        return None

    async def _receive_hello(self) -> Hello | None:
        try:
            async with asyncio.timeout(self._endpoint.config.limit_hello_seconds):
                while (frame := await self._socket.receive()).type in _CONTROL:
                    pass  # the first ping may be answered before the first frame
        except TimeoutError:
            raise ConnectionRejected(
                CloseCode.NO_HELLO, "the first frame must come soon", NoHello.code
            ) from None
        if frame.type in _ENDS:
            return None
        message = _parse(frame, parse_hello)
        if not isinstance(message, Hello):
            raise ConnectionRejected(CloseCode.BAD_FRAME, "the first frame must be `hello`")
        return message

    def _connect(self, holder: TokenHolder, hello: Hello, address: str) -> Client:
        """Connect the visitor, even if their pass or memory is refused."""
        endpoint, config = self._endpoint, self._endpoint.config
        apart = holder.device is not None and not config.same_device
        key, wall = config.pass_keys[0], time.time()
        resume, pass_refused = self._open_pass(hello, holder.visitor)
        remembered, memory_refused = self._open_memory(hello, holder.visitor)
        new = Handshake(
            holder.visitor,
            hello.epoch,
            address_hash(address, key, wall),
            self._outbox,
            endpoint.new_signal_filter(),
            config.countries.country(address) if config.countries else "",
            device_key(holder.device.id) if holder.device and apart else 0,
            address_hash(address, key, wall, IPV6_SUBSCRIBER_BITS) if config.popular_from else b"",
            remembered,
            resume,
        )
        try:
            client = endpoint.hub.connect(new)
        except StaleEpoch as stale:
            raise ConnectionRejected(
                CloseCode.CONNECTED_ELSEWHERE, stale.message, stale.code, stale.epoch
            ) from None
        for refused in filter(None, (pass_refused, memory_refused)):
            self._send(Error(refused.code, refused.message))
        return client

    def _open_pass(self, hello: Hello, visitor: VisitorId) -> tuple[PassContent | None, ZufallError | None]:
        """Return the pass of the match that the visitor wants to resume, and why it is refused if it is."""
        if not hello.pass_:
            return None, None
        try:
            return self._endpoint.messages.open_pass(hello.pass_, visitor), None
        except PassRefused as refused:
            return None, refused

    def _open_memory(self, hello: Hello, visitor: VisitorId) -> tuple[VisitorMemory, ZufallError | None]:
        """Return the memory that the browser shows, and why it is refused if it is."""
        if not hello.memory:
            return EMPTY_MEMORY, None
        try:
            return self._endpoint.messages.open_memory(hello.memory, visitor), None
        except MemoryRefused as refused:
            return EMPTY_MEMORY, refused

    # --- frames ------------------------------------------------------------------------------------

    async def _read_frames(self, client: Client) -> None:
        while True:
            frame = await self._socket.receive()
            if frame.type in _ENDS:
                return
            if frame.type is WSMsgType.TEXT:
                self._handle(client, frame)
                continue
            self._charge_frame()
            if frame.type is WSMsgType.PING:
                self._outbox.pong(frame.data)
            elif frame.type is not WSMsgType.PONG:
                raise ConnectionRejected(CloseCode.BAD_FRAME, "frames must be text")

    def _handle(self, client: Client, frame: WSMessage) -> None:
        """Handle one text frame after `hello`."""
        data, message = frame.data, _parse(frame)
        if not (isinstance(message, Received) and client.spend_ack_credit()):
            self._charge_frame()
        try:
            relayed = self._filter(client, message, data)
        except DescriptionRefused as refused:
            metrics.DROPPED_FRAMES.labels(refused.reason).inc()
            self._send(Error(refused.code, refused.message))
            return
        if isinstance(relayed, CountDropped):
            metrics.DROPPED_FRAMES.labels(relayed.reason).inc()
        else:
            self._endpoint.hub.receive(client, message, relayed)

    def _filter(self, client: Client, message: FromBrowser, frame: bytes) -> bytes | CountDropped:
        """Return the bytes that the partner may get. A second `hello` raises `ConnectionRejected`."""
        if isinstance(message, Candidates | Description):
            if client.session.summary.match != message.match:
                return frame  # the session drops it; the counts of the current match stay
            if isinstance(message, Candidates):
                return client.signal_filter.filter_candidates(message, frame, time.monotonic())
            return client.signal_filter.filter_description(message, frame, time.monotonic())
        if isinstance(message, Hello):
            raise ConnectionRejected(CloseCode.BAD_FRAME, "`hello` must come once")
        if isinstance(message, Typing | Received | Reveal) and len(frame) > SMALL_FRAME_BYTES:
            return encode(message)  # without white space, which nothing else limits
        return frame

    def _charge_frame(self) -> None:
        """Count one frame; raise `ConnectionRejected` if there were too many."""
        wait, self._frames_tat = gcra(self._frames_tat, self._endpoint.frame_rate, time.monotonic())
        if wait:
            raise ConnectionRejected(CloseCode.TOO_FAST, "too many frames", TooFast.code)

    def _send(self, message: ToBrowser) -> None:
        self._outbox.send(encode(message))


_CONTROL = frozenset((WSMsgType.PING, WSMsgType.PONG))
_ENDS = frozenset((WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR))


def _parse(frame: WSMessage, parse: Callable[[bytes], FromBrowser] = parse) -> FromBrowser:
    if frame.type is not WSMsgType.TEXT:
        raise ConnectionRejected(CloseCode.BAD_FRAME, "frames must be text")
    try:
        return parse(frame.data)
    except ValueError as error:
        metrics.DROPPED_FRAMES.labels("bad_frame").inc()
        raise ConnectionRejected(CloseCode.BAD_FRAME, str(error)) from None
