"""Bans close open sockets at every gateway, and reports are stored before they are acknowledged."""

import json
import time
from functools import partial

import jwt
import pytest

from protos import reports_pb2 as pb
from services.contract.ids import random_id

from ..device import BrowserDevice
from ..moderation import decide
from ..timing import scaled, until
from ..visitor import ManualVisitor, opened, visitor
from .cluster import Cluster
from .meetings import WAYS, Way, does_not_meet, meet, pair

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ban(cluster: Cluster, name: str, seconds: int = 3600) -> None:
    token = cluster.environment["ZUFALL_MODERATOR_TOKEN"]
    await decide(cluster.reports.address, token, name, pb.LEVEL_BANNED, "nudity", seconds)


async def until_known(cluster: Cluster, one: ManualVisitor, level: str) -> None:
    """Wait until every gateway knows the visitor's standing, because each hears of a decision by itself."""

    async def known() -> bool:
        levels = []
        for url in cluster.urls:
            async with one.http.get(f"{url}/api/standing", headers=one.authorization) as standing:
                levels.append((await standing.json())["level"])
        return levels == [level] * len(levels)

    await until(known)


async def is_turned_away(one: ManualVisitor, decision: str) -> None:
    """Check that the hello and every other endpoint refuse the visitor."""
    await one.say("hello", token=one.token, epoch=one.next_epoch())
    notice = await one.hear("banned")
    assert (notice["rule"], notice["automated"], notice["decision"]) == ("nudity", False, decision)
    assert await one.close_code() == 4403
    async with one.http.get(f"{one.url}/api/standing", headers=one.authorization) as standing:
        assert (await standing.json())["level"] == "banned"
    async with one.http.post(f"{one.url}/api/session", headers=one.authorization) as renewed:
        assert (renewed.status, (await renewed.json())["code"]) == (403, "banned")
    async with one.http.post(f"{one.url}/api/reports", headers=one.authorization, json={}) as filed:
        assert (filed.status, (await filed.json())["code"]) == (403, "banned")


@WAYS
async def test_a_ban_ends_the_match_at_once_and_lasts_until_it_is_lifted(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        await ban(cluster, one.name)
        decided = time.monotonic()
        notice = await one.hear("banned")
        assert await one.close_code() == 4403
        assert (await other.hear("ended")) == {
            "type": "ended", "match": one.match.id, "reason": "banned",
        }  # fmt: skip
        assert time.monotonic() - decided < scaled(5)
        assert notice["until"].endswith("Z")
        await until_known(cluster, one, "banned")
        for url in cluster.urls:
            async with opened(url, one.token) as again:
                await is_turned_away(again, notice["decision"])
        refused = await one.file(reason="nudity")
        assert (refused.status, (await refused.json())["code"]) == (403, "banned")
        await other.find()
        await other.hear("searching")
        token = cluster.environment["ZUFALL_MODERATOR_TOKEN"]
        await decide(cluster.reports.address, token, one.name, pb.LEVEL_GOOD, seconds=0)
        await until_known(cluster, one, "good")
        for url in cluster.urls:
            async with visitor(url, one.token) as again:
                await again.find()
                await again.hear("searching")


async def test_a_ban_while_searching_takes_the_wish_back(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one, visitor(cluster.urls[1]) as other:
        await one.find()
        await one.hear("searching")
        await ban(cluster, one.name)
        assert await one.close_code() == 4403
        await other.find()
        await does_not_meet(other)


async def test_a_ban_of_somebody_away_waits_for_them(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as before:
        pass
    async with opened(cluster.urls[0], before.token) as asking:
        await ban(cluster, before.name, seconds=0)
        await until_known(cluster, asking, "banned")
    async with opened(cluster.urls[1], before.token) as one:
        await one.say("hello", token=one.token, epoch=one.next_epoch())
        assert "until" not in await one.hear("banned")
        assert await one.close_code() == 4403


async def reported_device(cluster: Cluster) -> tuple[BrowserDevice, str, str]:
    """Return a device, a visitor of it whom somebody reported, and the token of another one."""
    device, url = BrowserDevice(), cluster.urls[0]
    first, second = [str((await device.begin(url))["token"]) for _ in range(2)]
    async with visitor(url, first) as accused, visitor(cluster.urls[1]) as stranger:
        await meet(accused, stranger)
        await stranger.report("nudity")
        return device, accused.name, second


async def test_a_ban_binds_the_device_key(cluster: Cluster) -> None:
    device, banned, second = await reported_device(cluster)
    async with visitor(cluster.urls[0], second) as other_tab, pair(cluster, (0, 1)) as (one, other):
        await ban(cluster, banned)
        notice = await other_tab.hear("banned")
        assert await other_tab.close_code() == 4403
        await until_known(cluster, other_tab, "banned")
        for url in cluster.urls:
            async with opened(url, second) as again:
                await is_turned_away(again, notice["decision"])
        refused = await other_tab.file(reason="spam", **{"pass": one.match.sealed_pass})
        assert (refused.status, (await refused.json())["code"]) == (403, "banned")
        for url in cluster.urls:
            told = await device.is_refused(url)
            assert (told["code"], told["ban"]["decision"]) == ("banned", notice["decision"])
            assert told["ban"]["appeal"], "who has no other token can appeal, too"
        async with visitor(cluster.urls[0], (await BrowserDevice().begin(cluster.urls[0]))["token"]) as free:
            assert free.name, "another device"
        await one.chat("and strangers go on")
        assert (await other.hear("chat"))["text"] == "and strangers go on"
    token = cluster.environment["ZUFALL_MODERATOR_TOKEN"]
    await decide(cluster.reports.address, token, banned, pb.LEVEL_GOOD, seconds=0)
    async with opened(cluster.urls[0], second) as asking:
        await until_known(cluster, asking, "good")
    assert (await device.begin(cluster.urls[1]))["token"]


async def test_a_ban_of_somebody_whom_nobody_reported_binds_the_device_key(cluster: Cluster) -> None:
    """The gateway that gave the visitor a token names the device, whether they are connected or not."""
    device, named = BrowserDevice(), "zufall_gateway_named_devices_total"
    token = str((await device.begin(cluster.urls[0]))["token"])
    await ban(cluster, jwt.decode(token, options={"verify_signature": False})["sub"])
    for url in cluster.urls:
        await until(partial(device.is_banned, url), pause=0.2)  # requests are limited
    assert await cluster.gateways[0].metric(named, result="sent") >= 1


async def test_a_restriction_binds_the_device_key(cluster: Cluster) -> None:
    device, restricted, second = await reported_device(cluster)
    token = cluster.environment["ZUFALL_MODERATOR_TOKEN"]
    await decide(cluster.reports.address, token, restricted, pb.LEVEL_RESTRICTED, "nudity")
    async with opened(cluster.urls[0], second) as asking:
        await until_known(cluster, asking, "restricted")
    new = str((await device.begin(cluster.urls[1]))["token"])
    async with visitor(cluster.urls[1], new) as apart, visitor(cluster.urls[0]) as stranger:
        for each in (apart, stranger):
            await each.find()
        await does_not_meet(apart)
        async with visitor(cluster.urls[0]) as also:
            await decide(cluster.reports.address, token, also.name, pb.LEVEL_RESTRICTED, "nudity")
            await until_known(cluster, also, "restricted")
            await also.find()
            assert (await also.meet())["match"] == (await apart.meet())["match"]


async def test_a_ban_of_nobody_is_said_in_a_sentence(cluster: Cluster) -> None:
    status, said = await cluster.command("moderator", "ban", "nobody", "--for", "1h", "--rule", "nudity")
    assert status == 2
    assert "'nobody' is no id of a visitor: `zufall reports list` shows such ids" in " ".join(said.split())


@WAYS
async def test_a_report_with_a_picture_lies_in_the_database_once(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        first = await one.report("nudity")
        assert await one.report("nudity") == first
        await one.say_here("next")
        await other.hear("ended")
        assert await one.report("spam") == first, "after the match too, and with another reason"
        status, said = await cluster.command("reports", "list", "--json", "--limit", "1000")
        assert status == 0, said
        (report,) = [report for report in json.loads(said) if report["report"] == first]
        assert (report["reporter"], report["accused"]) == (one.name, other.name)
        assert (report["match"], report["reason"]) == (one.match.id, "nudity")
        assert (report["frames"], report["chat_lines"]) == (1, 1)
        assert await other.report("harassment") != first, "the other side has its own complaint"


async def test_a_ban_survives_the_reports_service_and_a_gateway(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        await ban(cluster, one.name)
        notice = await one.hear("banned")
        gateway = cluster.gateways[1]
        for service in (cluster.reports, gateway):
            await service.stop()
            await service.start()
        await cluster.until_ready()
        async with opened(gateway.url, one.token) as again:
            await is_turned_away(again, notice["decision"])
        status, said = await cluster.command("moderator", "show", one.name)
        assert (status, "is banned until" in said) == (0, True)


async def test_a_standing_that_was_never_decided_is_good(cluster: Cluster) -> None:
    status, said = await cluster.command("moderator", "show", random_id())
    assert (status, "is in good standing" in said) == (0, True)
