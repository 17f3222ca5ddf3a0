"""The metrics of running services: all of the list and no others, and each moves when the thing happens."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tools.interfaces.__main__ import ROOT
from tools.interfaces.metrics_page import families

from ..timing import until
from ..visitor import ManualVisitor, opened, resumed
from .cluster import Cluster
from .meetings import deliver, pair, visitors
from .test_gateway_standing import ban

pytestmark = pytest.mark.asyncio(loop_scope="session")

Samples = dict[str, float]
"""The values by the name of the series with its labels, in the order of the alphabet."""

_KIND = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)


async def samples(cluster: Cluster) -> Samples:
    """Return the sums over all services."""
    found: Samples = {}
    for service in cluster.services:
        for family in text_string_to_metric_families(await service.metrics()):
            for one in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
                key = f"{one.name}{{{labels}}}" if labels else one.name
                found[key] = found.get(key, 0.0) + one.value
    return found


class Growth:
    """Tells by how much the metrics of a cluster have grown since the start."""

    def __init__(self, cluster: Cluster, before: Samples) -> None:
        self._cluster = cluster
        self._before = before

    async def of(self, name: str) -> float:
        key = name if name.startswith("zufall") else f"zufall_gateway_{name}"
        return (await samples(self._cluster)).get(key, 0.0) - self._before.get(key, 0.0)

    async def until(self, name: str, least: float) -> None:
        """Wait until it is at least that."""

        async def enough() -> bool:
            return await self.of(name) >= least

        await until(enough)


@asynccontextmanager
async def growth(cluster: Cluster) -> AsyncIterator[Growth]:
    yield Growth(cluster, await samples(cluster))


async def test_every_service_shows_the_listed_metrics_and_no_others(cluster: Cluster) -> None:
    page = (ROOT / "docs" / "metrics.md").read_text()
    of = {"gateway": cluster.gateways[0], "matcher": cluster.matcher, "reports": cluster.reports}
    for name, service in of.items():
        shown = set(_KIND.findall(await service.metrics()))
        assert shown == {(one.name, one.kind) for one in families(name)}
        assert [one for one, kind in shown if not re.search(rf"`{one}(\{{\S+\}})?` \| {kind} ", page)] == []


async def test_a_cluster_that_is_ready_shows_it(cluster: Cluster) -> None:
    await cluster.until_ready()
    for service in cluster.services:
        assert await service.metric("zufall_ready") == 1, service.name
    for gateway in cluster.gateways:
        for name in ("gateway_standings_known", "gateway_matchers", "nats_connected"):
            assert await gateway.metric(f"zufall_{name}") == 1, name
    for name in ("database_up", "nats_connected"):
        assert await cluster.reports.metric(f"zufall_{name}") == 1, name


async def test_a_conversation_moves_the_metrics_of_its_gateways(cluster: Cluster) -> None:
    async with growth(cluster) as grown:
        async with pair(cluster, (0, 1)) as (one, other):
            await deliver(one, other, "hello")
            one.cut()
            await other.hear("partner_away")
            assert await grown.of("partners_away") == 1
            async with resumed(cluster.urls[1], one) as again:
                await other.hear("partner_back")
                assert await grown.of("partners_away") == 0
                await again.say("next")
                await other.hear("ended")
        for name, least in {
            "connections_total{result=welcome}": 2,
            "connections_total{result=resumed}": 1,
            "resumes_total{result=together}": 1,
            "proposals_total{result=reserved}": 2,
            "match_seconds_count": 2,
            "matches_total{mode=text}": 2,
            "wait_seconds_count{mode=text}": 2,
            "matches_ended_total{reason=next}": 2,
            "relayed_frames_total{kind=chat,path=nats}": 1,
            "relayed_frames_total{kind=received,path=nats}": 1,
            "relayed_bytes_total{kind=chat,path=nats}": 60,
            "relay_seconds_count": 2,
            "closed_sockets_total{by=network,code=1006}": 1,
            "zufall_http_requests_total{route=/ws,status=101}": 3,
            "zufall_event_loop_lag_seconds_count": 1,
        }.items():
            assert await grown.of(name) >= least, name
        await grown.until("closed_sockets_total{by=browser,code=1000}", 2)


async def test_frames_within_a_gateway_are_counted_apart(cluster: Cluster) -> None:
    async with growth(cluster) as grown, pair(cluster, (0, 0)) as (one, other):
        await deliver(one, other, "hello")
        assert await grown.of("relayed_frames_total{kind=chat,path=local}") == 1
        assert await grown.of("relayed_frames_total{kind=chat,path=nats}") == 0


async def test_a_refused_handshake_is_counted_by_its_reason(cluster: Cluster) -> None:
    address = f"{cluster.urls[0]}/ws"
    foreign = {"Origin": "http://elsewhere.test"}
    async with growth(cluster) as grown, aiohttp.ClientSession() as http:
        for headers, status in ((foreign, 403), ({}, 400)):
            async with http.get(address, headers=headers) as answer:
                assert answer.status == status
        async with opened(cluster.urls[0]) as one:
            await one.say("hello", token="no token", epoch=1)
            assert await one.close_code() == 4401
        for name in ("permission_refused", "invalid_request", "token_refused"):
            assert await grown.of(f"handshakes_refused_total{{reason={name}}}") == 1, name
        assert await grown.of("connections_total{result=refused}") == 3
        assert await grown.of("closed_sockets_total{by=gateway,code=4401}") == 1


async def test_a_resume_that_comes_too_late_is_counted(cluster: Cluster) -> None:
    async with growth(cluster) as grown, pair(cluster, (0, 1)) as (one, other):
        one.cut()
        await other.hear("partner_away")
        await other.say("stop")
        await grown.until("matches_ended_total{reason=stop}", 2)  # the gateway of the one who is away knows
        async with resumed(cluster.urls[0], one) as again:
            assert "resumed" not in again.welcome
        assert await grown.of("resumes_total{result=over}") == 1


async def test_a_search_is_shown_while_it_lasts(cluster: Cluster) -> None:
    async with growth(cluster) as grown, visitors(cluster, 0) as (one,):
        await one.find("audio")
        await one.hear("searching")
        assert await grown.of("searching") == 1
        await one.say("stop")
        await _answered(one)
        assert await grown.of("searching") == 0


async def _answered(one: ManualVisitor) -> None:
    """Wait until the gateway has read everything that was said."""
    await one.say("next", match="no match")
    await one.say("rewind", match="no match")
    await one.hear("error")


async def test_a_call_is_counted_once_by_the_route_that_the_page_tells(cluster: Cluster) -> None:
    async with growth(cluster) as grown, pair(cluster, (0, 1)) as (one, other):
        assert one.welcome["counts_calls"]
        for match, relay in ((one.match.id, True), (one.match.id, False), ("another match", True)):
            await one.say("connected", match=match, relay=relay)
        await other.say("connected", match=other.match.id, relay=False)
        for each in (one, other):
            await _answered(each)
        assert [await grown.of(f"calls_total{{route={route}}}") for route in ("relay", "direct")] == [1, 1]
        assert await grown.of("dropped_frames_total{reason=stale_match}") >= 1


async def test_a_ban_shows_how_long_gateways_waited_for_it(cluster: Cluster) -> None:
    async with growth(cluster) as grown, visitors(cluster, 0) as (one,):
        await ban(cluster, one.name)
        await one.hear("banned")
        await grown.until("zufall_reports_ban_delay_seconds_count", 2)
        assert await grown.of("zufall_reports_ban_delay_seconds_sum") < 60
        assert await grown.of("zufall_database_seconds_count") >= 1


async def test_nats_that_goes_away_and_comes_back_is_shown(cluster: Cluster) -> None:
    async def connected() -> set[float]:
        users = (cluster.reports, *cluster.gateways)
        return {await one.metric("zufall_nats_connected") for one in users}

    async def all_are(value: float) -> bool:
        return await connected() == {value}

    async with growth(cluster) as grown:
        await until(lambda: all_are(1.0))
        await cluster.nats.stop()
        await until(lambda: all_are(0.0))
        await cluster.nats.start()
        await until(lambda: all_are(1.0))
        await grown.until("zufall_nats_reconnects_total", 3)
        await grown.until("zufall_nats_round_trip_seconds_count", 1)
    await cluster.until_ready()
