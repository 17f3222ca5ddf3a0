"""What aiohttp cannot read is answered with a problem and our headers, and neither logged nor understood."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import structlog
from aiohttp import web

from services.contract.errors import RequestTooSlow
from services.runtime.http_responses import problem_middleware
from services.runtime.http_server import HttpRunner
from services.runtime.metrics import MALFORMED_REQUESTS
from services.runtime.request_body import read_body
from tests.timing import scaled

HOST = b"Host: zufall.test\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
CANARY = b"canary"

MALFORMED = {
    "no HTTP": CANARY + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + CANARY,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is none": b"CAN@RY / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": GET + HOST + b"\r\n",
    "a long path": b"GET /" + CANARY * 2000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": GET + b"Authorization: Bearer " + CANARY * 2000 + b"\r\n\r\n",
    "a long name of a header": GET + CANARY * 2000 + b": x\r\n\r\n",
    "too many headers": GET + b"X: x\r\n" * 200 + b"\r\n",
    "a NUL in a header": GET + b"Authorization: Bearer " + CANARY + b"\x00\r\n\r\n",
    "a folded header": GET + b"X: x\r\n " + CANARY + b"\r\n\r\n",
    "a blank before the colon": GET + b"X : " + CANARY + b"\r\n\r\n",
    "a line that ends with CR": GET + b"X: x\rY: " + CANARY + b"\r\n\r\n",
    "lines that end with LF": b"GET / HTTP/1.1\nHost: zufall.test\n\n",
    "a length and chunks": CHUNKED + b"Content-Length: 6\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 6\r\n\r\n" + CANARY,
    "the same length twice": POST + b"Content-Length: 6\r\nContent-Length: 6\r\n\r\n" + CANARY,
    "a list of lengths": POST + b"Content-Length: 6, 6\r\n\r\n" + CANARY,
    "a signed length": POST + b"Content-Length: +6\r\n\r\n" + CANARY,
    "a negative length": POST + b"Content-Length: -6\r\n\r\n" + CANARY,
    "another transfer encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks that are not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a tab before chunked": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": CHUNKED + b"\r\n" + CANARY + b"\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"\r\n1\r\n" + CANARY + b"\r\n0\r\n\r\n",
    "a chunk of a negative size": CHUNKED + b"\r\n-1\r\nx\r\n0\r\n\r\n",
    "a chunk of 2**72 bytes": CHUNKED + b"\r\nffffffffffffffffff\r\nx\r\n0\r\n\r\n",
    "a long trailer": CHUNKED + b"\r\n0\r\nX: " + CANARY * 2000 + b"\r\n\r\n",
}


class ProbedServer:
    """A server on a free port. `reading` is set when it has begun to read a body."""

    def __init__(self) -> None:
        self.port = 0
        self.reading = asyncio.Event()

    async def echo(self, request: web.Request) -> web.Response:
        self.reading.set()
        body = await read_body(request, 1000, scaled(0.2))
        return web.Response(body=body, headers={"X-Content-Type-Options": "mine"})

    async def send(self, request: web.Request) -> web.Response:
        return web.Response(content_type=request.query["type"])

    async def fail(self, _: web.Request) -> web.Response:
        raise RuntimeError(CANARY.decode())

    async def answer(self, sent: bytes, body: bytes = b"") -> bytes:
        """Send a request, and its body once the server reads it. Return all until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        async with asyncio.timeout(scaled(5)):
            writer.write(sent)
            if body:
                await self.reading.wait()
                writer.write(body)
            said = await reader.read()
        writer.close()
        return said


@pytest.fixture
async def server() -> AsyncIterator[ProbedServer]:
    made = ProbedServer()
    app = web.Application(middlewares=[problem_middleware({RequestTooSlow: 408})])
    app.add_routes([web.route("*", "/", made.echo), web.get("/fail", made.fail), web.get("/send", made.send)])
    headers = {
        "Content-Security-Policy": "default-src 'self'",
        "Permissions-Policy": "usb=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    runner = HttpRunner(app, headers, lingering_time=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = int(runner.addresses[0][1])
    yield made
    await runner.cleanup()


def problem(answer: bytes) -> tuple[bytes, str]:
    """Return the status line of the only answer and the code of its problem. Its headers are ours."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    assert {
        b"Content-Type: application/problem+json",
        b"X-Content-Type-Options: nosniff",
        b"Server: Zufall",
    } <= set(headers)
    assert CANARY not in answer
    return status.partition(b" ")[2], json.loads(body)["code"]


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_request_is_a_problem_that_nobody_logs(
    server: ProbedServer, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = MALFORMED_REQUESTS._value.get()
    with structlog.testing.capture_logs() as logged:
        answer = await server.answer(sent)
    assert problem(answer) == (b"400 Bad Request", "invalid_request")
    assert MALFORMED_REQUESTS._value.get() == before + 1
    assert not logged
    assert not caplog.records


SMUGGLED = b"GET /fail HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        CHUNKED + b"Content-Length: %d\r\n\r\n0\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        POST + b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        CHUNKED + b"\r\n0\r\nX: \x00\r\n\r\n" + SMUGGLED,
    ],
)
async def test_no_second_request_hides_in_a_body(server: ProbedServer, sent: bytes) -> None:
    with structlog.testing.capture_logs() as logged:
        assert problem(await server.answer(sent))[0] == b"400 Bad Request"
    assert not logged, "the hidden request would have failed"


async def test_what_follows_a_good_request_is_refused_by_itself(server: ProbedServer) -> None:
    good, _, bad = (await server.answer(GET + b"\r\n", CANARY + b"\r\n\r\n")).partition(b"HTTP/1.0 ")
    assert good.startswith(b"HTTP/1.1 200 OK")
    assert problem(b"HTTP/1.0 " + bad) == (b"400 Bad Request", "invalid_request")


BODIES = {
    "half a body": (b"Content-Length: 6", CANARY[:3], "too_slow"),
    "half a chunk": (b"Transfer-Encoding: chunked", b"6\r\n", "too_slow"),
    "a bad chunk": (b"Transfer-Encoding: chunked", CANARY + b"\r\n\r\n", "too_slow"),
    "no gzip": (b"Content-Encoding: gzip\r\nContent-Length: 6", CANARY, "invalid_request"),
    "large": (b"Content-Length: 1001", b"x" * 1001, "too_large"),
    "large without a length": (b"Transfer-Encoding: chunked", b"3e9\r\n" + b"x" * 1001, "too_large"),
}
"""Headers and the body that follows, with the code of the answer."""


@pytest.mark.parametrize(("headers", "body", "code"), BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_slow_malformed_or_large_is_a_problem(
    server: ProbedServer, headers: bytes, body: bytes, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = POST + b"Connection: close\r\n" + headers + b"\r\n\r\n"
    assert problem(await server.answer(sent, body))[1] == code
    assert not caplog.records


async def test_a_handler_that_fails_is_logged_without_its_words(server: ProbedServer) -> None:
    with structlog.testing.capture_logs() as logged:
        answer = await server.answer(SMUGGLED)
    assert problem(answer) == (b"500 Internal Server Error", "internal")
    assert [line["event"] for line in logged] == ["a request failed"]


async def test_a_header_of_the_response_itself_stays(server: ProbedServer) -> None:
    answer = await server.answer(GET + b"Connection: close\r\n\r\n")
    assert b"X-Content-Type-Options: mine\r\n" in answer
    assert b"Server: Zufall\r\n" in answer


@pytest.mark.parametrize(
    ("media_type", "has", "content_policy"),
    [
        (b"text/html", True, b"default-src 'self'"),
        (b"text/javascript", False, b"default-src 'self'"),
        (b"text/css", False, b"default-src 'self'"),
        (b"text/plain", False, b"default-src 'self'"),
        (b"image/svg%2Bxml", False, b"default-src 'self'"),
        (b"application/json", False, b"default-src 'none'; frame-ancestors 'none'"),
        (b"application/problem%2Bjson", False, b"default-src 'none'; frame-ancestors 'none'"),
        (b"application/manifest%2Bjson", False, b"default-src 'none'; frame-ancestors 'none'"),
    ],
)
async def test_each_type_has_the_headers_that_concern_it(
    server: ProbedServer, media_type: bytes, has: bool, content_policy: bytes
) -> None:
    asked = b"GET /send?type=" + media_type + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    answer = await server.answer(asked)
    assert answer.startswith(b"HTTP/1.1 200")
    for header in (b"Permissions-Policy: usb=()\r\n", b"X-Frame-Options: DENY\r\n"):
        assert (header in answer) == has
    assert b"Content-Security-Policy: " + content_policy + b"\r\n" in answer
    assert b"X-Content-Type-Options: nosniff\r\n" in answer
