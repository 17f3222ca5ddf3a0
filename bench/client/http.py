"""The HTTP side of a visitor: tokens, and requests that are sent until they are answered."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

from bench.client.reconnect import jitter
from services.runtime import altcha_solver

REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=12)
RETRIED = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS))
"""Statuses below 500 after which the same request may succeed later."""
NO_ANSWER = 0
"""The status of a request that nobody answered: nobody knows whether it was carried out."""


class RequestRefused(Exception):
    """The request was refused for good; `code` is the stable one of its problem."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.code = code


class TokenAnswer(msgspec.Struct, frozen=True):
    """The answer of `POST /api/session`, as far as a client needs it."""

    token: str


class ProblemCode(msgspec.Struct, frozen=True):
    """An answer of the type application/problem+json, as far as a client needs it."""

    code: str = ""


async def fetch_challenge(
    http: aiohttp.ClientSession, origin: str, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the answer of `GET /api/challenge`; raises `ConnectionError` when there is none."""
    async with http.get(f"{origin}/api/challenge", headers=headers) as answer:
        body = await answer.read()
        if answer.status != HTTPStatus.OK:
            raise ConnectionError(f"{origin} gave no challenge ({answer.status}): {body[:200]!r}")
        challenge: dict[str, Any] = msgspec.json.decode(body)
        return challenge


async def solve(challenge: Mapping[str, Any]) -> dict[str, Any]:
    """Do the work that a challenge asks for. Return the fields that prove it, or none."""
    return {"work": await altcha_solver.solve(challenge["work"])} if "work" in challenge else {}


async def fetch_token(http: aiohttp.ClientSession, origin: str) -> str:
    """Return a token from the gateway at `origin`; raises `ConnectionError` when it gives none."""
    proof = await solve(await fetch_challenge(http, origin))
    async with http.post(f"{origin}/api/session", json=proof) as answer:
        body = await answer.read()
        if answer.status != HTTPStatus.CREATED:
            raise ConnectionError(f"{origin} gave no token ({answer.status}): {body[:200]!r}")
        return msgspec.json.decode(body, type=TokenAnswer).token


async def post_until_answered(
    http: aiohttp.ClientSession,
    origins: Sequence[str],
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    randomness: random.Random,
    pause: Callable[[int, random.Random], float] = jitter,
    on_retry: Callable[[int], None] = lambda _: None,
    limit: aiohttp.ClientTimeout = REQUEST_TIMEOUT,
) -> dict[str, Any]:
    """Send a request to any of the origins, again and again, until one has created what it asks for.

    `on_retry` gets the status of each attempt that failed, and `pause` says how long to wait after it.
    Raises `RequestRefused`.
    """
    attempt = 0
    while True:
        status, answer = await _post(http, randomness.choice(origins) + path, body, headers, limit)
        if status == HTTPStatus.CREATED:
            created: dict[str, Any] = msgspec.json.decode(answer)
            return created
        if 400 <= status < 500 and status not in RETRIED:
            raise RequestRefused(status, msgspec.json.decode(answer, type=ProblemCode).code)
        on_retry(status)
        await asyncio.sleep(pause(attempt, randomness))
        attempt += 1


async def _post(
    http: aiohttp.ClientSession,
    url: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    limit: aiohttp.ClientTimeout,
) -> tuple[int, bytes]:
    try:
        async with http.post(url, json=body, headers=headers, timeout=limit) as answer:
            return answer.status, await answer.read()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return NO_ANSWER, b""
