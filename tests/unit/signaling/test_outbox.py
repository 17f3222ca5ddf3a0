"""The outbox of a real WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.contract.errors import CloseCode
from services.signaling.shell.outbox import SocketOutbox
from tests.timing import scaled

LIMIT = 64 * 1024

Serve = Callable[[SocketOutbox, web.WebSocketResponse], Awaitable[None]]


class OutboxServer:
    """A server of one socket, which `serve` handles."""

    def __init__(self) -> None:
        self.serve: Serve
        self.done = asyncio.Event()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.WriteTransport)
        outbox = SocketOutbox(socket, request.transport, LIMIT)
        try:
            await self.serve(outbox, socket)
            await outbox.wait_closed(scaled(2))
        finally:
            self.done.set()
        return socket


@pytest.fixture
def gateway() -> OutboxServer:
    return OutboxServer()


@pytest.fixture
async def server(gateway: OutboxServer) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes([web.get("/", gateway.handle)])
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def browser(server: TestServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def frames(browser: aiohttp.ClientSession, server: TestServer) -> tuple[list[str], int | None]:
    """Return all received frames, and the close code."""
    async with asyncio.timeout(scaled(10)), browser.ws_connect(server.make_url("/")) as socket:
        return [message.data async for message in socket], socket.close_code


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535])
async def test_frames_of_every_length_arrive(
    gateway: OutboxServer, server: TestServer, browser: aiohttp.ClientSession, size: int
) -> None:
    async def serve(outbox: SocketOutbox, socket: web.WebSocketResponse) -> None:
        outbox.send(b"x" * size)
        outbox.close(CloseCode.RESTART)

    gateway.serve = serve
    assert await frames(browser, server) == (["x" * size], CloseCode.RESTART)


async def test_frames_arrive_in_order_before_the_close(
    gateway: OutboxServer, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    async def serve(outbox: SocketOutbox, socket: web.WebSocketResponse) -> None:
        for number in range(100):
            outbox.send(f"ä {number}".encode())
            if number % 7 == 0:
                await asyncio.sleep(0)
        outbox.close(CloseCode.BANNED)
        outbox.send(b"too late")
        outbox.close(CloseCode.RESTART)

    gateway.serve = serve
    assert await frames(browser, server) == ([f"ä {number}" for number in range(100)], CloseCode.BANNED)


async def test_a_reader_that_does_not_read_is_cut_off(
    gateway: OutboxServer, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    sent = 0

    async def serve(outbox: SocketOutbox, socket: web.WebSocketResponse) -> None:
        nonlocal sent
        reading = asyncio.create_task(socket.receive())
        while not reading.done():
            outbox.send(b"x" * 8000)
            sent += 8000
            await asyncio.sleep(0)
        outbox.send(b"to nobody")

    gateway.serve = serve
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await asyncio.wait_for(gateway.done.wait(), scaled(10))
    assert sent < 64 * 1024 * 1024, "what the kernel keeps, and the limit"
    with suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), scaled(5))  # read to the end
    writer.close()


async def test_a_close_does_not_wait_for_a_silent_browser(
    gateway: OutboxServer, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    async def serve(outbox: SocketOutbox, socket: web.WebSocketResponse) -> None:
        outbox.close(CloseCode.NO_HELLO)
        await outbox.wait_closed(0.05)

    gateway.serve = serve
    async with browser.ws_connect(server.make_url("/"), autoclose=False) as socket:
        await asyncio.wait_for(gateway.done.wait(), scaled(5))
        first = await socket.receive()
        assert (first.type, first.data) == (aiohttp.WSMsgType.CLOSE, CloseCode.NO_HELLO)
