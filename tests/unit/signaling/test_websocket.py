"""The gateway's WebSocket, on real connections."""

import asyncio
import gc
import socket
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from math import inf
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from services.contract.errors import CloseCode
from services.runtime.http_responses import problem_middleware
from services.signaling.shell.http_api import STATUSES
from services.signaling.shell.queue_budget import QueueBudget
from services.signaling.shell.websocket import CHARGED_AT, SocketLimits, WebSocket, upgrade_response
from tests.timing import scaled, until

QUEUE_BYTES = 64 * 1024
MAX_BYTES = 1000


class ObservedSocket(WebSocket):
    """One that weak references can observe."""


class Recorder:
    """A listener that keeps what it hears, and a server for its socket."""

    def __init__(self) -> None:
        self.heartbeat = 25.0
        self.budget = QueueBudget(inf)
        self.charge: Callable[[int], float] = lambda _: 0.0
        self.heard: list[tuple[WSMsgType, bytes]] = []
        self.ended = asyncio.Event()
        self.code = 0
        self.on_open: Callable[[WebSocket], object] = lambda _: None
        self.on_text: Callable[[bytes], object] = lambda _: None
        self.sockets: list[WebSocket] = []

    @property
    def socket(self) -> WebSocket:
        return self.sockets[-1]

    def has_heard(self, number: int) -> bool:
        return len(self.heard) >= number

    def on_message(self, kind: WSMsgType, payload: bytes) -> None:
        self.heard.append((kind, bytes(payload)))
        self.on_text(payload)

    def on_closed(self, code: int) -> None:
        self.code = code
        self.ended.set()

    async def handle(self, request: web.Request) -> web.Response:
        answer = upgrade_response(request, "zufall.v2")
        assert isinstance(request.transport, asyncio.Transport)
        limits = SocketLimits(MAX_BYTES, QUEUE_BYTES, self.budget, self.heartbeat)
        socket = ObservedSocket(request.transport, limits, self.charge)
        self.sockets.append(socket)
        socket.open(request.protocol, answer, self)
        self.on_open(socket)
        return web.Response()


@pytest.fixture
async def gateway() -> Recorder:
    return Recorder()


@pytest.fixture
async def server(gateway: Recorder) -> AsyncIterator[TestServer]:
    app = web.Application(middlewares=[problem_middleware(STATUSES)])
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


UPGRADE = {
    "Host": "x",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def request_of(headers: dict[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["GET / HTTP/1.1", *lines, "", ""]).encode()


async def raw(
    server: TestServer, headers: dict[str, str] = UPGRADE
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """Ask for an upgrade, and return the head of the answer, too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(request_of(headers))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), scaled(5))
    return reader, writer, head


def masked(first: int, payload: bytes) -> bytes:
    """Return a short client frame whose mask is zero."""
    return bytes((first, 0x80 | len(payload))) + b"\0\0\0\0" + payload


# --- the handshake ---------------------------------------------------------------------------------


async def test_the_handshake_is_that_of_the_rfc(server: TestServer) -> None:
    """The key and its answer are from RFC 6455, section 1.3. `keep-alive, Upgrade` is from Firefox."""
    _, writer, head = await raw(server, UPGRADE | {"Sec-WebSocket-Protocol": "other, zufall.v2"})
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "http/1.1 101 switching protocols"
    assert "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower() in lines
    assert "sec-websocket-protocol: zufall.v2" in lines
    writer.close()


async def test_an_unknown_protocol_is_not_agreed_on(server: TestServer) -> None:
    _, writer, head = await raw(server, UPGRADE | {"Sec-WebSocket-Protocol": "other"})
    assert b" 101 " in head
    assert b"Sec-WebSocket-Protocol" not in head
    writer.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"Upgrade": "h2c"},
        {"Connection": "keep-alive"},
        {"Sec-WebSocket-Version": "12"},
        {"Sec-WebSocket-Key": "c2hvcnQ="},
        {"Sec-WebSocket-Key": "no base64!"},
        {"Sec-WebSocket-Key": "ö"},
    ],
)
async def test_a_wrong_handshake_is_refused_and_the_connection_stays(
    server: TestServer, wrong: dict[str, str]
) -> None:
    reader, writer, head = await raw(server, UPGRADE | wrong)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    await asyncio.wait_for(reader.readuntil(b"}"), scaled(5))
    writer.write(request_of(UPGRADE))
    await asyncio.wait_for(reader.readuntil(b" 101 "), scaled(5))
    writer.close()


async def test_the_connection_may_have_carried_other_requests_before(
    gateway: Recorder, server: TestServer
) -> None:
    """A proxy keeps connections to a gateway open and uses one of them for the upgrade."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /missing HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 404 " in await asyncio.wait_for(reader.readline(), scaled(5))
    writer.write(request_of(UPGRADE))
    await asyncio.wait_for(reader.readuntil(b" 101 "), scaled(5))
    writer.write(masked(0x81, b"hello"))
    await until(lambda: gateway.heard == [(WSMsgType.TEXT, b"hello")])
    writer.close()


async def test_aiohttp_lets_the_connection_go(gateway: Recorder, server: TestServer) -> None:
    _, writer, _ = await raw(server)
    assert server.runner is not None
    http = server.runner.server
    assert isinstance(http, web.Server)
    await until(lambda: not http.connections)
    writer.write(masked(0x81, b"still here"))
    await until(lambda: gateway.heard == [(WSMsgType.TEXT, b"still here")])
    writer.close()


# --- from the peer ---------------------------------------------------------------------------------


async def test_messages_arrive_whole_and_in_order(gateway: Recorder, server: TestServer) -> None:
    _, writer, _ = await raw(server)
    sent = masked(0x01, b"in ") + masked(0x89, b"?") + masked(0x80, b"two") + masked(0x82, b"\0")
    for byte in sent:
        writer.write(bytes((byte,)))
    writer.write(masked(0x8A, b"!") + masked(0x81, b""))
    await until(lambda: len(gateway.heard) == 5)
    assert gateway.heard == [
        (WSMsgType.PING, b"?"),
        (WSMsgType.TEXT, b"in two"),
        (WSMsgType.BINARY, b"\0"),
        (WSMsgType.PONG, b"!"),
        (WSMsgType.TEXT, b""),
    ]
    writer.close()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\xc1\x80\0\0\0\0", 1002),
        (b"\x83\x80\0\0\0\0", 1002),
        (b"\x80\x80\0\0\0\0", 1002),
        (masked(0x01, b"x") + masked(0x01, b"y"), 1002),
        (masked(0x88, b"\x03\xe8\xff"), 1007),
        (b"\x81\xfe\x03\xe9" + b"\0\0\0\0" + b"x" * 1001, 4413),
        (b"\x81\xff" + (1 << 40).to_bytes(8) + b"\0\0\0\0", 4413),
        (masked(0x01, b"x" * 120) + masked(0x00, b"x" * 120) * 9, 4413),
    ],
    ids=[
        "a reserved bit", "a reserved opcode", "a continuation of nothing", "two beginnings",
        "a close reason that is no UTF-8", "a long message", "an endless message", "long pieces",
    ],
)  # fmt: skip
async def test_who_breaks_the_protocol_is_told_and_heard_no_more(
    gateway: Recorder, server: TestServer, sent: bytes, code: int
) -> None:
    reader, writer, _ = await raw(server)
    writer.write(sent + masked(0x81, b"too late"))
    assert await asyncio.wait_for(reader.readexactly(4), scaled(5)) == b"\x88\x02" + code.to_bytes(2)
    writer.close()
    await asyncio.wait_for(gateway.ended.wait(), scaled(5))
    assert gateway.heard == []


@pytest.mark.parametrize(("sent", "code"), [(b"\x03\xe9", 1001), (b"", 0)], ids=["with a code", "without"])
async def test_a_close_is_answered(gateway: Recorder, server: TestServer, sent: bytes, code: int) -> None:
    reader, writer, _ = await raw(server)
    writer.write(masked(0x88, sent))
    answer = await asyncio.wait_for(reader.read(), scaled(5))
    assert answer == b"\x88\x02" + (code or 1000).to_bytes(2)
    await asyncio.wait_for(gateway.ended.wait(), scaled(5))
    assert gateway.code == code
    writer.close()


async def test_a_fault_of_the_listener_ends_only_this_socket(
    gateway: Recorder, server: TestServer, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: bytes) -> None:
        raise LookupError("a fault")

    gateway.on_text = fail
    reader, writer, _ = await raw(server)
    writer.write(masked(0x81, b"x"))
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), scaled(5)) == b""
    await asyncio.wait_for(gateway.ended.wait(), scaled(5))
    assert gateway.code == 1006
    writer.close()


async def test_a_silent_peer_gets_a_ping_and_is_cut_off(gateway: Recorder, server: TestServer) -> None:
    gateway.heartbeat = 0.2
    reader, writer, _ = await raw(server)
    assert await asyncio.wait_for(reader.read(), scaled(5)) == b"\x89\0"
    await asyncio.wait_for(gateway.ended.wait(), scaled(5))
    assert gateway.code == 1006
    writer.close()


async def test_a_peer_that_answers_pings_stays(
    gateway: Recorder, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    gateway.heartbeat = scaled(0.6)
    async with browser.ws_connect(server.make_url("/")) as socket:
        reading = asyncio.create_task(socket.receive())
        await until(lambda: gateway.heard.count((WSMsgType.PONG, b"")) >= 2)
        assert not reading.done()
        gateway.socket.send(b"hello")
        assert (await reading).data == "hello"


# --- to the peer -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535])
async def test_frames_of_every_length_arrive(
    gateway: Recorder, server: TestServer, browser: aiohttp.ClientSession, size: int
) -> None:
    def speak(socket: WebSocket) -> None:
        socket.send(b"x" * size)
        socket.close(CloseCode.RESTART)

    gateway.on_open = speak
    assert await frames(browser, server) == (["x" * size], CloseCode.RESTART)


async def test_frames_arrive_in_order_before_the_close(
    gateway: Recorder, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    def speak(socket: WebSocket) -> None:
        for number in range(100):
            socket.send(f"ä {number}".encode())
        socket.close(CloseCode.BANNED)
        socket.send(b"too late")
        socket.close(CloseCode.RESTART)

    gateway.on_open = speak
    assert await frames(browser, server) == ([f"ä {number}" for number in range(100)], CloseCode.BANNED)
    assert gateway.socket.closed_with is CloseCode.BANNED


async def test_a_reader_that_does_not_read_is_cut_off(gateway: Recorder, server: TestServer) -> None:
    reader, writer, _ = await raw(server)
    sent = 0
    while not gateway.ended.is_set():
        gateway.socket.send(b"x" * 8000)
        sent += 8000
        await asyncio.sleep(0)
    gateway.socket.send(b"to nobody")
    assert sent < 64 * 1024 * 1024, "what the kernel keeps, and the limit"
    with suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), scaled(5))  # read to the end
    writer.close()


async def test_a_close_does_not_wait_for_a_silent_browser(gateway: Recorder, server: TestServer) -> None:
    gateway.on_open = lambda socket: socket.close(CloseCode.NO_HELLO)
    reader, writer, _ = await raw(server)
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), scaled(10)) == b"\x88\x02" + CloseCode.NO_HELLO.to_bytes(
            2
        )
    await asyncio.wait_for(gateway.ended.wait(), scaled(10))
    assert gateway.code == 1006
    writer.close()


# --- the end ---------------------------------------------------------------------------------------


@pytest.fixture
def _without_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collections")
@pytest.mark.parametrize("goodbye", ["closed", "cut", "refused"])
async def test_a_closed_socket_is_freed_without_the_garbage_collector(
    gateway: Recorder, server: TestServer, goodbye: str
) -> None:
    freed: list[Any] = []

    def watch(socket: WebSocket) -> None:
        freed.append(weakref.ref(socket))
        gateway.sockets.clear()

    gateway.on_open = watch
    _, writer, _ = await raw(server)
    writer.write(masked(0x81, b"hello"))
    if goodbye == "closed":
        writer.write(masked(0x88, b"\x03\xe9"))
    elif goodbye == "refused":
        writer.write(masked(0x83, b""))
        await writer.drain()
        writer.close()
    else:
        writer.transport.abort()
    await asyncio.wait_for(gateway.ended.wait(), scaled(5))
    await until(lambda: freed[0]() is None)
    writer.close()


async def test_a_peer_that_cannot_pay_is_read_later_and_loses_nothing(
    gateway: Recorder, server: TestServer, browser: aiohttp.ClientSession
) -> None:
    charged: list[int] = []

    def charge(amount: int) -> float:
        charged.append(amount)
        return 0.05 if len(charged) in (2, 3) else 0.0

    gateway.charge = charge
    async with asyncio.timeout(scaled(10)), browser.ws_connect(server.make_url("/")) as socket:
        for number in range(100):
            await socket.send_str(f"{number:0500}")
            if number % 10 == 9:  # so that they come in ten reads or more
                await until(partial(gateway.has_heard, number + 1))
        await socket.close()
        await gateway.ended.wait()
    assert [int(payload) for _, payload in gateway.heard] == list(range(100))
    assert charged[1] == charged[2] == charged[3], "what was not paid is asked for again"
    assert min(charged) >= CHARGED_AT


async def test_empty_fragments_are_charged(gateway: Recorder, server: TestServer) -> None:
    charged: list[int] = []
    gateway.charge = lambda amount: charged.append(amount) or 0.0  # type: ignore[func-returns-value]
    _, writer, _ = await raw(server)
    writer.write(masked(0x01, b"") + masked(0x00, b"") * 2000)
    await until(lambda: sum(charged) >= 6 * 1500)
    writer.transport.abort()
    assert not gateway.heard


async def test_all_slow_readers_together_have_a_budget(gateway: Recorder, server: TestServer) -> None:
    """Each may have 64 KiB waiting, but both together only 64 KiB."""
    gateway.budget = QueueBudget(QUEUE_BYTES)
    readers = [await raw(server), await raw(server)]  # their buffers are small, and nobody empties them
    while not any(one._closing for one in gateway.sockets):
        for one in gateway.sockets:
            one.send(b"x" * 8000)
        await asyncio.sleep(0)
    (left,) = (socket for socket in gateway.sockets if not socket._closing)
    assert 0 < left.queued_bytes() <= QUEUE_BYTES
    for _, writer, _ in readers:
        writer.transport.abort()


async def test_a_long_backlog_arrives_whole_and_in_order(gateway: Recorder, server: TestServer) -> None:
    reader, writer, _ = await raw(server)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    texts: list[bytes] = []
    while len(gateway.socket._backlog) < 10_000:  # the system takes some at first
        texts.append(f"{len(texts):05}".encode() * 12)
        gateway.socket.send(texts[-1])
        await asyncio.sleep(0)
    gateway.socket.close(CloseCode.RESTART)
    end = b"\x88\x02" + CloseCode.RESTART.to_bytes(2, "big")
    received = b""
    async with asyncio.timeout(scaled(10)):
        while not received.endswith(end):
            received += await reader.read(4096)
    assert received == b"".join(b"\x81" + bytes((len(text),)) + text for text in texts) + end
    writer.transport.abort()
