"""The transport for load: a WebSocket of picows, which costs little for each frame."""

import asyncio
from collections.abc import Callable
from typing import Final

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.client.transports import UNREACHABLE, ConnectionClosed
from services.signaling.core.messages import SUBPROTOCOL

MAX_FRAME_SIZE: Final = 64 * 1024


class PicowsTransport(WSListener):  # type: ignore[misc, unused-ignore] # compiled, so untyped for some versions of mypy
    """A `Transport` that can also push.

    A caller that sets `on_frame` gets each frame from the handler of the socket instead of `receive`.
    """

    def __init__(self) -> None:
        self._transport: WSTransport | None = None
        self._received: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.on_frame: Callable[[bytes], None] = self._received.put_nowait
        self.on_closed: Callable[[ConnectionClosed], None] = lambda _: None
        self.closed: ConnectionClosed | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.on_frame(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            code = int.from_bytes(frame.get_payload_as_bytes()[:2], "big")
            self.closed = ConnectionClosed(code or UNREACHABLE)
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed = self.closed or ConnectionClosed(UNREACHABLE)
        self._received.put_nowait(None)
        self.on_closed(self.closed)

    def send_now(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""
        if self.closed or self._transport is None:
            raise self.closed or ConnectionClosed(UNREACHABLE)
        self._transport.send(WSMsgType.TEXT, frame)

    async def send(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""
        self.send_now(frame)

    async def receive(self) -> bytes:
        """Return the next text frame; raises `ConnectionClosed`."""
        frame = await self._received.get()
        if frame is None:
            self._received.put_nowait(None)  # for the next call
            raise self.closed or ConnectionClosed(UNREACHABLE)
        return frame

    def close_now(self, code: int = 1000) -> None:
        """Close the connection with `code`."""
        if self._transport is not None and not self.closed:
            self._transport.send_close(code)  # type: ignore[arg-type] # any application code is accepted
            self._transport.disconnect()

    async def close(self, code: int = 1000) -> None:
        """Close the connection with `code`."""
        self.close_now(code)

    def abort(self) -> None:
        """End the connection without a word, as a lost network does."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)


async def dial_url(url: str, subprotocol: str | None = None) -> PicowsTransport:
    """Open a WebSocket; raises `ConnectionError` with the reason."""
    headers = {"Sec-WebSocket-Protocol": subprotocol} if subprotocol else {}
    try:
        _, transport = await ws_connect(
            PicowsTransport,
            url,
            extra_headers=headers,
            websocket_handshake_timeout=10,
            max_frame_size=MAX_FRAME_SIZE,
        )
    except (WSError, OSError) as error:
        raise ConnectionError(f"{url} refused the WebSocket: {error}") from error
    if not isinstance(transport, PicowsTransport):  # the server died between two bytes of the handshake
        raise ConnectionError(f"{url} was lost in the handshake")
    return transport


async def dial(origin: str) -> PicowsTransport:
    """Open a WebSocket to the gateway at `origin`, like http://localhost:8080; raises `ConnectionError`."""
    return await dial_url("ws" + origin.removeprefix("http") + "/ws", SUBPROTOCOL)
