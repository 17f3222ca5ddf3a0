"""A draining gateway sends its visitors away at the stated rate, and loses no call."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from services.contract.errors import CloseCode
from services.contract.ids import GatewayId, Place, VisitorId
from services.contract.keys import parse_ring
from services.contract.memory import MemoryContent, MemorySealer
from services.signaling.core.messages import Find, encode

from ..timing import scaled
from ..visitor import ManualVisitor, resumed, visitor
from .cluster import Cluster, Service, another_gateway
from .meetings import deliver, meet, pair, say_lines

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_gateway_without_visitors_stops_at_once(cluster: Cluster, tmp_path: Path) -> None:
    async with another_gateway(cluster, tmp_path) as gateway:
        began = time.monotonic()
        await terminated(gateway)
        assert time.monotonic() - began < scaled(3)


async def test_a_call_goes_on_elsewhere(breakable: Cluster) -> None:
    async with pair(breakable, (0, 1)) as (one, other):
        stopping = asyncio.create_task(terminated(breakable.gateways[0]))
        assert await one.close_code() == CloseCode.RESTART
        await say_lines(other, ["said in between"])
        async with resumed(breakable.urls[1], one) as again:
            assert again.welcome["resumed"]["partner_here"]
            assert await deliver(other, again) == ["said in between"]
            await stopping
            await again.say("next")
            assert (await other.hear("ended"))["reason"] == "next"
            await again.hear("searching")


async def test_it_is_not_ready_and_takes_nobody_while_it_sends_others_away(breakable: Cluster) -> None:
    async with pair(breakable, (0, 0)):
        gateway = breakable.gateways[0]
        gateway.send(signal.SIGTERM)
        await gateway.until_ready("stopping")
        with pytest.raises((aiohttp.ClientConnectionError, ConnectionError)):
            async with visitor(gateway.url):
                pass


async def test_visitors_are_sent_away_at_the_stated_rate(cluster: Cluster, tmp_path: Path) -> None:
    """If all left at once, the other gateways would be overloaded."""
    count, rate = 60, 40
    async with (
        another_gateway(cluster, tmp_path, ZUFALL_DRAIN_PER_SECOND=str(rate)) as gateway,
        AsyncExitStack() as stack,
    ):
        pages = [await stack.enter_async_context(visitor(gateway.url)) for _ in range(count)]
        asked = time.monotonic()
        gateway.send(signal.SIGTERM)
        closed = await asyncio.gather(*map(moment_of_restart, pages))
    assert max(closed) - asked > count / rate / 2, "half: waves are jittered, and come early as often as late"


async def test_a_second_signal_stops_the_run_at_once(cluster: Cluster, tmp_path: Path) -> None:
    slow = {"ZUFALL_DRAIN_PER_SECOND": "0.1", "ZUFALL_DRAIN_SECONDS": "300"}
    async with (
        another_gateway(cluster, tmp_path, **slow) as gateway,
        visitor(gateway.url) as one,
        visitor(gateway.url) as other,
    ):
        await meet(one, other)
        gateway.send(signal.SIGTERM)
        await gateway.until_ready("stopping")
        gateway.send(signal.SIGTERM)
        codes = await asyncio.gather(one.close_code(), other.close_code())
        assert set(codes) == {CloseCode.RESTART}
        await gateway.ended(5)


async def test_a_search_goes_on_elsewhere_as_old_as_it_was(breakable: Cluster) -> None:
    async with visitor(breakable.urls[0]) as one:
        await one.find("text", interests=["zithers"])
        await asyncio.sleep(1.5)
        breakable.gateways[0].send(signal.SIGTERM)
        assert await one.close_code() == CloseCode.RESTART
        async with visitor(breakable.urls[1], one.token) as again, visitor(breakable.urls[1]) as other:
            assert await waited(breakable.gateways[1], again, other) > 1.5


async def test_a_search_goes_on_once(breakable: Cluster) -> None:
    """A visitor may show the memory of a drain again and again, but gets its age only once."""
    async with visitor(breakable.urls[0]) as one:
        wish = Find("text", interests=["zithers"])
        content = MemoryContent(
            VisitorId(one.name), (Place(one.client.epoch, GatewayId(one.gateway)),), time.time(),
            find=encode(wish), searched=100.0,
        )  # fmt: skip
        shown = MemorySealer(parse_ring(breakable.environment["ZUFALL_PASS_KEYS"])).seal(content)
        for least, most in ((100, 115), (0, 15)):
            async with (
                visitor(breakable.urls[1], one.token, memory=shown) as again,
                visitor(breakable.urls[1]) as other,
            ):
                assert least < await waited(breakable.gateways[1], again, other) < most


async def waited(gateway: Service, one: ManualVisitor, other: ManualVisitor) -> float:
    """Let the two meet, and return the seconds that they have searched together."""
    before = await gateway.metric("zufall_gateway_wait_seconds_sum", mode="text")
    for each in (one, other):
        await each.find("text", interests=["zithers"])
    for each in (one, other):
        await each.meet()
    return await gateway.metric("zufall_gateway_wait_seconds_sum", mode="text") - before


async def moment_of_restart(one: ManualVisitor) -> float:
    assert await one.close_code() == CloseCode.RESTART
    return time.monotonic()


async def terminated(gateway: Service) -> None:
    """Ask a gateway to stop, and wait until it has."""
    gateway.send(signal.SIGTERM)
    await gateway.ended(60)
