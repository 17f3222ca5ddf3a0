"""A visitor who sends a link to stranger after stranger is deferred, then watched, then restricted."""

import pytest

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract import identities
from services.runtime.rpc import open_channel

from ..device import BrowserDevice
from ..timing import until
from ..visitor import ManualVisitor, visitor
from .cluster import Cluster
from .meetings import meet

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINK = "my pictures are on https://spam.example/me"
DEFERRED = "zufall_gateway_deferred_searches_total"


async def token(url: str) -> str:
    """Return a token of a browser with a key of its own."""
    return str((await BrowserDevice().begin(url))["token"])


async def meets_strangers(cluster: Cluster, one: ManualVisitor, strangers: int, *, polite: bool) -> None:
    """Let the visitor meet strangers, one after the other, at both gateways, and send each the link.

    A `polite` visitor waits until the stranger has written.
    """
    for number in range(strangers):
        url = cluster.urls[number % 2]
        async with visitor(url, await token(url)) as stranger:
            await meet(one, stranger)
            if polite:
                await stranger.chat("hi")
                await one.hear("chat")
            await one.chat(LINK)
            assert (await stranger.hear("chat"))["text"] == LINK


async def standing(cluster: Cluster, one: ManualVisitor) -> pb.VisitorStanding:
    async with open_channel(cluster.reports.address, identities.REPORTS, None) as channel:
        asked = pb.StandingRequest(visitor=one.name)
        return await rpc.ReportsStub(channel).Standing(asked)  # type: ignore[no-any-return]


async def until_stands(cluster: Cluster, one: ManualVisitor, level: pb.Level) -> pb.VisitorStanding:
    async def stands() -> bool:
        return (await standing(cluster, one)).level == level

    await until(stands)
    return await standing(cluster, one)


async def test_who_sends_a_link_to_stranger_after_stranger_is_deferred_then_watched_then_restricted(
    cluster: Cluster,
) -> None:
    here = cluster.gateways[0]
    before = await here.metric(DEFERRED)
    async with visitor(here.url, await token(here.url)) as spammer:
        await meets_strangers(cluster, spammer, 3, polite=False)
        assert await here.metric(DEFERRED) == before
        await meets_strangers(cluster, spammer, 1, polite=False)
        assert await here.metric(DEFERRED) > before
        assert (await standing(cluster, spammer)).level == pb.LEVEL_GOOD
        await meets_strangers(cluster, spammer, 3, polite=False)
        told = await until_stands(cluster, spammer, pb.LEVEL_WATCHED)
        assert (told.rule, told.automated) == ("spam", True)
        assert told.statement == "You sent links to strangers who had not written anything."
        await meets_strangers(cluster, spammer, 5, polite=False)
        told = await until_stands(cluster, spammer, pb.LEVEL_RESTRICTED)
        assert (told.rule, told.automated) == ("spam", True)
    assert await here.metric("zufall_gateway_spam_signs_total", kind="early_link") >= 12
    assert await here.metric("zufall_gateway_observations_total", result="sent") >= 2
    assert await cluster.reports.metric("zufall_reports_observed_total", kind="early_link") >= 2


async def test_who_sends_the_link_only_after_a_stranger_wrote_is_not(cluster: Cluster) -> None:
    here = cluster.gateways[0]
    before = await here.metric(DEFERRED)
    async with visitor(here.url, await token(here.url)) as talker:
        await meets_strangers(cluster, talker, 6, polite=True)
        assert await here.metric(DEFERRED) == before
        assert (await standing(cluster, talker)).level == pb.LEVEL_GOOD
