"""One WebSocket of one simulated visitor, cheap enough not to be the bottleneck (picows).

`greet` speaks `zufall.v2` up to `welcome`; frames after it go to the caller's inbox.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

SUBPROTOCOL: Final = "zufall.v2"

Inbox = Callable[[bytes], None]
"""Called with the payload of every text frame."""


class Closed(ConnectionError):
    """The server closed the socket; `code` is its close code, or 1006 without one."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the server closed the socket with code {code}")
        self.code = code


class Socket(WSListener):  # type: ignore[misc, unused-ignore] # compiled, so untyped for some versions of mypy
    """Sends text frames; gives each received one to `inbox` and the end of the socket to `on_closed`."""

    def __init__(self) -> None:
        self._transport: WSTransport | None = None
        self._first: asyncio.Queue[bytes] = asyncio.Queue()
        self.inbox: Inbox = self._first.put_nowait
        self.on_closed: Callable[[Closed], None] = lambda _: None
        self.closed: Closed | None = None
        self._ended = asyncio.Event()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.inbox(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self.closed = Closed(int.from_bytes(frame.get_payload_as_bytes()[:2] or b"\x03\xee", "big"))
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed = self.closed or Closed(1006)
        self._ended.set()
        self.on_closed(self.closed)

    def send(self, frame: bytes) -> None:
        """Send one text frame; raises `Closed` after the end."""
        if self.closed or self._transport is None:
            raise self.closed or Closed(1006)
        self._transport.send(WSMsgType.TEXT, frame)

    async def receive(self, seconds: float = 10) -> bytes:
        """The next frame, as long as `inbox` was not replaced; raises `Closed` or `TimeoutError`."""
        frame = asyncio.create_task(self._first.get())
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({frame, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if frame.done():
            return frame.result()
        frame.cancel()
        raise self.closed or TimeoutError(f"no frame came within {seconds} s")

    def close(self, code: int = 1000) -> None:
        """Say goodbye with `code` and drop the connection."""
        if self._transport is not None and not self.closed:
            self._transport.send_close(code)  # type: ignore[arg-type] # any application code is accepted
            self._transport.disconnect()

    def cut(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)


async def dial(url: str, *, origin: str, subprotocol: str | None = None) -> Socket:
    """A connected socket; raises `ConnectionError` with the reason."""
    headers = {"Origin": origin}
    if subprotocol:
        headers["Sec-WebSocket-Protocol"] = subprotocol
    try:
        _, socket = await ws_connect(
            Socket, url, extra_headers=headers, websocket_handshake_timeout=10, max_frame_size=64 * 1024
        )
    except WSError as error:
        raise ConnectionError(f"{url} refused the WebSocket: {error}") from error
    if not isinstance(socket, Socket):  # the server died between two bytes of the handshake
        raise ConnectionError(f"{url} was lost in the handshake")
    return socket


class Session(msgspec.Struct, frozen=True):
    """The answer of `POST /api/session`, as far as a client needs it."""

    token: str


async def fetch_token(http: aiohttp.ClientSession, origin: str) -> str:
    """A token from the gateway at `origin`; raises `ConnectionError` when it gives none."""
    async with http.post(f"{origin}/api/session", json={}, headers={"Origin": origin}) as answer:
        body = await answer.read()
        if answer.status != HTTPStatus.CREATED:
            raise ConnectionError(f"{origin} gave no token ({answer.status}): {body[:200]!r}")
        return msgspec.json.decode(body, type=Session).token


async def dial_zufall(origin: str) -> Socket:
    """A socket of the gateway at `origin` that has said nothing yet; raises `ConnectionError`."""
    return await dial("ws" + origin.removeprefix("http") + "/ws", origin=origin, subprotocol=SUBPROTOCOL)


def next_epoch(last: int, unix_time: float) -> int:
    """The number of a visitor's next connection, whose last one was `last` (0 before the first)."""
    return max(last + 1, int(unix_time * 1000))


async def greet(origin: str, token: str) -> tuple[Socket, bytes]:
    """A socket that said hello for the first time with this token, and the `welcome` it got.

    Raises `ConnectionError` when the answer is anything else.
    """
    socket = await dial_zufall(origin)
    epoch = next_epoch(0, time.time())
    socket.send(msgspec.json.encode({"type": "hello", "token": token, "epoch": epoch}))
    answer = await socket.receive()
    if not answer.startswith(b'{"type":"welcome"'):
        raise ConnectionError(f"{origin} answered hello with {answer[:200]!r}")
    return socket, answer
