"""The sending side of a socket, which never waits for a slow reader.

The frames of one turn of the loop are written in one system call. After that the transport's own buffer is
the bounded queue. No task is woken for a frame, for wake-ups are what costs.
"""

import asyncio
from struct import Struct

from aiohttp import web

from services.contract.errors import CloseCode

from . import metrics

_SHORT = Struct("!BB").pack
_LONG = Struct("!BBH").pack
_FINAL_TEXT = 0x81
_PONG = 0x8A


class SocketOutbox:
    """An `Outbox` on a WebSocket. It cuts off a reader for whom more than `limit` bytes are buffered."""

    __slots__ = ("_closing", "_limit", "_loop", "_parts", "_socket", "_transport", "closed_with")

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport, limit: int) -> None:
        self._socket = socket
        self._transport = transport
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._closing: asyncio.Task[bool] | None = None
        self.closed_with: CloseCode | None = None

    def send(self, frame: bytes) -> None:
        if self._closing is not None:
            return
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts += (_header(len(frame)), frame)

    def pong(self, payload: bytes) -> None:
        """Answer a ping of the browser."""
        if self._closing is None:
            if not self._parts:
                self._loop.call_soon(self._flush)
            self._parts += (_SHORT(_PONG, len(payload)), payload)

    def _flush(self) -> None:
        transport = self._transport
        data = b"".join(self._parts)
        self._parts.clear()
        if not data or transport.is_closing():
            return
        transport.write(data)
        if transport.get_write_buffer_size() > self._limit:
            metrics.CLOSED_SOCKETS.labels("slow_reader").inc()
            transport.abort()

    def close(self, code: CloseCode) -> None:
        if self._closing is None:
            self._flush()
            self.closed_with = code
            metrics.CLOSED_SOCKETS.labels(str(int(code))).inc()
            self._closing = asyncio.create_task(self._socket.close(code=code))

    async def wait_closed(self, seconds: float) -> None:
        """Wait at most `seconds` for a close that has begun, then cut the connection off."""
        if self._closing is not None:
            done, _ = await asyncio.wait((self._closing,), timeout=seconds)
            if not done:
                self._transport.abort()


def _header(length: int) -> bytes:
    """Return the header of a final, unmasked text frame below 64 KiB (RFC 6455, section 5.2)."""
    if length < 126:
        return _SHORT(_FINAL_TEXT, length)
    return _LONG(_FINAL_TEXT, 126, length)
