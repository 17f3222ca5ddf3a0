"""A visitor changes their wish all the time at a real gateway."""

import asyncio

import pytest

from .cluster import Cluster
from .meetings import meet, visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLIPS = 100


async def test_only_the_last_of_many_wishes_counts_and_others_feel_nothing(cluster: Cluster) -> None:
    """The visitor sends fifty wishes a second. Ten at once and then five a second reach the matcher."""
    offered = await cluster.matcher.metric("zufall_matcher_offers_total", kind="first")
    began = asyncio.get_running_loop().time()
    async with visitors(cluster, 0, 0, 1) as (flipper, one, other):
        for number in range(FLIPS):
            await flipper.find("audio", interests=[str(number)])
            await asyncio.sleep(0.02)
            if number == FLIPS // 2:
                await meet(one, other)
        passed = 10 + 5 * (asyncio.get_running_loop().time() - began) + 1
        assert await cluster.gateways[0].metric("zufall_gateway_held_searches_total") >= FLIPS - passed
        await one.find("audio", interests=[str(FLIPS - 1)])
        met, _ = await one.meet(), await flipper.meet()
        assert met["match"] == flipper.match.id
        assert met["partner"]["shared_interests"] == [str(FLIPS - 1)]
    spent = await cluster.matcher.metric("zufall_matcher_offers_total", kind="first") - offered
    elapsed = asyncio.get_running_loop().time() - began
    assert 4 <= spent <= 4 + 10 + 5 * elapsed + 1
