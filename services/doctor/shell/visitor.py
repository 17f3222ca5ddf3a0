"""Visitors whom the doctor sends: they come as pages do, and meet only each other."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from string import ascii_lowercase

import aiohttp
import msgspec
from msgspec import Struct

from services.contract.turn_credentials import TurnCredentials

from ..core.relay import TurnServer, parse_turn_url
from .site import ANSWER_SECONDS, CheckedSite

PROTOCOL = "zufall.v2"
MEETING_SECONDS = 30.0
"""The time in which two visitors must meet. A strict language is never widened, so it takes an instant."""


class OfferedServer(Struct, frozen=True):
    """An ICE server of a match. STUN servers have no user name."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class OfferedIce(Struct, frozen=True):
    """The servers of a match, and which candidates may leave the browser."""

    policy: str
    servers: list[OfferedServer] = []


class StrangerFacts(Struct, frozen=True):
    """What a visitor learns about the other one."""

    shared_interests: list[str] = []


class Told(Struct, frozen=True):
    """A frame of a gateway, as far as it is needed."""

    type: str
    code: str = ""
    ice: OfferedIce | None = None
    partner: StrangerFacts | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one of two who met may use: the policy, and its own credentials for each relay."""

    policy: str
    relays: tuple[tuple[TurnServer, TurnCredentials], ...]


class SiteVisitor:
    """A visitor with an open socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, type: str, **fields: object) -> None:
        await self._socket.send_str(msgspec.json.encode({"type": type, **fields}).decode())

    async def told(self, type: str) -> Told:
        """Wait for a frame of this type. Raises `ConnectionError` when the socket closes first."""
        while True:
            frame = await self._socket.receive()
            if frame.type is not aiohttp.WSMsgType.TEXT:
                raise ConnectionError(f"the socket was closed with {self._socket.close_code}")
            told = msgspec.json.decode(frame.data, type=Told)
            if told.type == type:
                return told

    async def idle(self, seconds: float) -> None:
        """Say nothing, but answer pings. Raises `ConnectionError` when the socket closes."""
        try:
            async with asyncio.timeout(seconds):
                await self.told("nothing that a gateway says")
        except TimeoutError:
            return


@asynccontextmanager
async def visitor(site: CheckedSite, http: aiohttp.ClientSession) -> AsyncIterator[SiteVisitor]:
    """Come to the site as a new visitor, and wait for the welcome."""
    token = await site.token(http)
    async with http.ws_connect(site.socket_url, origin=site.url, protocols=[PROTOCOL], compress=0) as socket:
        made = SiteVisitor(socket)
        async with asyncio.timeout(ANSWER_SECONDS):
            await made.send("hello", token=token, epoch=int(time.time() * 1000))
            await made.told("welcome")
        yield made


async def meet(site: CheckedSite) -> tuple[Side, Side]:
    """Let two visitors meet, who accept nobody else, and return what each of them may use."""
    # `qaa` to `qtz` are for private use (ISO 639-2), so nobody speaks them.
    language = f"q{random.choice(ascii_lowercase[:20])}{random.choice(ascii_lowercase)}"  # noqa: S311 -- no secret
    interest = f"doctor {secrets.token_hex(8)}"
    wish = {"mode": "text", "interests": [interest], "languages": [language], "strict_language": True}
    async with site.http() as http, visitor(site, http) as one, visitor(site, http) as other:
        async with asyncio.timeout(MEETING_SECONDS):
            await one.send("find", **wish)
            await other.send("find", **wish)
            told = [await each.told("matched") for each in (one, other)]
        for each in (one, other):
            await each.send("stop")
    if not all(frame.partner and interest in frame.partner.shared_interests for frame in told):
        raise ConnectionError("another doctor was there at the same time: try again")
    return _side(told[0]), _side(told[1])


def _side(matched: Told) -> Side:
    ice = matched.ice or OfferedIce("")
    relays = (
        (server, TurnCredentials(offered.username, offered.credential))
        for offered in ice.servers
        for url in offered.urls
        if (server := parse_turn_url(url)) is not None
    )
    return Side(ice.policy, tuple(relays))
