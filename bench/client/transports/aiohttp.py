"""The transport for tests and bots: a WebSocket of aiohttp."""

import aiohttp
from aiohttp import WSMsgType

from bench.client.transports import UNREACHABLE, ConnectionClosed
from services.signaling.core.messages import SUBPROTOCOL


class AiohttpTransport:
    """A `Transport`. `socket` is the library's own, for what a `Transport` cannot do."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""
        try:
            await self.socket.send_frame(frame, WSMsgType.TEXT)
        except ConnectionError as error:
            raise ConnectionClosed(self.socket.close_code or UNREACHABLE) from error

    async def receive(self) -> bytes:
        """Return the next text frame; raises `ConnectionClosed`.

        aiohttp forgets the code when its own answer to a close frame comes late, so it is taken from there.
        """
        message = await self.socket.receive()
        if message.type is WSMsgType.TEXT:
            return message.data if isinstance(message.data, bytes) else str(message.data).encode()
        code = message.data if message.type is WSMsgType.CLOSE else self.socket.close_code
        raise ConnectionClosed(int(code or UNREACHABLE))

    async def close(self, code: int = 1000) -> None:
        """Close the connection with `code`."""
        await self.socket.close(code=code)

    def abort(self) -> None:
        """End the connection without a word, as a lost network does."""
        connection = self.socket._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()


async def dial(http: aiohttp.ClientSession, origin: str) -> AiohttpTransport:
    """Open a WebSocket to the gateway at `origin`, like http://localhost:8080; raises `ConnectionError`."""
    try:
        socket = await http.ws_connect(f"{origin}/ws", protocols=(SUBPROTOCOL,), max_msg_size=0)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConnectionError(f"{origin} refused the WebSocket: {error}") from error
    return AiohttpTransport(socket)
