"""The sending half of a socket: one bounded queue and one writer, so that nobody waits for a slow reader."""

import asyncio
from collections import deque
from typing import cast

from aiohttp import ClientConnectionResetError, WSMsgType, web

from services.contract.errors import CloseCode

from . import metrics


class SocketOutbox:
    """An `Outbox` on a WebSocket. At most `limit` bytes wait; a reader that lets more wait is cut off."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, limit: int) -> None:
        self._socket = socket
        self._transport = transport
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._close_code: CloseCode | None = None
        self._ended = False
        self._wake = asyncio.Event()

    def send(self, frame: bytes) -> None:
        if self._close_code is not None:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes > self._limit:
            metrics.CLOSED.labels("slow_reader").inc()
            self._frames.clear()
            self._bytes = 0
            self._transport.abort()
        self._wake.set()

    def close(self, code: CloseCode) -> None:
        if self._close_code is None:
            self._close_code = code
            self._wake.set()

    def end(self) -> None:
        """The socket is gone, or about to be: the writer may stop."""
        self._ended = True
        self._wake.set()

    async def write(self) -> None:
        """Write what is sent until the socket is closed, by either side."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._drain()
            except ClientConnectionResetError:
                return  # the reader notices too, and ends the connection
            if self._close_code is not None:
                metrics.CLOSED.labels(str(int(self._close_code))).inc()
                await self._socket.close(code=self._close_code)
            if self._ended or self._close_code is not None:
                return

    async def _drain(self) -> None:
        while self._frames:
            frame = self._frames.popleft()
            self._bytes -= len(frame)
            await self._socket.send_frame(frame, WSMsgType.TEXT)


def outbox_for(socket: web.WebSocketResponse, request: web.Request, limit: int) -> SocketOutbox:
    """The outbox of a prepared socket."""
    return SocketOutbox(socket, cast(asyncio.Transport, request.transport), limit)
