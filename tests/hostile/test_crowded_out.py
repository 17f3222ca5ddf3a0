"""One network, or many readers that do not read, cannot take a gateway from the others.

`make hostile` uses more pairs.
"""

import psutil
import pytest

from ..integration.cluster import Cluster, Service
from ..timing import until
from .conftest import PAIRS, QUEUED_BYTES
from .processes import hostile

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOUD, QUIET = "127.0.1", "127.0.2"
"""Networks of loopback addresses. They are not those of the trusted proxy."""

MEBIBYTE = 1024 * 1024
VISITOR_BYTES = 20_000
"""The most that a visitor takes beside what waits for them."""


async def test_a_network_cannot_take_all_places_and_all_turns(usual: Cluster) -> None:
    """5,000 sockets and 1,000 silent connections a second from one network do not keep 50 others waiting."""
    port = usual.gateways[0].port
    async with (
        hostile(usual, "crowd", port, 5000, "honest", "--network", LOUD) as crowd,
        hostile(usual, "crowd", port, 10_000, "silent", "--network", LOUD, "--rate", 1000) as flood,
        hostile(usual, "crowd", port, 50, "honest", "--network", QUIET) as others,
    ):
        await crowd.go()
        await crowd.until("welcome", 500, seconds=30)
        await flood.go()
        await flood.until("ended", 500, seconds=30)
        await others.go()
        await others.until("welcome", 50, seconds=1)
        outcomes = await crowd.outcomes()
        assert outcomes["welcome"] <= 1000
        assert outcomes.get("429", 0) + outcomes.get("503", 0) + outcomes.get("ended", 0) > 0
    assert await usual.gateways[0].metric("zufall_gateway_refused_requests_total", reason="crowded_out") > 0


async def test_readers_that_do_not_read_share_one_budget(usual: Cluster) -> None:
    gateway = usual.gateways[1]
    process = psutil.Process(gateway.pid)
    sizes = [process.memory_info().rss]
    before = await cut_off(gateway)

    async def many_are_cut_off() -> bool:
        sizes.append(process.memory_info().rss)
        return await cut_off(gateway) - before >= PAIRS

    async with hostile(usual, "deaf", gateway.port, PAIRS) as deaf:
        await deaf.go()
        await deaf.until("talking", 2 * PAIRS, seconds=60)
        await until(many_are_cut_off, seconds=60, pause=0.1)
    grown = (max(sizes) - sizes[0]) / MEBIBYTE
    assert grown < QUEUED_BYTES / MEBIBYTE + 2 * PAIRS * VISITOR_BYTES / MEBIBYTE + 24


async def cut_off(gateway: Service) -> float:
    return await gateway.metric("zufall_gateway_slow_readers_total")
