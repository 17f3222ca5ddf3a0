"""The services behind the gateways go away and come back, and visitors need to do nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from ..timing import until
from ..visitor import Frame, ManualVisitor, opened, visitor
from .cluster import Cluster, Service
from .meetings import does_not_meet, meet, pair, visitors
from .test_gateway_appeals import appeals
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
    """Stop NATS, and start it again at the end. All stay ready, for they can do most things without it."""
    services = (*cluster.gateways, cluster.reports)
    logs = {service: len(service.log.read_text()) for service in services}
    await cluster.nats.stop()
    await until(lambda: all("NATS" in said(gateway, logs[gateway]) for gateway in services))
    yield
    assert await asyncio.gather(*(service.readiness() for service in services)) == ["ok"] * 3
    await cluster.nats.start()
    await until(lambda: all("NATS is back" in said(gateway, logs[gateway]) for gateway in cluster.gateways))


def said(service: Service, since: int) -> str:
    """Return what the service has logged since its log had this length."""
    return service.log.read_text()[since:]


async def until_matchers(gateway: Service, number: int) -> None:
    async def known() -> bool:
        return await gateway.metric("zufall_gateway_matchers") == number

    await until(known)


async def test_a_matcher_that_was_killed_forgets_nobody(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (early, late), pair(cluster, (0, 1), "audio") as (one, other):
        await early.find("video")
        await early.hear("searching")
        async with away(cluster.matcher):
            for gateway in cluster.gateways:
                await until_matchers(gateway, 0)
                assert await gateway.readiness() == "ok"
            assert (await hear_hint(early))["hint"] == "matcher_away"
            await late.find("video")
            assert (await late.hear("searching"))["hint"] == "matcher_away"
            await one.chat("we talk on")
            assert b"we talk on" in await other.hear_bytes()
        await asyncio.gather(early.meet(), late.meet())
        assert early.match.id == late.match.id
    await cluster.until_ready()


async def hear_hint(one: ManualVisitor) -> Frame:
    """Return the next `searching` that says why it takes long, other than that nobody else waits."""
    while (frame := await one.hear("searching")).get("hint", "alone") == "alone":
        pass
    return frame


async def test_who_waits_alone_is_told_that_the_matcher_is_back(cluster: Cluster) -> None:
    async with visitors(cluster, 0) as (one,):
        await one.find()
        await one.hear("searching")
        async with away(cluster.matcher):
            assert (await hear_hint(one))["hint"] == "matcher_away"
        while (await one.hear("searching")).get("hint") == "matcher_away":
            pass


async def test_a_visitor_who_stopped_while_the_matcher_was_away_is_not_paired(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (one, other):
        await one.find()
        await one.hear("searching")
        async with away(cluster.matcher):
            await until_matchers(cluster.gateways[0], 0)
            await one.say("stop")
        await cluster.until_ready()
        await until_matchers(cluster.gateways[1], 1)
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
        await asyncio.gather(early.meet(), late.meet())
        assert early.match.id == late.match.id
        await early.chat("at last")
        await late.hear("chat")
        await meet_anew(cluster)


async def meet_anew(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        await other.chat("hello")
        await one.hear("chat")


async def test_an_installation_without_nats_does_all_that_needs_one_gateway(cluster: Cluster) -> None:
    """NATS is away for some seconds, in which its clients try to connect many times, as in a minute."""
    async with visitor(cluster.urls[0]) as banned, without_nats(cluster):
        async with banned.http.get(f"{cluster.urls[0]}/api/config") as page:
            assert page.status == 200
        async with visitors(cluster, 0, 0) as (one, other):  # with new tokens
            await meet(one, other)
            await one.chat("no wire between us")
            assert b"no wire between us" in await other.hear_bytes()
            assert (await other.file()).status == 201
        await ban(cluster, banned.name)  # of which gateways learn from their watch on reports
        notice = await banned.hear("banned")
        assert await banned.close_code() == 4403
        appealed = await appeals(banned, notice["appeal"])
        assert appealed == (201, {"state": "open"})


async def test_without_reports_visitors_meet_and_bans_hold(cluster: Cluster) -> None:
    async with visitor(cluster.urls[1]) as banned:
        await ban(cluster, banned.name)
        assert await banned.close_code() == 4403
        await until_known(cluster, banned, "banned")
    gateway = cluster.gateways[0]
    since = len(gateway.log.read_text())
    async with away(cluster.reports), pair(cluster, (0, 1)) as (one, other):
        await until(lambda: hears_of_decisions(gateway, False))
        assert "reports wait in browsers" in said(gateway, since)
        await one.chat("hello")
        await other.hear("chat")
        await cluster.gateways[0].until_ready()
        async with opened(cluster.urls[0], banned.token) as again:
            await again.say("hello", token=again.token, epoch=again.next_epoch())
            await again.hear("banned")
    await cluster.until_ready()
    await until(lambda: hears_of_decisions(gateway, True))


async def hears_of_decisions(gateway: Service, expected: bool) -> bool:
    return await gateway.metric("zufall_gateway_reports_connected") == int(expected)


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


async def test_the_start_of_a_gateway_waits_for_what_was_never_there(
    cluster: Cluster, tmp_path: Path
) -> None:
    reports = {"ZUFALL_REPORTS": cluster.reports.address}
    nobody = {"ZUFALL_NATS": "nats://127.0.0.1:1", "ZUFALL_MATCHERS": "127.0.0.1:1"}
    gateway = Service("signaling", {**cluster.environment, **reports, **nobody}, tmp_path, "gateway-3")
    await gateway.start()
    try:

        async def waits_for_no_more() -> bool:
            return await gateway.readiness() == "NATS is away\nno matcher answers"

        await until(waits_for_no_more)
        async with aiohttp.ClientSession() as http, http.get(f"{gateway.admin}/livez") as answer:
            assert answer.status == 200, "or it would be started again and again"
    finally:
        await gateway.stop()
