"""Two regions: visitors meet their own region first, and each region lives on without the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio

from services.contract.errors import CloseCode

from ..visitor import ManualVisitor, resumed, visitor
from .cluster import Service
from .meetings import deliver, does_not_meet, meet
from .regions import Region, TwoRegions, two_regions

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def _regions(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoRegions]:
    async with two_regions(tmp_path_factory.mktemp("regions")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def regions(_regions: TwoRegions) -> AsyncIterator[TwoRegions]:
    """Provide two regions that know of each other, whatever a test before has broken."""
    await _regions.repair()
    yield _regions


@asynccontextmanager
async def visitors(*regions: Region) -> AsyncIterator[list[ManualVisitor]]:
    """Connect one visitor to each of these regions."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visitor(region.url)) for region in regions]


@asynccontextmanager
async def always_ready(*services: Service) -> AsyncIterator[None]:
    """Fail if one of the services says that it is not ready."""
    said: set[tuple[str, str]] = set()

    async def watch(service: Service) -> None:
        while True:
            said.add((service.name, await service.readiness()))
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(watch(service)) for service in services]
        yield
        for task in watching:
            task.cancel()
    assert said == {(service.name, "ok") for service in services}


async def across_regions(regions: TwoRegions) -> float:
    counted = [
        await region.matcher.metric("zufall_matcher_pairings_across_regions_total")
        for region in regions.regions
    ]
    return sum(counted)


async def test_visitors_meet_their_own_region_first(regions: TwoRegions) -> None:
    before = await across_regions(regions)
    async with visitors(regions.us, regions.eu, regions.eu) as (stranger, one, other):
        await stranger.find()
        await stranger.hear("searching")
        await meet(one, other)
        assert await across_regions(regions) == before
        for each in (one, other):
            await each.say("stop")
        async with visitor(regions.eu.url) as newcomer:
            await newcomer.find()
            await asyncio.gather(stranger.meet(), newcomer.meet())
            assert stranger.match.id == newcomer.match.id
            assert await deliver(stranger, newcomer, "hello over there") == ["hello over there"]
    assert await across_regions(regions) == before + 1


async def test_a_region_that_is_lost_ends_no_call(regions: TwoRegions) -> None:
    eu, us = regions.eu, regions.us
    async with visitors(eu, us, eu, eu) as (here, there, one, other):
        await meet(here, there)
        await meet(one, other)
        async with always_ready(regions.reports, *us.services):
            await eu.kill()
            async with (
                resumed(us.url, here) as again,
                resumed(us.url, one) as left,
                resumed(us.url, other) as right,
            ):
                assert again.welcome["resumed"]["match"] == there.match.id
                assert again.welcome["resumed"]["partner_here"]
                assert await deliver(again, there, "I am here now") == ["I am here now"]
                assert left.welcome["resumed"]["match"] == right.welcome["resumed"]["match"] == one.match.id
                assert await deliver(left, right, "so are we") == ["so are we"]
                async with visitors(us, us) as (newcomer, another):
                    await meet(newcomer, another)


async def test_regions_that_are_cut_off_go_on_by_themselves(regions: TwoRegions) -> None:
    eu, us = regions.eu, regions.us
    async with (
        always_ready(*regions.services),
        visitors(eu, us, eu, eu, us) as (here, there, moving, left_behind, free),
    ):
        await meet(here, there)
        await meet(moving, left_behind)
        regions.cut()
        async with visitors(eu, eu) as (one, other), visitor(us.url, moving.token) as moved:
            await asyncio.gather(meet(one, other), meet(moved, free))
            await asyncio.gather(here.hear("partner_away"), there.hear("partner_away"))
            await asyncio.gather(does_not_meet(one), regions.until_all_see(1))
            await regions.heal()
            # A visitor with a socket in both regions keeps the newer one, and is in one match.
            assert await moving.close_code() == CloseCode.CONNECTED_ELSEWHERE
            assert (await left_behind.hear("ended"))["reason"] == "lost"
            assert await deliver(moved, free, "just us") == ["just us"]
            # Two who were kept apart for less than the grace go on.
            await asyncio.gather(here.hear("partner_back"), there.hear("partner_back"))
            assert await deliver(here, there, "back") == ["back"]
            await regions.until_all_see(2)
            async with visitor(us.url) as newcomer:
                await newcomer.find()
                await asyncio.gather(newcomer.meet(), left_behind.meet())
                assert newcomer.match.id == left_behind.match.id
