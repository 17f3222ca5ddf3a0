"""The gateway keeps RFC 6455: each case of the table against a real gateway, with wsproto at the other end.

wsproto also judges what the gateway sends: it raises an error for a frame that no server may send.
"""

from collections.abc import AsyncIterator
from itertools import count

import aiohttp
import pytest
import pytest_asyncio

from bench.client.http import fetch_token
from services.signaling.core.messages import SUBPROTOCOL
from tests.visitor import ORIGIN, ManualVisitor, visitor

from ..cluster import Cluster
from ..meetings import meet
from .cases import CASES, VALID_TEXTS, Case
from .frames import fragments_of
from .raw_client import RawClient, raw_client

pytestmark = pytest.mark.asyncio(loop_scope="session")

EPOCHS = count(1)
Pair = tuple[ManualVisitor, ManualVisitor]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def token(cluster: Cluster) -> str:
    """Provide the token of one visitor, who dials for each case."""
    async with aiohttp.ClientSession(headers={"Origin": ORIGIN}) as http:
        return await fetch_token(http, cluster.urls[0])


@pytest_asyncio.fixture(loop_scope="session")
async def client(cluster: Cluster, token: str) -> AsyncIterator[RawClient]:
    """Provide a client whom the gateway has welcomed."""
    async with raw_client(cluster.urls[0]) as opened:
        await opened.hello(token, next(EPOCHS))
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
async def test_case(client: RawClient, case: Case) -> None:
    client.write(case.writes)
    if case.closes:
        assert await client.answers() == case.answers
    else:
        assert await client.last_answers() == case.answers


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair(cluster: Cluster) -> AsyncIterator[Pair]:
    async with visitor(cluster.urls[0]) as one, visitor(cluster.urls[0]) as other:
        await meet(one, other)
        yield one, other


@pytest.mark.parametrize("parts", VALID_TEXTS.values(), ids=VALID_TEXTS.keys())
async def test_a_valid_text_reaches_the_partner_unchanged(pair: Pair, parts: tuple[bytes, ...]) -> None:
    """Cases 6.2 to 6.23."""
    one, other = pair
    before = f'{{"type":"chat","match":"{one.match.id}","n":1,"id":"1","text":"'.encode()
    transport = one.socket._writer.transport
    for frame in fragments_of(before, *parts, b'"}'):
        transport.write(frame)
    assert await other.hear_bytes() == before + b"".join(parts) + b'"}'


async def test_no_extension_is_agreed_on(client: RawClient) -> None:
    """Sections 12 and 13 of Autobahn are about compression, which the client offers and does not get."""
    assert client.handshake.extensions == []
    assert client.handshake.subprotocol == SUBPROTOCOL
