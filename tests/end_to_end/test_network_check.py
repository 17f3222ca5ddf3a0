"""The page says before Start what the network lets through, if the site has a server to ask."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Route
from typing_extensions import override

from .classifiers import BLOCKED
from .conftest import Come
from .installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_COOKIE = bytes.fromhex("2112a442")
_BINDING_SUCCESS = bytes.fromhex("0101")
_XOR_MAPPED_ADDRESS = bytes.fromhex("002000080001")
_ELSEWHERE = (203, 0, 113, 7)


class _Stun(asyncio.DatagramProtocol):
    """Answers each request (RFC 8489) as if it came from another address, or not at all."""

    def __init__(self, answers: bool) -> None:
        self._answers = answers
        self.asked = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self.asked += 1
        if not self._answers:
            return
        seen = addr[1].to_bytes(2) + bytes(_ELSEWHERE)
        mask = _COOKIE[:2] + _COOKIE
        address = bytes(one ^ other for one, other in zip(seen, mask, strict=True))
        self._transport.sendto(
            _BINDING_SUCCESS + (12).to_bytes(2) + data[4:20] + _XOR_MAPPED_ADDRESS + address, addr
        )


@asynccontextmanager
async def _stun(answers: bool) -> AsyncIterator[tuple[_Stun, str]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: _Stun(answers), ("127.0.0.1", 0))
    yield server, f"stun:127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    transport.close()


def _with(stun: str) -> Callable[[Route], Any]:
    async def answer(route: Route) -> None:
        config = await (await route.fetch()).json()
        await route.fulfill(body=json.dumps(config | {"stun": [stun]}), content_type="application/json")

    return answer


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (True, "Your network should let direct calls through."),
        (False, "Your network seems to block direct calls, and this site has no relay server. Text works."),
    ],
)
async def test_the_sites_own_server_tells(
    zufall: Installation, come: Come, forbidding: Browser, answers: bool, sentence: str
) -> None:
    """Chromium asks no server on the loopback from a page that may use the camera."""
    person = await come(zufall.first, browser=forbidding, service_workers="block")
    person.forgive(BLOCKED)
    async with _stun(answers) as (server, url):
        await person.page.route("**/api/config", _with(url))
        await person.agree()
        await person.sees(f"You are connected. {sentence}")
        assert server.asked > 0
