"""A gateway to which everybody comes back at once lets them in at its rate, and nobody is turned away."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.swarm import events
from bench.swarm.events import Event
from bench.swarm.swarm import swarm
from services.signaling.__main__ import BURST

from ..faults.talkers import TALKATIVE, until_all_online, until_all_talk
from ..proxy import Proxy
from ..timing import until
from .cluster import Cluster, Service, another_gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")

VISITORS, RATE = 64, 16


@asynccontextmanager
async def behind_a_proxy(ports: Sequence[int]) -> AsyncIterator[Proxy]:
    """Run a proxy that sends each connection to the first port."""
    proxy = Proxy(lambda: ports[0])
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.cut()


def returned(history: Sequence[Event], since: float) -> set[str]:
    """Return the visitors who came to a gateway since then."""
    return {one.visitor for one in history if isinstance(one, events.Came) and one.at >= since}


async def was_refused(gateway: Service, times: int) -> bool:
    return await gateway.metric("zufall_gateway_refused_requests_total", reason="full") >= times


async def test_everybody_comes_back_at_once_at_the_rate_of_the_door(cluster: Cluster, tmp_path: Path) -> None:
    """All sockets are cut at the same moment, as when a proxy in front of the gateways restarts."""
    limited = {"ZUFALL_LIMIT_CONNECTIONS_PER_SECOND": str(RATE)}
    async with another_gateway(cluster, tmp_path, **limited) as gateway:
        ports = [cluster.gateways[0].port]
        async with (
            behind_a_proxy(ports) as proxy,
            swarm([f"http://{proxy.address}"], VISITORS, 1, TALKATIVE) as running,
        ):
            await until_all_talk(running, VISITORS)
            ports[0] = gateway.port
            cut, cut_at = time.monotonic(), running.history.now
            await proxy.cut()
            await proxy.open()
            await until(lambda: len(returned(running.history.events, cut_at)) == VISITORS)
            took = time.monotonic() - cut
            await until_all_online(running, VISITORS)
    assert took >= (VISITORS - BURST) / RATE, "no more than the rate are let in"
    assert [one for one in running.history.events if isinstance(one, events.MatchEnded | events.Gone)] == []


async def test_who_finds_a_gateway_full_comes_in_when_there_is_a_place(
    cluster: Cluster, tmp_path: Path
) -> None:
    full = {"ZUFALL_LIMIT_CONNECTIONS": "20", "ZUFALL_LIMIT_HELLO_SECONDS": "300"}
    async with another_gateway(cluster, tmp_path, **full) as gateway, AsyncExitStack() as others:
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            others.callback(writer.close)
        async with swarm([gateway.url], 8, 1, replace(TALKATIVE, pause=5)) as running:
            await until(lambda: was_refused(gateway, 8))
            assert returned(running.history.events, 0) == set()
            await others.aclose()
            await until_all_talk(running, 8)
