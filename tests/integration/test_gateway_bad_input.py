"""Bad input on the WebSocket gets a stable code, and nobody else notices it."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import jwt
import pytest
import pytest_asyncio
from aiohttp import WSMsgType

from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.memory import MemoryContent, MemorySealer
from services.contract.passes import PassContent, PassSealer
from services.contract.tokens import TokenSigner
from services.contract.version import VERSION

from ..timing import scaled
from ..visitor import ORIGIN, ManualVisitor, opened, resumed, visitor
from . import bad_frames
from .cluster import Cluster
from .meetings import meet, pair, say_lines, take_lines

pytestmark = pytest.mark.asyncio(loop_scope="session")

Pair = tuple[ManualVisitor, ManualVisitor]

LINES = 250
"""Frames that a browser may send at once; twice as many are too many."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bystanders(cluster: Cluster) -> AsyncIterator[Pair]:
    """Provide two visitors who talk at the gateway that gets the bad input."""
    async with visitor(cluster.urls[0]) as one, visitor(cluster.urls[0]) as other:
        await meet(one, other, mode="audio")
        yield one, other


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def undisturbed(cluster: Cluster, bystanders: Pair) -> AsyncIterator[None]:
    """Check after each test that the two still talk, and that each hears only what the other says."""
    pid = cluster.gateways[0].pid
    yield
    for speaker, listener in (bystanders, bystanders[::-1]):
        text = random_id()
        await speaker.chat(text)
        assert text.encode() in await listener.hear_bytes(2)
    assert cluster.gateways[0].running
    assert cluster.gateways[0].pid == pid


@pytest.fixture
def url(cluster: Cluster) -> str:
    return cluster.urls[0]


async def is_closed(one: ManualVisitor, error: str, code: int) -> None:
    assert (await one.hear("error"))["code"] == error
    assert await one.close_code() == code


# --- frames ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", bad_frames.CLOSED.values(), ids=bad_frames.CLOSED.keys())
async def test_a_bad_frame_ends_the_connection(url: str, frame: bytes) -> None:
    async with visitor(url) as one:
        await one.say_bytes(frame)
        await is_closed(one, "bad_frame", 4400)


@pytest.mark.parametrize("frame", bad_frames.NOT_UTF8.values(), ids=bad_frames.NOT_UTF8.keys())
async def test_a_text_that_is_not_utf8_ends_the_connection(url: str, frame: bytes) -> None:
    async with visitor(url) as one:
        await one.say_bytes(frame)
        assert await one.close_code() == 1007


async def test_a_binary_frame_ends_the_connection(url: str) -> None:
    async with visitor(url) as one:
        await one.socket.send_bytes(b'{"type":"stop"}')
        await is_closed(one, "bad_frame", 4400)


@pytest.mark.parametrize("size", [33 * 1024, 100 * 1024, 1024 * 1024])
async def test_an_oversized_frame_ends_the_connection(url: str, size: int) -> None:
    async with visitor(url) as one:
        await one.say_bytes(b'{"type":"stop"' + b" " * size + b"}")
        assert await one.close_code() == 4413


async def test_a_large_frame_passes(url: str) -> None:
    async with visitor(url) as one:
        await one.say_bytes(b'{"type":"next"'.ljust(32 * 1024 - 2) + b"}")
        assert (await one.hear("error"))["code"] == "no_wish"


async def test_too_many_frames_end_the_connection(url: str) -> None:
    async with visitor(url) as one:
        with suppress(ConnectionError):
            for _ in range(3000):  # more than the gateway may take while it is slow
                await one.say("typing", match="none")
        await is_closed(one, "too_fast", 4429)


async def test_receipts_that_nothing_pays_for_end_the_connection(cluster: Cluster, url: str) -> None:
    """The visitor acknowledges one line a thousand times."""
    async with pair(cluster, (0, 0)) as (one, other):
        await say_lines(other, ["one line pays for one receipt"])
        assert await take_lines(one, 1) == ["one line pays for one receipt"]
        for _ in range(1000):
            await one.received(1)
        await is_closed(one, "too_fast", 4429)
        assert (await other.hear("ended"))["reason"] == "lost"
        async with visitor(url, one.token) as again:
            await again.find()
            await again.hear("searching")


async def test_receipts_that_a_line_pays_for_cost_nothing(cluster: Cluster) -> None:
    """Otherwise a talkative visitor could make the gateway disconnect the partner."""
    async with pair(cluster, (0, 1)) as (one, other):
        receipt = '{"type":"received","match":"%s","n":%d}'  # as browsers spell it
        await say_lines(other, [str(number) for number in range(LINES)])
        for number in range(LINES):
            assert (await one.hear("chat"))["n"] == number + 1
            await one.say_bytes((receipt % (one.match.id, number + 1)).encode())
        for _ in range(LINES):
            await one.say_here("typing")
        await say_lines(one, ["still here"])
        assert await take_lines(other, 1) == ["still here"]


@pytest.mark.parametrize(
    "sdp", bad_frames.REFUSED_DESCRIPTIONS.values(), ids=bad_frames.REFUSED_DESCRIPTIONS.keys()
)
async def test_a_bad_description_is_refused_and_the_match_lives(url: str, sdp: str) -> None:
    async with visitor(url) as one, visitor(url) as other:
        await meet(one, other)
        await one.say_here("description", description={"type": "offer", "sdp": sdp})
        assert (await one.hear("error"))["code"] == "description_refused"
        await one.chat("still here")
        assert b"still here" in await other.hear_bytes()


# --- matches of others -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", bad_frames.ABOUT_A_MATCH)
async def test_a_frame_about_another_match_is_dropped_and_counted(
    cluster: Cluster, bystanders: Pair, kind: str
) -> None:
    """The frames name a match of others, a past one and an invented one. The bystanders hear none of it."""
    gateway = cluster.gateways[0]
    async with visitor(gateway.url) as one, visitor(gateway.url) as other, visitor(cluster.urls[1]) as third:
        await meet(one, other)
        past = one.match.id
        await one.say_here("next")
        await other.hear("ended")
        await other.say("stop")
        await third.find()
        await one.meet()
        before = await gateway.metric("zufall_gateway_dropped_frames_total", reason="stale_match")
        for match in (past, bystanders[0].match.id, "m"):
            await one.say(kind, match=match, **bad_frames.ABOUT_A_MATCH[kind])
        await one.chat("after all these")
        await third.meet()
        assert b"after all these" in await third.hear_bytes()
        after = await gateway.metric("zufall_gateway_dropped_frames_total", reason="stale_match")
        assert after - before == 3


# --- hello -----------------------------------------------------------------------------------------


async def test_without_a_hello_the_connection_ends(url: str) -> None:
    """A gateway waits 5 s for a hello."""
    began = time.monotonic()
    async with opened(url) as silent:
        await is_closed(silent, "no_hello", 4408)
    assert 4.9 < time.monotonic() - began < scaled(15)


@pytest.mark.parametrize("frame", [b'{"type":"stop"}', b'{"type":"find","mode":"text"}', b"{"])
async def test_another_first_frame_ends_the_connection(url: str, frame: bytes) -> None:
    async with opened(url) as one:
        await one.say_bytes(frame)
        await is_closed(one, "bad_frame", 4400)


async def test_a_binary_first_frame_ends_the_connection(url: str) -> None:
    async with opened(url) as one:
        await one.socket.send_frame(b'{"type":"stop"}', WSMsgType.BINARY)
        await is_closed(one, "bad_frame", 4400)


def _issued_by(key: str, ago: float = 0) -> str:
    return TokenSigner(parse_ring(key)).issue(time.time() - ago)


def _signed_with(algorithm: str, key: str) -> str:
    now = int(time.time())
    claims = {"sub": random_id(), "aud": "zufall", "iat": now, "exp": now + 600}
    return jwt.encode(claims, key, algorithm=algorithm)


TOKENS: dict[str, Callable[[str], str]] = {
    "expired": lambda key: _issued_by(key, ago=25 * 3600),
    "of another key": lambda key: _issued_by(new_key()),
    "changed": lambda key: _issued_by(key)[:-8] + "AAAAAAAA",
    "unsigned": lambda key: _signed_with("none", ""),
    "of another kind": lambda key: _signed_with("HS256", "x" * 32),
    "no token": lambda key: "please",
    "no ASCII": lambda key: "ö.ö.ö",
    "a visitor's name": lambda key: random_id(),
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
async def test_a_bad_token_is_refused(cluster: Cluster, url: str, token: Callable[[str], str]) -> None:
    async with opened(url) as one:
        await one.say("hello", token=token(cluster.environment["ZUFALL_TOKEN_KEYS"]), epoch=1)
        await is_closed(one, "token_refused", 4401)


def _pass(keys: str, holder: str, ago: float = 60) -> str:
    content = PassContent(
        match=MatchId(random_id()),
        holder=VisitorId(holder),
        holder_gateway=GatewayId(random_id()),
        partner=VisitorId(random_id()),
        partner_gateway=GatewayId(random_id()),
        polite=True,
        partner_address_hash=b"hash",
        started=time.time() - ago,
    )
    return PassSealer(parse_ring(keys)).seal(content)


PASSES: dict[str, Callable[[str, str], str]] = {
    "expired": lambda keys, me: _pass(keys, me, ago=25 * 3600),
    "of another key": lambda keys, me: _pass(new_key(), me),
    "of somebody else": lambda keys, me: _pass(keys, random_id()),
    "changed": lambda keys, me: _pass(keys, me)[:-8] + "AAAAAAAA",
    "short": lambda keys, me: _pass(keys, me)[:12],
    "no pass": lambda keys, me: "let me in",
    "no ASCII": lambda keys, me: "ö",
}
FORGED = pytest.mark.parametrize("forge", PASSES.values(), ids=PASSES.keys())


@FORGED
async def test_a_bad_pass_is_refused_and_the_visitor_stays(
    cluster: Cluster, url: str, forge: Callable[[str, str], str]
) -> None:
    async with visitor(url) as one:
        forged = forge(cluster.environment["ZUFALL_PASS_KEYS"], one.name)
        await one.say("block", **{"pass": forged})
        assert (await one.hear("error"))["code"] == "pass_refused"
        hello: dict[str, Any] = {"pass": forged}
        async with visitor(url, one.token, **hello) as again:
            assert (await again.hear("error"))["code"] == "pass_refused"
            await again.find()
            await again.hear("searching")


def _memory(keys: str, visitor: str, ago: float = 60) -> str:
    content = MemoryContent(VisitorId(visitor), (Place(1, GatewayId(random_id())),), time.time() - ago)
    return MemorySealer(parse_ring(keys)).seal(content)


MEMORIES: dict[str, Callable[[str, str], str]] = {
    "older than a day": lambda keys, me: _memory(keys, me, ago=25 * 3600),
    "of another key": lambda keys, me: _memory(new_key(), me),
    "of somebody else": lambda keys, me: _memory(keys, random_id()),
    "changed": lambda keys, me: _memory(keys, me)[:-8] + "AAAAAAAA",
    "short": lambda keys, me: _memory(keys, me)[:12],
    "a pass": _pass,
    "no memory": lambda keys, me: "I have met nobody",
    "no ASCII": lambda keys, me: "ö",
    "long": lambda keys, me: "A" * 8192,
}


@pytest.mark.parametrize("forge", MEMORIES.values(), ids=MEMORIES.keys())
async def test_a_bad_memory_is_refused_and_nothing_else_changes(
    cluster: Cluster, url: str, forge: Callable[[str, str], str]
) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        forged = forge(cluster.environment["ZUFALL_PASS_KEYS"], one.name)
        one.cut()
        await other.hear("partner_away")
        async with resumed(url, one, memory=forged) as again:
            refused = json.loads(await again.hear_bytes())
            assert (refused["type"], refused["code"]) == ("error", "memory_refused")
            assert again.welcome["resumed"]["match"] == one.match.id
            await other.hear("partner_back")
            await say_lines(again, ["back"])
            assert await take_lines(other, 1) == ["back"]


async def test_a_memory_longer_than_any_is_a_bad_frame(url: str) -> None:
    async with opened(url) as one:
        await one.say("hello", token=one.token, epoch=1, memory="A" * 8193)
        await is_closed(one, "bad_frame", 4400)


# --- epochs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", bad_frames.BAD_EPOCHS.values(), ids=bad_frames.BAD_EPOCHS.keys())
async def test_an_epoch_that_is_none_ends_the_connection(url: str, epoch: Any) -> None:
    async with opened(url) as one:
        said = {"token": one.token} | ({} if epoch is None else {"epoch": epoch})
        await one.say("hello", **said)
        await is_closed(one, "bad_frame", 4400)


@pytest.mark.parametrize("epoch", [1, 2**53 - 1], ids=["the lowest", "the highest"])
async def test_the_bounds_are_epochs(url: str, epoch: int) -> None:
    async with opened(url) as one:
        await one.hello(epoch=epoch)


async def is_stale(one: ManualVisitor, epoch: int) -> None:
    """Check that the connection ends because of a newer one."""
    refused = await one.hear("error")
    assert (refused["code"], refused["epoch"]) == ("stale_epoch", epoch)
    assert await one.close_code() == 4409


@pytest.mark.parametrize("elsewhere", [0, 1], ids=["at the same gateway", "at another gateway"])
async def test_an_older_epoch_is_refused_and_the_newer_connection_stays(
    cluster: Cluster, elsewhere: int
) -> None:
    """This happens after a clock was set back, or to a copied tab that does not know of the other."""
    async with pair(cluster, (0, 1)) as (one, other):
        newest = one.client.epoch
        async with opened(cluster.urls[elsewhere], one.token) as late:
            await late.say("hello", token=one.token, epoch=newest - 3_600_000, memory=one.memory)
            await is_stale(late, newest)
        await say_lines(one, ["still here"])
        assert await take_lines(other, 1) == ["still here"]


async def test_an_older_epoch_with_the_pass_takes_no_match_over(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other), opened(cluster.urls[1], one.token) as late:
        newest, shown = one.client.epoch, {"memory": one.memory, "pass": one.match.sealed_pass}
        await late.say("hello", token=one.token, epoch=newest - 1, **shown)
        await is_stale(late, newest)
        await say_lines(one, ["still here"])
        assert await take_lines(other, 1) == ["still here"]
        await say_lines(other, ["you too"])
        assert await take_lines(one, 1) == ["you too"]


@pytest.mark.parametrize("elsewhere", [0, 1], ids=["at the same gateway", "at another gateway"])
async def test_the_older_connection_is_told_of_the_newer(cluster: Cluster, elsewhere: int) -> None:
    async with visitor(cluster.urls[0]) as one, visitor(cluster.urls[elsewhere], one.token) as newer:
        if elsewhere == 0:
            assert await one.close_code() == 4409
        else:
            await is_stale(one, newer.client.epoch)
        await newer.find()
        await newer.hear("searching")


async def test_of_equal_epochs_the_later_hello_counts(url: str) -> None:
    async with visitor(url, epoch=7) as one, visitor(url, one.token, epoch=7) as again:
        assert await one.close_code() == 4409
        await again.find()
        await again.hear("searching")


# --- versions --------------------------------------------------------------------------------------


async def test_a_newer_page_may_say_more_than_is_known(url: str) -> None:
    async with opened(url) as one:
        await one.hello(version="99.0.0", mood="sunny", tags={"of": ["a", "later"]})
        await one.find()
        await one.hear("searching")


@pytest.mark.parametrize("version", [None, "0.0.1", VERSION, "99.0", "ninety", 99])
async def test_another_page_may_not(url: str, version: Any) -> None:
    async with opened(url) as one:
        said = {"token": one.token, "epoch": 1, "mood": "sunny"}
        await one.say("hello", **said | ({} if version is None else {"version": version}))
        await is_closed(one, "bad_frame", 4400)


async def test_known_fields_of_a_newer_page_are_checked(url: str) -> None:
    async with opened(url) as one:
        await one.say("hello", token=one.token, epoch=0, version="99.0.0", mood="sunny")
        await is_closed(one, "bad_frame", 4400)


# --- origins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["http://evil.test", "null", "", ORIGIN + "/", ORIGIN + ":80", "https://zufall.test", ORIGIN.upper()],
)
async def test_another_origin_is_refused_at_the_upgrade(url: str, origin: str) -> None:
    headers = {
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with aiohttp.ClientSession() as http, http.get(f"{url}/ws", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (403, "application/problem+json")
        assert (await answer.json())["code"] == "permission_refused"


async def test_a_client_that_is_no_browser_needs_no_origin(url: str) -> None:
    async with opened(url, origin=None) as one:
        await one.hello()
