"""All gateways give the same status of the cluster, which survives the loss of one gateway."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ..timing import scaled
from ..visitor import visitor
from .cluster import Cluster, another_gateway, running_cluster
from .meetings import meet, visitors

Figures = dict[str, Any]


async def asked(url: str, query: str = "") -> Figures:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/status{query}") as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Cache-Control"] == "public, max-age=10"
        assert answer.content_type == "application/json"
        figures: Figures = await answer.json()
        return figures


async def until(url: str, true: Callable[[Figures], object], seconds: float = 10) -> Figures:
    """Return the gateway's figures as soon as `true` accepts them."""
    figures: Figures = {}
    try:
        async with asyncio.timeout(scaled(seconds)):
            while not true(figures := await asked(url)):  # noqa: ASYNC110 -- another process knows
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"{url} still says {figures}")
    return figures


def matches(figures: Figures) -> int:
    return sum(minute["matches"] for minute in figures["hour"])


async def test_all_gateways_show_the_same_status_and_a_new_one_learns_the_past(tmp_path: Path) -> None:
    async with running_cluster(tmp_path) as cluster:
        for url in cluster.urls:
            nothing = await until(url, lambda said: said["complete"] and said["gateways"] == 2)
            assert (nothing["online"], nothing["waiting"], matches(nothing)) == (0, 0, 0)
            assert (nothing["wait"], nothing["repeats"]) == ({"p50": None, "p99": None}, None)
        async with visitors(cluster, 0, 1, 0, 0, 1) as (a, b, c, d, alone):
            await meet(a, b)
            await meet(c, d)
            await alone.find()
            said = [
                await until(url, lambda said: (said["online"], said["waiting"], matches(said)) == (5, 1, 2))
                for url in cluster.urls
            ]
            assert [one["people"] for one in said] == [{"video": 0, "audio": 0, "text": 5}] * 2
            brief = await asked(cluster.urls[0], "?hour=no")
            assert (brief["online"], brief["people"]["text"], brief["hour"]) == (5, 5, [])
            one, other = ({key: say[key] for key in ("repeats", "wait")} for say in said)
            assert one == other
            assert one["repeats"] == 0
            assert 0 < one["wait"]["p50"] <= one["wait"]["p99"] < scaled(5)
            assert 0 < said[0]["matches_per_minute"] <= 0.5
            async with another_gateway(cluster, tmp_path) as third:
                await until(third.url, lambda said: said["complete"] and said["online"] == 5)
                news = await until(third.url, lambda said: matches(said) == 2)
                assert news["wait"] == one["wait"]
                assert news["gateways"] == 3
            await until(cluster.urls[0], lambda said: said["gateways"] == 2, 3)
            await cluster.gateways[1].kill()
            late = await until(cluster.urls[0], lambda said: said["online"] == 3, 5)
            assert (late["gateways"], late["waiting"], matches(late)) == (1, 0, 2)
            await cluster.gateways[1].start()
            await cluster.gateways[1].until_ready()
            back = await until(cluster.urls[1], lambda said: said["complete"] and said["gateways"] == 2)
            assert matches(back) == 2, "what its forerunner counted"


async def test_without_nats_a_gateway_tells_what_it_knows_and_admits_it(tmp_path: Path) -> None:
    async with running_cluster(tmp_path) as cluster, visitors(cluster, 0, 1):
        await until(cluster.urls[0], lambda said: said["complete"] and said["online"] == 2)
        await cluster.nats.stop()
        alone = await until(cluster.urls[0], lambda said: said["gateways"] == 1)
        assert (alone["complete"], alone["online"]) == (False, 1)
        await cluster.nats.start()
        await until(cluster.urls[0], lambda said: said["complete"] and said["online"] == 2)


async def test_an_interest_of_enough_networks_is_popular_at_all_gateways(tmp_path: Path) -> None:
    settings = {"ZUFALL_TRUSTED_PROXIES": "1", "ZUFALL_POPULAR_FROM": "3", "ZUFALL_POPULAR_NEVER": "tea"}
    async with running_cluster(tmp_path, matchers=1, **settings) as cluster, AsyncExitStack() as here:
        first, second = cluster.urls
        for number in range(3):  # whoever has an IPv6 /48 has as many networks as they like, and is one
            owner = await here.enter_async_context(visitor(first, address=f"2001:db8:7:{number}::1"))
            await owner.find("text", interests=["ants"])
        for number, url in enumerate((first, first, second, second)):
            # The last two share a network, so two networks want bees, and three want chess.
            one = await here.enter_async_context(
                visitor(url, address=f"198.51.{min(number, 2)}.{number + 1}")
            )
            await one.find(
                "text", interests=["Chess", "tea", "http://evil.example"] + ["bees"] * (number > 0)
            )
        for url in (first, second):
            assert (await until(url, lambda said: said["popular"]))["popular"] == ["chess"]


@pytest.mark.asyncio(loop_scope="session")
async def test_an_operator_may_keep_the_figures_to_themselves(cluster: Cluster, tmp_path: Path) -> None:
    async with another_gateway(cluster, tmp_path, ZUFALL_PUBLIC_STATUS="off") as gateway:
        async with aiohttp.ClientSession() as http, http.get(f"{gateway.url}/api/status") as answer:
            assert answer.status == 404
            assert answer.content_type == "application/problem+json"
            assert (await answer.json())["code"] == "not_found"
        assert await gateway.metric("zufall_gateway_wait_seconds_count", mode="text") == 0
