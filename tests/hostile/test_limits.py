"""The gateway refuses hostile requests with a clear answer, or closes the connection."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bench.client.http import fetch_challenge, fetch_token, solve

from ..integration.cluster import Cluster, Service
from ..integration.meetings import meet, pair, visitors
from ..timing import scaled, until
from ..visitor import ORIGIN, opened, visitor
from .crowd import address
from .peers import upgrade

pytestmark = pytest.mark.asyncio(loop_scope="session")

CROWD = {"X-Forwarded-For": "203.0.113.1", "Origin": ORIGIN}
NEIGHBOUR = {"X-Forwarded-For": "203.0.113.200", "Origin": ORIGIN}
STRANGER = {"X-Forwarded-For": "198.51.100.1", "Origin": ORIGIN}


@asynccontextmanager
async def connection(
    gateway: Service, said: bytes
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(said)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ends(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """Return all bytes before the connection ends or breaks."""
    async with asyncio.timeout(scaled(seconds)):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def test_a_network_that_asks_too_often_is_told_when_to_come_back(strict: Cluster) -> None:
    url, gateway = f"{strict.urls[0]}/api/challenge", strict.gateways[0]
    async with aiohttp.ClientSession() as http:
        statuses = []
        while 429 not in statuses:
            async with http.get(url, headers=CROWD) as answer:
                statuses.append(answer.status)
                told = await answer.json(content_type=None)
        assert (answer.content_type, told["code"]) == ("application/problem+json", "too_fast")
        seconds = int(answer.headers["Retry-After"])
        assert answer.headers["Connection"] == "close", "who is refused takes a turn at the door again"
        assert len(statuses) > 40
        async with http.get(url, headers=NEIGHBOUR) as answer:
            assert answer.status == 429
        with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
            await http.ws_connect(f"{strict.urls[0]}/ws", headers=CROWD)
        async with http.get(url, headers=STRANGER) as answer:
            assert answer.status == 200
        assert await gateway.metric("zufall_gateway_refused_requests_total", reason="too_fast") >= 3
        await asyncio.sleep(seconds)
        async with http.get(url, headers=CROWD) as answer:
            assert answer.status == 200


async def test_another_site_does_not_use_up_a_network(strict: Cluster) -> None:
    url = f"{strict.urls[0]}/api/session"
    async with aiohttp.ClientSession(headers={"X-Forwarded-For": address(7)}) as http:
        for _ in range(100):
            async with http.post(url, headers={"Origin": "https://evil.test"}) as answer:
                assert answer.status == 403
        async with http.post(url, data="x=1", headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status == 400
        work = await solve(await fetch_challenge(http, strict.urls[0]))
        async with http.post(url, json=work, headers={"Origin": ORIGIN}) as answer:
            assert answer.status == 201


async def test_a_request_for_a_token_is_short(strict: Cluster) -> None:
    async with aiohttp.ClientSession(headers={"X-Forwarded-For": address(1)}) as http:
        async with http.post(f"{strict.urls[0]}/api/session", data=b" " * 3000) as answer:
            assert answer.status == 413
        work = await solve(await fetch_challenge(http, strict.urls[0]))
        short = b" " * 500 + json.dumps(work).encode()
        async with http.post(f"{strict.urls[0]}/api/session", data=short) as answer:
            assert answer.status == 201


SLOW = (
    b"POST /api/session HTTP/1.1\r\nHost: zufall.test\r\nContent-Length: 100\r\n"
    b"X-Forwarded-For: 20.1.1.1\r\n\r\n{"
)


@pytest.mark.parametrize("said", [b"", upgrade()[:60]], ids=["nothing", "half a request"])
async def test_a_connection_without_a_request_is_closed(strict: Cluster, said: bytes) -> None:
    gateway = strict.gateways[0]
    before = await gateway.metric("zufall_gateway_refused_requests_total", reason="no_request")
    async with connection(gateway, said) as (reader, _):
        assert await ends(reader, 5) == b""
    assert await gateway.metric("zufall_gateway_refused_requests_total", reason="no_request") == before + 1


async def test_half_a_body_is_not_waited_for(strict: Cluster) -> None:
    async with connection(strict.gateways[0], SLOW) as (reader, _):
        async with asyncio.timeout(scaled(5)):
            assert b" 408 " in await reader.readline()


async def test_a_request_that_breaks_off_is_not_logged(strict: Cluster) -> None:
    """The cluster checks the logs when it ends."""
    async with connection(strict.gateways[0], SLOW):
        await asyncio.sleep(0.1)  # its headers are read, and it goes


async def test_a_socket_without_hello_is_closed_and_said_so(strict: Cluster) -> None:
    async with opened(strict.urls[0], address=address(2)) as mute:
        assert await mute.close_code() == 4408


async def test_only_so_many_reports_come_in_at_once(strict: Cluster) -> None:
    """Two slow requests keep a third one out, but only until their timeout."""
    async with visitor(strict.urls[0], address=address(3)) as one:
        halves = [
            (
                f"POST /api/reports HTTP/1.1\r\nHost: zufall.test\r\nX-Forwarded-For: {address(network)}\r\n"
                f"Authorization: Bearer {one.token}\r\nContent-Length: 1000000\r\n\r\n{{"
            ).encode()
            for network in (5, 6)
        ]
        gateway = strict.gateways[0]
        async with connection(gateway, halves[0]), connection(gateway, halves[1]):
            answers = []
            async with asyncio.timeout(scaled(10)):
                while 503 not in answers:
                    answers.append((await one.file(**{"pass": "x"})).status)
                while answers[-1] == 503:
                    answers.append((await one.file(**{"pass": "x"})).status)
                    await asyncio.sleep(0.1)
            assert answers[-1] == 403


async def test_pings_count_as_frames(strict: Cluster) -> None:
    async with visitor(strict.urls[0], address=address(4)) as one:
        for _ in range(1000):
            await one.socket.ping()
        assert await one.close_code() == 4429


async def test_pings_before_hello_count_as_frames(strict: Cluster) -> None:
    async with opened(strict.urls[0], address=address(8)) as mute:
        for _ in range(1000):
            await mute.socket.ping()
        assert await mute.close_code() == 4429


async def test_who_sends_too_much_is_told_when_to_come_back(strict: Cluster) -> None:
    async with visitor(strict.urls[0], address=address(9)) as one:
        for _ in range(1000):
            await one.socket.ping()
        told = await one.hear("error")
        assert told["code"] == "too_fast"
        assert told["retry_after"] > 0


async def test_lines_of_a_network_are_limited(strict: Cluster) -> None:
    """The visitor is told when to repeat the line, and the socket stays open."""
    async with visitors(strict, 0, 1) as (one, other):
        await meet(one, other, mode="text")
        for _ in range(30):
            await one.chat("hello")
        told = await one.hear("error")
        assert told["code"] == "too_fast"
        assert told["retry_after"] > 0
        assert "sent again" in told["message"]
        await one.say_here("typing")
        await other.hear("typing")


async def test_a_full_gateway_says_so_and_keeps_whom_it_has(strict: Cluster) -> None:
    gateway = strict.gateways[1]
    url = f"{gateway.url}/api/status"
    connector = aiohttp.TCPConnector(force_close=True)
    async with pair(strict, (1, 1)) as (one, other), aiohttp.ClientSession(connector=connector) as http:
        heard = asyncio.create_task(other.hear("chat")), asyncio.create_task(one.hear("chat"))
        held: list[asyncio.StreamWriter] = []
        status = 200
        async with asyncio.timeout(scaled(20)):
            while status != 503:  # a connection without a request is cut after a second
                for _ in range(160):
                    held.append((await asyncio.open_connection("127.0.0.1", gateway.port))[1])
                async with http.get(url, headers=STRANGER) as answer:
                    status, told = answer.status, await answer.json()
        assert answer.headers["Retry-After"]
        assert told["code"] == "unavailable"
        await one.chat("still here")
        await other.chat("so am I")
        assert [(await chat)["text"] for chat in heard] == ["still here", "so am I"]
        for writer in held:
            writer.transport.abort()

        async def answers() -> bool:
            async with http.get(url, headers=STRANGER) as again:
                return again.status == 200

        await until(answers, pause=0.1)


async def test_ten_times_the_candidates_are_not_relayed(usual: Cluster) -> None:
    async with visitors(usual, 0, 1) as (one, other):
        await meet(one, other, mode="video")
        for first in range(0, 320, 16):
            lines = [f"candidate:{first + n} 1 udp 1 8.8.8.8 {1000 + first + n} typ host" for n in range(16)]
            await one.say_here("candidates", candidates=[{"candidate": line} for line in lines])
        await one.chat("the end")
        heard = 0
        while (frame := await other.hear_bytes()).find(b"the end") < 0:
            heard += frame.count(b"candidate:")
        assert heard == 32


async def test_a_small_frame_costs_a_partner_little(usual: Cluster) -> None:
    async with visitors(usual, 0, 1) as (one, other):
        await meet(one, other, mode="video")
        typing = json.dumps({"type": "typing", "match": one.match.id})
        await one.socket.send_str(typing[:-1] + " " * 30_000 + "}")
        heard = await other.hear_bytes()
        assert json.loads(heard)["type"] == "typing"
        assert len(heard) < 200


async def test_a_crowd_is_admitted_at_a_steady_pace(usual: Cluster) -> None:
    """A thousand tokens take at least 1.5 s, because some 500 connections a second are accepted."""

    async def ask(number: int) -> None:
        headers = {"X-Forwarded-For": address(number), "Connection": "close"}
        async with aiohttp.ClientSession(headers=headers) as http:
            await fetch_token(http, usual.urls[1])

    began = time.monotonic()
    await asyncio.gather(*map(ask, range(1000)))
    assert time.monotonic() - began > 1.5
