"""The acceptor while it stops: connections being admitted are served, later ones are not."""

import asyncio
import json
import socket

import pytest
import uvloop
from aiohttp import web

from services.contract.rate_limit import UNLIMITED
from services.runtime.client_address import TrustedProxies
from services.runtime.http_server import HttpRunner
from services.signaling.shell.acceptor import PacedAcceptor
from services.signaling.shell.open_connections import OpenConnections


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def answer_when_closed_after(turns: int) -> bytes:
    """Connect to an acceptor that stops this many turns of the loop later."""
    app = web.Application()
    app.add_routes([web.get("/", hello)])
    runner = HttpRunner(app, {})
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    acceptor = PacedAcceptor(
        runner,
        [("127.0.0.1", port)],
        UNLIMITED,
        OpenConnections(10, 10),
        TrustedProxies(),
        lambda transport, protocol: None,
    )
    await acceptor.start()
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    acceptor = PacedAcceptor(
        runner,
        [("127.0.0.1", port)],
        UNLIMITED,
        OpenConnections(0, 0),
        TrustedProxies(),
        lambda transport, protocol: None,
    )
    await acceptor.start()
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
