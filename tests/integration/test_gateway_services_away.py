"""The services behind the gateways go away and come back, and visitors need to do nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ..timing import until
from ..visitor import ManualVisitor, opened, visitor
from .cluster import Cluster, Service
from .meetings import does_not_meet, meet, pair, visitors
from .test_gateway_standing import ban, until_known

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def away(service: Service) -> AsyncIterator[None]:
    """Kill the service, and start it again at the end."""
    await service.kill()
    yield
    await service.start()


@asynccontextmanager
async def without_nats(cluster: Cluster) -> AsyncIterator[None]:
    await cluster.nats.stop()
    for gateway in cluster.gateways:
        await gateway.until_ready("NATS is away")
    yield
    await cluster.nats.start()


async def test_a_matcher_that_was_killed_forgets_nobody(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (early, late), pair(cluster, (0, 1), "audio") as (one, other):
        await early.find("video")
        await early.hear("searching")
        async with away(cluster.matcher):
            for gateway in cluster.gateways:
                await gateway.until_ready("no matcher answers")
            await late.find("video")
            await late.hear("searching")
            await one.chat("we talk on")
            assert b"we talk on" in await other.hear_bytes()
        await asyncio.gather(early.meet(), late.meet())
        assert early.match.id == late.match.id
    await cluster.until_ready()


async def test_a_visitor_who_stopped_while_the_matcher_was_away_is_not_paired(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (one, other):
        await one.find()
        await one.hear("searching")
        async with away(cluster.matcher):
            await cluster.gateways[0].until_ready("no matcher answers")
            await one.say("stop")
        await cluster.until_ready()
        await other.find()
        await does_not_meet(other)


async def test_without_nats_those_on_one_gateway_meet_and_others_wait_for_it(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 0) as (one, same), visitors(cluster, 0, 1) as (early, late):
        async with without_nats(cluster):
            await meet(one, same)
            await one.chat("no wire between us")
            await same.hear("chat")
            for each in (early, late):
                await each.find("video")
                await each.hear("searching")
            await early.does_not_hear("matched", 1.5)
        await cluster.until_ready()
        await asyncio.gather(early.meet(), late.meet())
        assert early.match.id == late.match.id
        await early.chat("at last")
        await late.hear("chat")
        await meet_anew(cluster)


async def meet_anew(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        await other.chat("hello")
        await one.hear("chat")


async def test_a_ban_is_heard_of_without_nats(cluster: Cluster) -> None:
    """Without NATS gateways learn of bans from their watch on the reports service."""
    async with visitor(cluster.urls[0]) as one, without_nats(cluster):
        await ban(cluster, one.name)
        assert await one.close_code() == 4403
    await cluster.until_ready()


async def test_without_reports_visitors_meet_and_bans_hold(cluster: Cluster) -> None:
    async with visitor(cluster.urls[1]) as banned:
        await ban(cluster, banned.name)
        assert await banned.close_code() == 4403
        await until_known(cluster, banned, "banned")
    async with away(cluster.reports), pair(cluster, (0, 1)) as (one, other):
        await one.chat("hello")
        await other.hear("chat")
        await cluster.gateways[0].until_ready()
        async with opened(cluster.urls[0], banned.token) as again:
            await again.say("hello", token=again.token, epoch=again.next_epoch())
            await again.hear("banned")
    await cluster.until_ready()


async def test_a_report_that_could_not_be_filed_is_taken_later(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        async with away(cluster.reports):
            answer = await one.file()
            assert (answer.status, answer.content_type) == (503, "application/problem+json")
            assert (await answer.json())["code"] == "unavailable"
            await other.chat("still here")
            await one.hear("chat")
        await until(lambda: is_taken(one))
        await until(lambda: is_watched_by_both(cluster))


async def is_taken(one: ManualVisitor) -> bool:
    return (await one.file()).status == 201


async def is_watched_by_both(cluster: Cluster) -> bool:
    """Return whether both gateways watch the reports service again."""
    return await cluster.reports.metric("zufall_reports_watchers") == 2
