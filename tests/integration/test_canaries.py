"""What people say, and where they are, stands in no log, trace, metric or error, whatever they send."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.reports.shell.console.auth import DEFAULT_ORIGIN

from ..servers import free_port
from ..timing import scaled
from ..traces import TraceCollector, trace_collector
from ..visitor import OFFER, ManualVisitor, opened, picture, resumed, visitor
from .cluster import Cluster, running_cluster
from .console.test_oidc import provider

pytestmark = pytest.mark.asyncio(loop_scope="session")

CANARY = "cAnArY7f3a"
"""A part of everything that is sent below and that nobody may learn."""
ADDRESS = "203.0.113.77"
MAIL = f"{CANARY}@example.org".lower()
SDP = OFFER.replace("Zf4l", CANARY).replace("127.0.0.1", ADDRESS)
CANDIDATE = f"candidate:1 1 udp 2122260223 {ADDRESS} 40000 typ host ufrag {CANARY}"

HOST = b"Host: zufall.test\r\nX-Forwarded-For: %b\r\n" % ADDRESS.encode()
WORD = CANARY.encode()

REQUESTS: Sequence[bytes] = [
    WORD + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + WORD,
    b"GET /%b HTTP/1.1\r\n" % (WORD * 1000) + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Authorization: Bearer %b\x00\r\n\r\n" % WORD,
    b"GET / HTTP/1.1\r\n" + HOST + b"Authorization: Bearer %b\r\n\r\n" % (WORD * 1000),
    b"GET / HTTP/1.1\r\n" + HOST + b"%b : x\r\n\r\n" % WORD,
    b"POST /api/session HTTP/1.1\r\n" + HOST + b"Content-Length: %b\r\n\r\n" % WORD,
    b"POST /api/session HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n%b\r\n\r\n" % WORD,
    b"POST /api/session HTTP/1.1\r\n" + HOST + b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + WORD,
    b"GET /ws HTTP/1.1\r\n" + HOST + b"Sec-WebSocket-Protocol: %b\r\n\r\n" % WORD,
    b"GET /ws HTTP/1.1\r\n" + HOST + b"Origin: http://%b\r\n\r\n" % WORD,
    b"GET /%b?%b HTTP/1.1\r\n" % (WORD, WORD) + HOST + b"Cookie: %b\r\n\r\n" % WORD,
    b"GET http://%b/ HTTP/1.1\r\nHost: %b\r\nX-Forwarded-For: %b\r\n\r\n" % (WORD, WORD, WORD),
    b"%b / HTTP/1.1\r\n" % WORD + HOST + b"\r\n",
]
"""Requests of which aiohttp or the gateway cannot make sense."""

BODIES: Sequence[Any] = [
    CANARY,
    {CANARY: 1},
    {"device": CANARY},
    {"device": {"key": CANARY, "challenge": CANARY, "signature": CANARY}},
    {"pass": CANARY, "reason": CANARY},
    {"pass": CANARY, "reason": "spam", "note": CANARY, "frames": [CANARY], "chat": [{"from": CANARY}]},
    {"appeal": CANARY, "text": CANARY},
    {"appeal": 1, CANARY: CANARY},
    {"name": MAIL, "password": CANARY, "code": CANARY},
    {"name": MAIL, CANARY: CANARY},
]

FRAMES: Sequence[Any] = [
    CANARY,
    {"type": CANARY},
    {"type": "find", "mode": CANARY},
    {"type": "find", "mode": "text", "languages": [CANARY]},
    {"type": "stop", CANARY: CANARY},
    {"type": "chat", "match": CANARY, "n": 0, "text": CANARY, "id": CANARY},
    {"type": "description", "match": CANARY, "description": {"type": CANARY, "sdp": CANARY}},
    {"type": "candidates", "match": CANARY, "candidates": CANARY},
    {"type": "hello", "token": CANARY, "epoch": 1},
    {"type": "hello", "token": CANARY, "epoch": CANARY},
]


@asynccontextmanager
async def watched_cluster(folder: Path, collector: TraceCollector) -> AsyncIterator[Cluster]:
    """Run a cluster that logs and traces all that it can, behind a proxy and with an identity provider."""
    people = [{"sub": "stranger", "email": MAIL, "email_verified": True}]
    async with (
        provider(free_port(), people) as issuer,
        running_cluster(
            folder,
            ZUFALL_LOGS="json",
            ZUFALL_LOG_LEVEL="debug",
            ZUFALL_TRACES=collector.url,
            ZUFALL_TRACE_SHARE="1",
            ZUFALL_TRUSTED_PROXIES="1",
            ZUFALL_OIDC_ISSUER=issuer,
            ZUFALL_OIDC_CLIENT_ID="zufall",
            ZUFALL_OIDC_CLIENT_SECRET="secret",
        ) as running,
    ):
        yield running


class Errors:
    """The errors that were answered: their HTTP answers and WebSocket frames."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    @property
    def codes(self) -> set[str]:
        bodies = [json.loads(one[one.index(b"{") :]) for one in self.said if b'"code"' in one]
        return {body["code"] for body in bodies}

    async def of_request(self, url: str, sent: bytes) -> None:
        """Send bytes, and take the answer if it comes before the server waits for more."""
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), scaled(10))
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        writer.close()
        if b" 200 " not in head.splitlines()[0]:
            self.said.append(head + body)

    async def of_response(self, answer: aiohttp.ClientResponse) -> None:
        assert answer.status >= 400, answer
        self.said.append(repr(answer.raw_headers).encode() + await answer.read())

    async def of_frames(self, one: ManualVisitor) -> None:
        """Take the error with which the gateway closes the socket."""
        async for message in one.socket:
            if '"error"' in message.data:
                self.said.append(message.data.encode())


async def converse(one: ManualVisitor, other: ManualVisitor) -> None:
    """Let two meet, exchange everything, report and part."""
    for each in (one, other):
        await each.find("video", interests=[CANARY.lower()])
    for each in (one, other):
        await each.meet()
    await one.say_here("description", description={"type": "offer", "sdp": SDP})
    await one.say_here("candidates", candidates=[{"candidate": CANDIDATE, "sdpMid": "0"}])
    await one.chat(f"{CANARY} is a line")
    assert CANARY in (await other.hear("chat"))["text"]
    lines = [{"from": "accused", "text": CANARY}]
    filed = await one.file(reason="spam", note=CANARY, chat=lines, frames=[picture()])
    assert filed.status == 201


async def send_bad_requests(url: str, one: ManualVisitor, errors: Errors) -> None:
    for sent in REQUESTS:
        await errors.of_request(url, sent)
    for path in ("/api/session", "/api/reports", "/api/appeals"):
        for body in BODIES:
            for token in (one.token, CANARY):
                headers = {"Authorization": f"Bearer {token}"}
                async with one.http.post(url + path, json=body, headers=headers) as answer:
                    await errors.of_response(answer)
    for path in ("/api/standing", "/api/appeals"):
        async with one.http.get(url + path, headers={"Authorization": f"Bearer {CANARY}"}) as answer:
            await errors.of_response(answer)


async def send_bad_frames(url: str, errors: Errors) -> None:
    for frame in FRAMES:
        async with opened(url, address=ADDRESS) as silent, visitor(url, address=ADDRESS) as welcome:
            for one in (silent, welcome):
                await one.say_bytes(json.dumps(frame).encode())
                await errors.of_frames(one)
    for raw in (
        b"\xc1\x8a\0\0\0\0" + WORD,
        b"\x81\x0a" + WORD,
        b"\x82\x8a\0\0\0\0" + WORD,
        b"\x88\x8a\0\0\0\0" + WORD,
    ):
        async with visitor(url, address=ADDRESS) as one:
            one.socket._writer.transport.write(raw)
            await errors.of_frames(one)


async def send_bad_signals(one: ManualVisitor, errors: Errors) -> None:
    """Send a description that no browser makes, and a pass and a memory that are none."""
    await one.say_here("description", description={"type": "offer", "sdp": SDP + f"{CANARY}\r\n"})
    errors.said.append(await _error(one))
    await one.say("block", **{"pass": CANARY})
    errors.said.append(await _error(one))
    async with opened(one.url, address=ADDRESS) as stranger:
        await stranger.hello(memory=CANARY, **{"pass": one.match.sealed_pass})
        errors.said += [await _error(stranger), await _error(stranger)]


async def _error(one: ManualVisitor) -> bytes:
    return json.dumps(await one.hear("error")).encode()


async def log_in_badly(console: str, errors: Errors) -> None:
    """Try passwords, and come from the identity provider as somebody who has no account."""
    async with aiohttp.ClientSession(headers={"Origin": DEFAULT_ORIGIN}) as http:
        for body in BODIES:
            async with http.post(f"{console}/console/api/session", json=body) as answer:
                await errors.of_response(answer)
        async with http.get(f"{console}/console/api/oidc", allow_redirects=False) as left:
            to_provider, cookie = left.headers["Location"], left.headers["Set-Cookie"].partition(";")[0]
        async with http.post(to_provider, data={"sub": "stranger"}, allow_redirects=False) as answer:
            back = console + answer.headers["Location"].removeprefix(DEFAULT_ORIGIN)
        for accepted in ("application/json", "text/html"):
            headers = {"Cookie": cookie, "Accept": accepted}
            for way in (back, f"{console}/console/api/oidc/return?error={CANARY}&state={CANARY}"):
                async with http.get(way, headers=headers, allow_redirects=False) as answer:
                    errors.said.append(repr(answer.raw_headers).encode() + await answer.read())
    for sent in REQUESTS[:6]:
        await errors.of_request(console, sent)


async def test_no_canary_is_logged_traced_counted_or_repeated(tmp_path: Path) -> None:
    errors = Errors()
    async with trace_collector() as collector, watched_cluster(tmp_path, collector) as cluster:
        gateway = cluster.gateways[0]
        async with visitor(gateway.url, address=ADDRESS) as one, visitor(cluster.urls[1]) as other:
            await converse(one, other)
            await send_bad_signals(one, errors)
            sealed = [one.token, one.match.sealed_pass, one.memory, one.name, other.name, one.match.id]
            async with resumed(gateway.url, one):
                await send_bad_requests(gateway.url, one, errors)
        await send_bad_frames(gateway.url, errors)
        await log_in_badly(cluster.reports.console, errors)
        metrics = "\n".join([await service.metrics() for service in cluster.services])
        malformed = await gateway.metric("zufall_http_malformed_requests_total")
        await collector.until_recorded(matched=2, commit=1)
    lines = [line for service in cluster.services for line in service.log.read_text().splitlines()]
    assert {"listening", "a login was refused"} <= {json.loads(line)["event"] for line in lines}
    assert malformed >= 6
    assert "description_refused" in errors.codes
    assert {"bad_frame", "token_refused", "pass_refused", "memory_refused", "login_refused"} <= errors.codes
    traces, answers = (
        b"\n".join(said).decode(errors="replace") for said in (collector.received, errors.said)
    )
    assert {"find", "reserve", "answer"} <= {span.name for span in collector.spans}
    for place in ("\n".join(lines), traces, metrics, answers):
        found = [secret for secret in (CANARY, ADDRESS, *sealed) if secret.lower() in place.lower()]
        assert found == [], place
