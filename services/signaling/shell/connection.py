"""One WebSocket from upgrade to close: origin, hello, then frame by frame into the hub."""

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
"""Seconds for a peer to answer a close."""

SMALL_FRAME_BYTES = 256
"""Bytes that what says next to nothing may have on its way to a partner."""


class ConnectionRejected(Exception):
    """The connection ends with `code`."""

    def __init__(self, code: CloseCode, message: str, error: str = BadFrame.code, epoch: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.said = Error(error, message, epoch=epoch or UNSET)


class VisitorSocket(web.WebSocketResponse):
    """A WebSocket that says 4413 where the standard says 1009, so that a page knows why."""

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        code = CloseCode.TOO_LARGE if code == WSCloseCode.MESSAGE_TOO_BIG else code
        return await super().close(code=code, message=message, drain=drain)

    def release(self) -> None:
        """Opens the rings that aiohttp leaves behind: its protocol and we; our error and its frames.

        Else only a garbage collection ends them: of some thousands one of half a second, for which all wait.
        """
        if self._req is not None:
            self._req.protocol._data_received_cb = None
        error = self._exception
        while error is not None:
            error.__traceback__ = None
            error.__context__, error = None, error.__context__


@dataclass(frozen=True, slots=True)
class WebSocketEndpoint:
    """All connections of this gateway share this."""

    config: Config
    hub: Hub
    tokens: TokenSigner
    messages: MatchMessages
    standings: Standings
    stopping: Callable[[], bool]
    """Whether visitors are sent to other gateways."""
    frame_rate: Rate

    def new_signal_filter(self) -> SignalFilter:
        """For a new visitor."""
        config = self.config
        if not config.limits:
            return SignalFilter(config.ice_policy, inf, UNLIMITED)
        size = Rate(config.limit_signal_bytes_per_second, config.limit_signal_bytes_burst)
        return SignalFilter(config.ice_policy, config.limit_candidates, size)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """`GET /ws`. The caller has checked the origin."""
        socket = VisitorSocket(
            compress=False,
            heartbeat=self.config.heartbeat_seconds,  # who does not answer within half of it is gone
            max_msg_size=MAX_FRAME_BYTES + 1,  # aiohttp refuses a frame of this size itself
            protocols=[SUBPROTOCOL],
            decode_text=False,
            autoping=False,  # a ping costs its sender as much as any other frame
        )
        try:
            await socket.prepare(request)
        except ConnectionError:
            return web.Response()  # for nobody: they are gone
        transport = cast(asyncio.Transport, request.transport)
        outbox = SocketOutbox(socket, transport, self.config.limit_queue_bytes)
        connection = Connection(self, socket, outbox)
        try:
            await connection.run(remote_address(request, self.config.trusted_proxies))
        finally:
            connection.end()
            await outbox.wait_closed(CLOSE_TIMEOUT)
            if socket.close_code == WSCloseCode.ABNORMAL_CLOSURE:
                transport.abort()  # nobody will read what still waits for them
            socket.release()
        return socket


class Connection:
    """One socket. `run` returns when it has nothing more to read."""

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
            self._send(refused.said)
            self._outbox.close(refused.code)

    def end(self) -> None:
        """The socket is read to its end."""
        if self._client is not None:
            self._endpoint.hub.disconnect(self._client, self._is_leaving())

    def _is_leaving(self) -> bool:
        """Whether the visitor does not come back for the match: they closed the page, or were thrown out."""
        ours = self._outbox.closed_with
        if ours is not None:
            return ours is not CloseCode.RESTART
        return self._socket.close_code == WSCloseCode.GOING_AWAY

    # --- hello -------------------------------------------------------------------------------------

    async def _handshake(self, address: str) -> Client | None:
        """The client of a visitor with a good token, or None when the socket is to end."""
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
                    pass  # the answer to a first ping, which may be due as soon as the first frame
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
        """Take the visitor in, also with a pass or a memory that is refused."""
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
        """The match that the visitor would resume; a pass that is refused resumes none."""
        if not hello.pass_:
            return None, None
        try:
            return self._endpoint.messages.open_pass(hello.pass_, visitor), None
        except PassRefused as refused:
            return None, refused

    def _open_memory(self, hello: Hello, visitor: VisitorId) -> tuple[VisitorMemory, ZufallError | None]:
        """Read the memory that the browser shows; one that is refused says nothing."""
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
                raise ConnectionRejected(CloseCode.BAD_FRAME, "frames are text")

    def _handle(self, client: Client, frame: WSMessage) -> None:
        """One text frame of a browser that was welcomed."""
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
        """The bytes that may reach a partner. A second hello raises `Refused`."""
        if isinstance(message, Candidates | Description):
            if client.session.summary.match != message.match:
                return frame  # it goes nowhere, and what is counted for the present match stays
            if isinstance(message, Candidates):
                return client.signal_filter.filter_candidates(message, frame, time.monotonic())
            return client.signal_filter.filter_description(message, frame, time.monotonic())
        if isinstance(message, Hello):
            raise ConnectionRejected(CloseCode.BAD_FRAME, "`hello` comes once")
        if isinstance(message, Typing | Received | Reveal) and len(frame) > SMALL_FRAME_BYTES:
            return encode(message)  # spaces could make it as heavy as what the filter weighs
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
        raise ConnectionRejected(CloseCode.BAD_FRAME, "frames are text")
    try:
        return parse(frame.data)
    except ValueError as error:
        metrics.DROPPED_FRAMES.labels("bad_frame").inc()
        raise ConnectionRejected(CloseCode.BAD_FRAME, str(error)) from None
