"""The server side of a WebSocket (RFC 6455), on a connection that aiohttp accepted.

aiohttp's parser reads the frames, and `FramingCheck` finds those that it should refuse and does not. Where
aiohttp's own socket wakes a task for each message, this one gives the message to its listener in the callback
that received the last byte. aiohttp's objects for the request are freed at the upgrade.
"""

import asyncio
import base64
import binascii
import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import Protocol, cast

from aiohttp import WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import WS_KEY, WebSocketError, WSCloseCode, WSMessage, WSMessageTextBytes

from services.contract.errors import CloseCode, InvalidRequest
from services.runtime.logs import logger

from ..core.framing_check import FramingCheck
from . import metrics
from .inbound_bytes import Charge
from .queue_budget import QueueBudget

Message = WSMessage | WSMessageTextBytes

CLOSE_TIMEOUT = 2.0
"""Seconds that the peer has to answer a close frame."""

SYSTEM_BUFFER_BYTES = 16 * 1024
"""The memory that the system may use for what a socket sends, and as much for what it receives."""

CHARGED_AT = 2048
"""Bytes that a peer sends before they are charged. To charge each read would cost a busy gateway 1 %."""

_SHORT = Struct("!BB").pack
_LONG = Struct("!BBH").pack
_CLOSE = Struct("!BBH").pack
_FINAL_TEXT = 0x81
_FINAL_CLOSE = 0x88
_FINAL_PONG = 0x8A
_PING = b"\x89\0"
_HIGHEST_CLOSE_CODE = 4999
_NO_CODE = 1005
"""Stands for the code of a close frame without one (RFC 6455, section 7.4.1)."""


class MessageListener(Protocol):
    """Handles what a peer sends."""

    def on_message(self, kind: WSMsgType, payload: bytes) -> None:
        """Handle a whole TEXT or BINARY message, or a PING or PONG."""

    def on_closed(self, code: int) -> None:
        """Handle the end of the connection. `code` is the peer's close code, or 1006 without one."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The limits of one peer, and the budget of all peers together."""

    message_bytes: int
    """The largest message. A longer one is refused."""
    queue_bytes: int
    """The most bytes that may be buffered for a reader. With more, the reader is cut off."""
    budget: QueueBudget
    heartbeat: float
    """Seconds of silence after which a peer gets a ping, and half of that time to answer."""


class WebSocket(asyncio.Protocol):
    """One WebSocket, and the `Outbox` to its peer.

    The frames of one turn of the loop are written in one system call, after everything that had arrived was
    read. So peers wake up less often, and wake-ups cost more than bytes. While the system takes no more,
    frames wait here in one piece, because the transport takes a kilobyte for each piece that it keeps.
    """

    __slots__ = (
        "_alive_timer",
        "_backlog",
        "_charge",
        "_close_timer",
        "_closing",
        "_counted",
        "_framing",
        "_half_heartbeat",
        "_limits",
        "_listener",
        "_loop",
        "_messages",
        "_parts",
        "_paused",
        "_pay_timer",
        "_peer_code",
        "_queued",
        "_reader",
        "_silent",
        "_transport",
        "_uncharged",
        "closed_with",
    )

    def __init__(self, transport: asyncio.Transport, limits: SocketLimits, charge: Charge) -> None:
        """Prepare to take over the connection of an upgrade request, whose bytes are charged to the peer."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._charge = charge
        self._uncharged = 0
        self._queued = False
        """Whether bytes waited for the reader after the last write."""
        self._paused = False
        """Whether the transport has bytes that the system does not take yet."""
        self._backlog = bytearray()
        """The bytes that wait until the transport has none."""
        self._parts: list[bytes] = []
        """The bytes that are written at the end of this turn."""
        self._framing = FramingCheck()
        self._messages = _Messages(self)
        # aiohttp's parser refuses messages of the size that it is given, too.
        self._reader = WebSocketReader(
            self._messages, limits.message_bytes + 1, compress=False, decode_text=False
        )
        self._listener: MessageListener | None = None
        self._half_heartbeat = limits.heartbeat / 2
        self._silent = 0
        """The number of half heartbeats without a byte from the peer."""
        self._alive_timer: asyncio.TimerHandle | None = None
        self._close_timer: asyncio.TimerHandle | None = None
        self._pay_timer: asyncio.TimerHandle | None = None
        self._closing = self._counted = False
        self._peer_code: int = WSCloseCode.ABNORMAL_CLOSURE
        self.closed_with: CloseCode | None = None
        """The code with which this side closed the socket."""

    def open(self, http: web.RequestHandler, answer: bytes, listener: MessageListener) -> None:
        """Take the connection from aiohttp, answer the request, and give what follows to `listener`."""
        http.transport = None  # or it would close the transport now
        http.connection_lost(None)
        self._listener = listener
        self._transport.set_protocol(self)
        _limit_system_buffers(self._transport)
        self._transport.set_write_buffer_limits(high=0)
        self._transport.write(answer)
        self._alive_timer = self._loop.call_later(self._half_heartbeat, self._check_alive)

    # --- to the peer -------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        """Send a text message of less than 64 KiB."""
        self._write(_header(len(frame)), frame)

    def pong(self, payload: bytes) -> None:
        """Answer a ping."""
        self._write(_SHORT(_FINAL_PONG, len(payload)), payload)

    def close(self, code: CloseCode) -> None:
        """Close the socket after everything that was sent before."""
        if not self._closing:
            self.closed_with = code
            self._close(code)

    def _write(self, *parts: bytes) -> None:
        if self._closing:
            return
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts += parts

    def _flush(self) -> None:
        transport, data = self._transport, b"".join(self._parts)
        self._parts.clear()
        if not data or transport.is_closing():
            return
        if self._paused:
            self._backlog += data
        else:
            transport.write(data)
        queued = self.queued_bytes() if self._paused else 0
        if queued > self._limits.queue_bytes:
            self.cut_off()
        elif queued or self._queued:
            self._queued = queued > 0
            self._limits.budget.update(self, queued)

    def queued_bytes(self) -> int:
        """Return how many bytes wait for the reader."""
        return int(self._transport.get_write_buffer_size()) + len(self._backlog)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._write_backlog()

    def _write_backlog(self) -> None:
        if self._backlog:
            data, self._backlog = self._backlog, bytearray()
            self._transport.write(data)

    def cut_off(self) -> None:
        """Close the connection of a slow reader without a word, which the reader would not read either."""
        metrics.SLOW_READERS.inc()
        self._count_end("gateway", WSCloseCode.ABNORMAL_CLOSURE)
        self._closing = True
        self._backlog.clear()
        self._transport.abort()

    def _close(self, code: int) -> None:
        """Send a close frame, and wait for the peer's for a while."""
        self._count_end("gateway", code)
        self._end_with(code)
        self._close_timer = self._loop.call_later(CLOSE_TIMEOUT, self._transport.abort)

    def _end_with(self, code: int) -> None:
        """Write everything that is left, and a close frame behind it."""
        self._write(_CLOSE(_FINAL_CLOSE, 2, code))
        self._flush()
        self._closing = True
        self._write_backlog()  # the transport keeps it while it closes

    # --- from the peer -----------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._silent = 0
        valid = self._framing.valid_bytes(data)
        broken, _ = self._reader.feed_data(data[:valid])
        if broken and not self._closing:
            self._fail(self._messages.exception())
        elif valid < len(data) and not self._closing:
            self._fail(WebSocketError(WSCloseCode.PROTOCOL_ERROR, "forbidden frame"))
        self._uncharged += len(data)
        if self._uncharged >= CHARGED_AT and self._pay_timer is None:
            self._pay()

    def _pay(self) -> None:
        """Let the peer pay for its bytes. Until it can, nothing more is read from it."""
        waited, self._pay_timer = self._pay_timer is not None, None
        if self._transport.is_closing():
            return
        wait = self._charge(self._uncharged)
        if wait:
            self._transport.pause_reading()
            self._silent = 0  # we do not listen, so silence means nothing
            self._pay_timer = self._loop.call_later(wait, self._pay)
            return
        self._uncharged = 0
        if waited:
            self._transport.resume_reading()

    def take(self, message: Message) -> None:
        """Take a message from the parser. After a close only the peer's close frame counts.

        The parser handles a `WebSocketError` like those that it raises.
        """
        kind, payload = message[0], message[1]
        if kind is WSMsgType.CLOSE:
            _check_close_code(payload)
            self._peer_code = payload
            if not self._closing:
                self._count_end("browser", payload or _NO_CODE)
                self._end_with(payload or WSCloseCode.OK)
            self._transport.close()
        elif not self._closing and self._listener is not None:
            if kind is WSMsgType.TEXT:
                _check_text(payload)
            self._listener.on_message(kind, payload)

    def connection_lost(self, _: Exception | None) -> None:
        """Free everything without the garbage collector, which would stop all visitors meanwhile."""
        self._count_end("network", WSCloseCode.ABNORMAL_CLOSURE)
        self._closing = True
        for timer in (self._alive_timer, self._close_timer, self._pay_timer):
            if timer is not None:
                timer.cancel()
        if self._queued:
            self._limits.budget.update(self, 0)
        listener, self._listener = self._listener, None
        self._messages.forget_socket()
        if listener is not None:
            listener.on_closed(self._peer_code)

    def _count_end(self, by: str, code: int) -> None:
        """Count the end of the socket, unless it was counted when the end began."""
        if not self._counted:
            self._counted = True
            metrics.count_end(by, code)

    def _fail(self, error: BaseException | None) -> None:
        """Close the socket, because of a frame that breaks the protocol or that could not be handled."""
        if not isinstance(error, WebSocketError):
            logger().error("a message of a visitor could not be handled", exc_info=error)
            self._count_end("gateway", WSCloseCode.ABNORMAL_CLOSURE)
            self._transport.abort()
        elif error.code == WSCloseCode.MESSAGE_TOO_BIG:
            self.close(CloseCode.TOO_LARGE)
        else:
            self._close(error.code)

    def _check_alive(self) -> None:
        self._silent += 1
        if self._silent > 2:
            self._transport.abort()
            return
        if self._silent == 2:
            self._write(_PING)
        self._alive_timer = self._loop.call_later(self._half_heartbeat, self._check_alive)


class _Messages(WebSocketDataQueue):
    """Takes the place of aiohttp's queue, and is always empty: each message goes on at once."""

    def __init__(self, socket: WebSocket) -> None:
        # aiohttp's queue asks for the HTTP protocol only when it is full.
        super().__init__(cast(BaseProtocol, None), 1, loop=asyncio.get_running_loop())
        self._take: Callable[[Message], None] = socket.take

    def feed_data(self, data: Message, size: int) -> None:
        self._take(data)

    def forget_socket(self) -> None:
        """Break the cycle of references between the socket, the parser and this object."""
        self._take = _ignore


def _ignore(_: Message) -> None:
    """Ignore what follows the end of a socket."""


def _limit_system_buffers(transport: asyncio.Transport) -> None:
    connection: socket.socket = transport.get_extra_info("socket")
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        connection.setsockopt(socket.SOL_SOCKET, option, SYSTEM_BUFFER_BYTES // 2)  # Linux doubles it


def _check_text(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError:
        raise WebSocketError(WSCloseCode.INVALID_TEXT, "the text is not valid UTF-8") from None


def _check_close_code(code: int) -> None:
    """Refuse the codes that no frame may hold and that the parser accepts (section 7.4)."""
    if code == WSCloseCode.ABNORMAL_CLOSURE or code > _HIGHEST_CLOSE_CODE:
        raise WebSocketError(WSCloseCode.PROTOCOL_ERROR, "this is no close code")


def _header(length: int) -> bytes:
    """Return the header of a final, unmasked text frame below 64 KiB (section 5.2)."""
    if length < 126:
        return _SHORT(_FINAL_TEXT, length)
    return _LONG(_FINAL_TEXT, 126, length)


def upgrade_response(request: web.Request, protocol: str) -> bytes:
    """Return the answer to the opening handshake (section 4.2). Raises `InvalidRequest`."""
    headers = request.headers
    hops = [token.strip().lower() for token in headers.get("Connection", "").split(",")]
    if headers.get("Upgrade", "").strip().lower() != "websocket" or "upgrade" not in hops:
        raise InvalidRequest("this address takes only WebSockets")
    if headers.get("Sec-WebSocket-Version") != "13":
        raise InvalidRequest("the version of the WebSocket protocol must be 13")
    key = headers.get("Sec-WebSocket-Key", "")
    if not _is_key(key):
        raise InvalidRequest("Sec-WebSocket-Key must be 16 bytes in base64")
    accept = base64.b64encode(hashlib.sha1(key.encode() + WS_KEY, usedforsecurity=False).digest())
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + accept,
    ]
    offered = [name.strip() for name in headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if protocol in offered:
        lines.append(b"Sec-WebSocket-Protocol: " + protocol.encode())
    return b"\r\n".join((*lines, b"", b""))


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
