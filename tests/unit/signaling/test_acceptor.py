"""The acceptor: while it stops, when it is full, and behind a proxy that announces clients."""

import asyncio
import json
import socket

import pytest
import uvloop
from aiohttp import web

from services.contract.rate_limit import UNLIMITED
from services.runtime.client_address import TrustedProxies, parse_proxies, remote_address
from services.runtime.http_server import HttpRunner
from services.signaling.shell.acceptor import PacedAcceptor
from services.signaling.shell.open_connections import OpenConnections

from .test_proxy_protocol import proxy_header


async def started(
    runner: HttpRunner,
    most: int,
    announcing: TrustedProxies | None = None,
    *,
    port: int = 0,
    shared: bool = False,
) -> tuple[PacedAcceptor, int]:
    """Return an acceptor that admits at most this many connections, and its port, a free one if it is 0."""
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
    acceptor = PacedAcceptor(
        runner,
        [("127.0.0.1", port)],
        UNLIMITED,
        OpenConnections(most, most),
        announcing or TrustedProxies(),
        announcing is not None,
        lambda transport, protocol: None,
        shared=shared,
    )
    await acceptor.start()
    return acceptor, port


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (False, False)])
async def test_a_taken_port_is_an_error_unless_both_mean_to_share_it(first: bool, second: bool) -> None:
    runner = HttpRunner(web.Application(), {})
    await runner.setup()
    acceptor, port = await started(runner, 10, shared=first)
    with pytest.raises(OSError, match=f"^cannot listen on 127.0.0.1:{port}: another process uses this port"):
        await started(runner, 10, port=port, shared=second)
    await acceptor.stop()
    await runner.cleanup()


async def test_two_gateways_that_mean_to_share_a_port_do() -> None:
    runner = HttpRunner(web.Application(), {})
    await runner.setup()
    acceptor, port = await started(runner, 10, shared=True)
    other, _ = await started(runner, 10, port=port, shared=True)
    await acceptor.stop()
    await other.stop()
    await runner.cleanup()


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def answer_when_closed_after(turns: int) -> bytes:
    """Connect to an acceptor that stops this many turns of the loop later."""
    app = web.Application()
    app.add_routes([web.get("/", hello)])
    runner = HttpRunner(app, {})
    await runner.setup()
    acceptor, port = await started(runner, 10)
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: zufall.test\r\nConnection: close\r\n\r\n")
        for _ in range(turns):
            await asyncio.sleep(0)
        await acceptor.stop()
        answer = await asyncio.to_thread(read, visitor)
    await runner.cleanup()
    return answer


def read(visitor: socket.socket) -> bytes:
    visitor.settimeout(5)
    try:
        return visitor.recv(4096)
    except ConnectionResetError:
        return b""


def test_a_connection_being_admitted_during_stop_is_served(caplog: pytest.LogCaptureFixture) -> None:
    answers = [uvloop.run(answer_when_closed_after(turns)) for turns in range(1, 12)]
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"", b"HTTP/1.1 200 OK"}
    assert not caplog.records


async def answer_when_full() -> bytes:
    runner = HttpRunner(web.Application(), {"X-Frame-Options": "DENY"})
    await runner.setup()
    acceptor, port = await started(runner, 0)
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        answer = await asyncio.to_thread(read, visitor)
    await acceptor.stop()
    await runner.cleanup()
    return answer


def test_a_full_gateway_says_so_with_the_headers_of_every_answer() -> None:
    head, _, body = uvloop.run(answer_when_full()).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    assert status == b"HTTP/1.1 503 Service Unavailable"
    assert {b"X-Frame-Options: DENY", b"Retry-After: 10", b"Content-Type: application/problem+json"} <= set(
        headers
    )
    assert json.loads(body)["code"] == "unavailable"


PROXIES = parse_proxies("127.0.0.0/8")


async def told_address(request: web.Request) -> web.Response:
    return web.Response(text=remote_address(request, PROXIES))


async def answers_behind_a_proxy(*beginnings: bytes) -> list[bytes]:
    """Return the answers to connections that begin like this, all of an announcing proxy."""
    app = web.Application()
    app.add_routes([web.get("/", told_address)])
    runner = HttpRunner(app, {})
    await runner.setup()
    acceptor, port = await started(runner, 10, PROXIES)
    answers = []
    for beginning in beginnings:
        with socket.create_connection(("127.0.0.1", port)) as visitor:
            visitor.sendall(beginning + b"GET / HTTP/1.1\r\nHost: zufall.test\r\nConnection: close\r\n")
            visitor.sendall(b"X-Forwarded-For: 6.6.6.6\r\n\r\n")
            answers.append(await asyncio.to_thread(read, visitor))
    await acceptor.stop()
    await runner.cleanup()
    return answers


def test_an_announced_client_is_believed_and_what_it_forwards_is_not() -> None:
    beginnings = [proxy_header("203.0.113.7"), proxy_header("2001:db8::7"), proxy_header("")]
    answers = uvloop.run(answers_behind_a_proxy(*beginnings))
    told = [answer.rpartition(b"\r\n")[2] for answer in answers]
    assert told == [b"203.0.113.7", b"2001:db8::7", b"6.6.6.6"], (
        "the last is the proxy itself, which forwards"
    )


def test_a_proxy_that_announces_nobody_is_refused() -> None:
    assert uvloop.run(answers_behind_a_proxy(b"", b"PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n")) == [b"", b""]
