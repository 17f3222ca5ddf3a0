"""Bad input over HTTP gets a problem with a stable code, and the next request is served."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bench.client.http import fetch_token
from services.contract.ids import random_id
from services.contract.keys import new_key

from ..visitor import ManualVisitor, picture, visitor
from .cluster import Cluster
from .meetings import meet
from .test_gateway_bad_input import FORGED, TOKENS

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEGABYTE = 1024 * 1024
DEEP = b"[" * 100_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reporter(cluster: Cluster) -> AsyncIterator[ManualVisitor]:
    """Provide a visitor with a valid pass, who still talks with the partner at the end of the module."""
    async with visitor(cluster.urls[0]) as one, visitor(cluster.urls[1]) as other:
        await meet(one, other, mode="video")
        listening = asyncio.create_task(one.hear("ended", seconds=600))  # who reads answers pings, too
        heard = asyncio.create_task(other.hear("chat", seconds=600))
        yield one
        await one.chat("all the time")
        assert (await heard)["text"] == "all the time"
        listening.cancel()


async def is_problem(answer: aiohttp.ClientResponse, status: int, code: str) -> None:
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/problem+json"
    problem = await answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    has_our_headers(answer)


def has_our_headers(answer: aiohttp.ClientResponse) -> None:
    assert answer.headers["Server"] == "Zufall"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = answer.headers["Content-Security-Policy"]
    if answer.content_type.endswith("json"):
        assert policy == "default-src 'none'; frame-ancestors 'none'"
    else:
        assert "require-trusted-types-for 'script'; trusted-types zufall" in policy
        assert "unsafe-inline" not in policy
    if answer.content_type == "text/html":
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "usb=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers, "the origin is http"


@pytest.mark.parametrize("path", ["/", "/status", "/sw.js", "/api/config", "/api/status", "/api/challenge"])
async def test_a_good_answer_has_the_same_headers_as_a_problem(cluster: Cluster, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(cluster.urls[0] + path) as answer:
        assert answer.status == 200
        has_our_headers(answer)


REQUESTS: dict[str, tuple[str, str, bytes | None, int, str]] = {
    "a session of no JSON": ("POST", "/api/session", b"{", 400, "invalid_request"),
    "a session of a list": ("POST", "/api/session", b"[]", 400, "invalid_request"),
    "a session of null": ("POST", "/api/session", b"null", 400, "invalid_request"),
    "a session of bad UTF-8": ("POST", "/api/session", b'{"\xff":1}', 400, "invalid_request"),
    "a session of great depth": ("POST", "/api/session", b'{"a":' + DEEP[:1000], 400, "invalid_request"),
    "a session with an unknown field": ("POST", "/api/session", b'{"name":"x"}', 400, "invalid_request"),
    "a session without end": ("POST", "/api/session", b" " * 5 * MEGABYTE, 413, "too_large"),
    "a session without work": ("POST", "/api/session", b"{}", 403, "work_refused"),
    "a session by GET": ("GET", "/api/session", None, 405, "method_not_allowed"),
    "a session by DELETE": ("DELETE", "/api/session", None, 405, "method_not_allowed"),
    "a challenge by POST": ("POST", "/api/challenge", b"{}", 405, "method_not_allowed"),
    "a report by GET": ("GET", "/api/reports", None, 405, "method_not_allowed"),
    "a report without a token": ("POST", "/api/reports", b"{}", 401, "token_refused"),
    "a standing without a token": ("GET", "/api/standing", None, 401, "token_refused"),
    "an endpoint that is none": ("GET", "/api/nothing", None, 404, "not_found"),
    "a page that is none": ("GET", "/nothing.html", None, 404, "not_found"),
    "a file outside of the page": ("GET", "/..%2f..%2fpyproject.toml", None, 404, "not_found"),
    "a path with a NUL": ("GET", "/%00", None, 404, "not_found"),
    "a socket without an upgrade": ("GET", "/ws", None, 400, "invalid_request"),
    "a socket by POST": ("POST", "/ws", b"", 405, "method_not_allowed"),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
async def test_a_bad_request_is_a_problem(
    cluster: Cluster, request_: tuple[str, str, bytes | None, int, str]
) -> None:
    method, path, body, status, code = request_
    async with aiohttp.ClientSession() as http:
        async with http.request(method, cluster.urls[0] + path, data=body) as answer:
            await is_problem(answer, status, code)
        assert await fetch_token(http, cluster.urls[0])


def _changed(**fields: Any) -> Any:
    return lambda good: json.dumps(good | fields).encode()


REPORTS: dict[str, tuple[Any, int, str]] = {
    "no JSON": (lambda good: b"{", 400, "invalid_request"),
    "a list": (lambda good: b"[]", 400, "invalid_request"),
    "bad UTF-8": (lambda good: b'{"pass":"\xff"}', 400, "invalid_request"),
    "great depth": (lambda good: b'{"pass":' + DEEP, 400, "invalid_request"),
    "an unknown field": (_changed(accused="somebody"), 400, "invalid_request"),
    "an unknown reason": (_changed(reason="ugly"), 400, "invalid_request"),
    "a long note": (_changed(note="x" * 1001), 400, "invalid_request"),
    "21 lines of chat": (_changed(chat=[{"from": "accused", "text": "x"}] * 21), 400, "invalid_request"),
    "a line of nobody": (_changed(chat=[{"from": "me", "text": "x"}]), 400, "invalid_request"),
    "four frames": (_changed(frames=[picture()] * 4), 400, "invalid_request"),
    "bad base64": (_changed(frames=["§§§"]), 400, "invalid_request"),
    "half of base64": (_changed(frames=["abc"]), 400, "invalid_request"),
    "a frame that is no picture": (_changed(frames=["aGVsbG8="]), 400, "evidence_refused"),
    "half a picture": (_changed(frames=[picture()[:400]]), 400, "evidence_refused"),
    "an empty frame": (_changed(frames=[""]), 400, "evidence_refused"),
    "an empty pass": (_changed(**{"pass": ""}), 400, "invalid_request"),
    "five megabytes": (_changed(note="x" * 5 * MEGABYTE), 413, "too_large"),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
async def test_a_bad_report_is_a_problem(
    cluster: Cluster, reporter: ManualVisitor, report: tuple[Any, int, str]
) -> None:
    spoil, status, code = report
    body = spoil({"pass": reporter.match.sealed_pass, "reason": "spam"})
    url = f"{cluster.urls[0]}/api/reports"
    async with reporter.http.post(url, data=body, headers=reporter.authorization) as answer:
        await is_problem(answer, status, code)
    assert await reports_about(cluster, reporter.match.id) == 0


@FORGED
async def test_a_report_with_a_bad_pass_is_refused(
    cluster: Cluster, reporter: ManualVisitor, forge: Any
) -> None:
    sealed = forge(cluster.environment["ZUFALL_PASS_KEYS"], reporter.name)
    await is_problem(await reporter.file(**{"pass": sealed}), 403, "pass_refused")


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
async def test_a_report_with_a_bad_token_is_refused(
    cluster: Cluster, reporter: ManualVisitor, token: Any
) -> None:
    headers = {"Authorization": f"Bearer {token(cluster.environment['ZUFALL_TOKEN_KEYS'])}"}
    url = f"{cluster.urls[0]}/api/reports"
    good = {"pass": reporter.match.sealed_pass, "reason": "spam"}
    async with aiohttp.ClientSession() as http, http.post(url, json=good, headers=headers) as answer:
        await is_problem(answer, 401, "token_refused")
    assert await reports_about(cluster, reporter.match.id) == 0


async def test_a_good_token_of_somebody_else_does_not_file_with_a_stolen_pass(
    cluster: Cluster, reporter: ManualVisitor
) -> None:
    async with visitor(cluster.urls[0]) as thief:
        thief.match = reporter.match
        await is_problem(await thief.file(), 403, "pass_refused")


async def test_a_moderator_with_another_token_sees_nothing(cluster: Cluster) -> None:
    words = ("ban", random_id(), "--for", "1h", "--rule", "spam")
    status, said = await cluster.command("moderator", *words, ZUFALL_MODERATOR_TOKEN=new_key())
    assert status == 1
    assert "refuses this moderator token" in said


async def reports_about(cluster: Cluster, match: str) -> int:
    """Return the number of reports in the database."""
    path = cluster.environment["ZUFALL_DATABASE"].removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM reports WHERE match = ?", [match]).fetchone()[0])
