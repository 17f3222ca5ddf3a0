"""The site as the doctor reaches it, and what several checks ask it for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import msgspec
from msgspec import Struct

from services.runtime.altcha_solver import solve

ANSWER_SECONDS = 10.0
"""The time in which a site must answer a request."""


class ChallengeAnswer(Struct, frozen=True):
    """The answer of `GET /api/challenge`, as far as it is needed: the work, if any is asked for."""

    work: msgspec.Raw = msgspec.Raw()


class Token(Struct, frozen=True):
    """The answer of `POST /api/session`, as far as it is needed."""

    token: str


class Facts(Struct, frozen=True):
    """The answer of `GET /api/connection`."""

    address: str
    gateway: str
    version: str


class PagePolicy(Struct, frozen=True):
    """The answer of `GET /api/config`, as far as it is needed."""

    ice_policy: str
    relay: bool


@dataclass(frozen=True, slots=True)
class CheckedSite:
    """Where the site is, and how it is asked. `url` is an origin, without a slash at its end."""

    url: str
    http_port: int
    tls: ssl.SSLContext

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 443

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/ws"

    @asynccontextmanager
    async def http(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Open a session that makes a new connection for each request, so that every gateway has a turn."""
        connector = aiohttp.TCPConnector(ssl=self.tls, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_SECONDS)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
            yield http

    async def facts(self, http: aiohttp.ClientSession, claimed: str = "") -> Facts:
        """Return how a gateway sees us, when we claim an address in X-Forwarded-For."""
        headers = {"X-Forwarded-For": claimed} if claimed else {}
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            http.get(f"{self.url}/api/connection", headers=headers) as answer,
        ):
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=Facts)

    async def policy(self, http: aiohttp.ClientSession) -> PagePolicy:
        """Return what the page is told about relays."""
        async with asyncio.timeout(ANSWER_SECONDS), http.get(f"{self.url}/api/config") as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=PagePolicy)

    async def token(self, http: aiohttp.ClientSession) -> str:
        """Do the work that a new visitor does, and return their token."""
        async with asyncio.timeout(ANSWER_SECONDS), http.get(f"{self.url}/api/challenge") as answer:
            answer.raise_for_status()
            challenge = msgspec.json.decode(await answer.read(), type=ChallengeAnswer)
        solved = {"work": await solve(msgspec.json.decode(challenge.work))} if challenge.work else {}
        headers = {"Content-Type": "application/json"}
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            http.post(f"{self.url}/api/session", data=msgspec.json.encode(solved), headers=headers) as answer,
        ):
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=Token).token
