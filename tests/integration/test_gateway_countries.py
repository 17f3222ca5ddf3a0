"""Countries of visitors decide who meets and who is near, and partners may learn them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.runtime.built_files import COUNTRIES

from ..visitor import ManualVisitor, visitor
from .cluster import Cluster, running_cluster
from .meetings import WAYS, Way, does_not_meet, first_to_meet

pytestmark = pytest.mark.asyncio(loop_scope="session")

MUNICH, BERLIN, CAMBRIDGE, TOKYO = "129.187.254.90", "160.45.170.10", "131.111.150.25", "133.11.0.1"
"""Addresses of universities in these cities. Nothing is sent there."""


def abroad(folder: Path, show_country: str = "on") -> AbstractAsyncContextManager[Cluster]:
    """Run a cluster behind a proxy that knows the countries of addresses."""
    return running_cluster(
        folder,
        ZUFALL_TRUSTED_PROXIES="1",
        ZUFALL_COUNTRIES=str(COUNTRIES),
        ZUFALL_SHOW_COUNTRY=show_country,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with abroad(tmp_path_factory.mktemp("world")) as running:
        yield running


async def wait(one: ManualVisitor, **wish: Any) -> None:
    """Send a wish, and wait until the matcher has it. Only the matcher explains the wait."""
    await one.find(**wish)
    while "hint" not in await one.hear("searching"):
        pass


@WAYS
async def test_partners_learn_each_others_country(world: Cluster, way: Way) -> None:
    first, second = (world.urls[number] for number in way)
    async with visitor(first, address=MUNICH) as one, visitor(second, address=CAMBRIDGE) as other:
        await wait(one)
        await other.find()
        assert (await one.meet())["partner"]["country"] == "GB"
        assert (await other.meet())["partner"]["country"] == "DE"


@WAYS
@pytest.mark.parametrize("who_avoids", ["who waits", "who comes"])
async def test_a_visitor_who_avoids_a_country_meets_nobody_there(
    world: Cluster, way: Way, who_avoids: str
) -> None:
    first, second = (world.urls[number] for number in way)
    early, late = (["GB", "fr"], []) if who_avoids == "who waits" else ([], ["DE"])
    async with visitor(first, address=MUNICH) as one, visitor(second, address=CAMBRIDGE) as other:
        await wait(one, avoid_countries=early)
        await other.find(avoid_countries=late)
        await asyncio.gather(does_not_meet(one), does_not_meet(other))
        async with visitor(second, address=TOKYO) as third:
            await third.find()
            await third.meet()
            met = await first_to_meet(one, other)
            assert third.match.partner.country == ("DE" if met is one else "GB")


@WAYS
async def test_an_unknown_country_is_not_avoided(world: Cluster, way: Way) -> None:
    first, second = (world.urls[number] for number in way)
    async with visitor(first, address=MUNICH) as one, visitor(second) as nowhere:
        await wait(one, avoid_countries=["GB", "US", "JP"])
        await nowhere.find()
        assert "country" not in (await one.meet())["partner"]
        assert (await nowhere.meet())["partner"]["country"] == "DE"


@pytest.mark.parametrize("nearby", [False, True], ids=["anywhere", "near me first"])
@WAYS
async def test_near_me_counts_more_than_the_longest_wait(world: Cluster, way: Way, nearby: bool) -> None:
    first, second = (world.urls[number] for number in way)
    async with visitor(first, address=CAMBRIDGE) as far, visitor(second, address=BERLIN) as near:
        for each in (far, near):
            await each.find()
        await asyncio.gather(far.meet(), near.meet())
        await far.say("stop")  # they have parted and do not meet again, so that both can wait
        await near.hear("ended")
        await wait(far)
        await wait(near)
        async with visitor(first, address=MUNICH) as one:
            await one.find(nearby=nearby)
            assert (await one.meet())["partner"]["country"] == ("DE" if nearby else "GB")


@WAYS
async def test_an_operator_may_tell_no_country_and_still_have_them_avoided(
    tmp_path_factory: pytest.TempPathFactory, way: Way
) -> None:
    async with abroad(tmp_path_factory.mktemp("discreet"), "off") as discreet:
        first, second = (discreet.urls[number] for number in way)
        async with visitor(first, address=MUNICH) as one, visitor(second, address=CAMBRIDGE) as other:
            await wait(one, avoid_countries=["GB"])
            await other.find()
            await asyncio.gather(does_not_meet(one), does_not_meet(other))
            await one.find()
            await asyncio.gather(one.meet(), other.meet())
            for each in (one, other):
                assert each.match.partner.country is None
