"""Tokens that were revoked, which no gateway takes within a second, and tokens that have expired."""

import asyncio
import time

import aiohttp
import pytest

from bench.client.http import fetch_token
from services.contract.ids import VisitorId
from services.contract.keys import parse_ring
from services.contract.tokens import LIFETIME, LONGEST_USE, TokenSigner

from .. import moderation
from ..device import BrowserDevice
from ..timing import scaled
from ..visitor import opened, visitor
from .cluster import Cluster
from .meetings import deliver, meet, visitors
from .test_gateway_bad_requests import is_problem

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def revoke(cluster: Cluster, token: str) -> float:
    """Revoke a token as an operator does who has it; return when that was answered."""
    await moderation.revoke(cluster.reports.address, cluster.environment["ZUFALL_MODERATOR_TOKEN"], token)
    return time.monotonic()


async def renew(url: str, token: str) -> str:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        return await fetch_token(http, url)


async def is_refused(url: str, token: str) -> None:
    """Check that a hello and every endpoint refuse the token."""
    async with opened(url, token) as one:
        await one.say("hello", token=token, epoch=one.next_epoch())
        assert (await one.hear("error"))["code"] == "token_refused"
        assert await one.close_code() == 4401
        for method, path, body in [
            ("GET", "/api/challenge", None),
            ("POST", "/api/session", {}),
            ("GET", "/api/standing", None),
            ("POST", "/api/reports", {"pass": "x", "reason": "spam"}),
        ]:
            async with one.http.request(method, url + path, json=body, headers=one.authorization) as answer:
                await is_problem(answer, 401, "token_refused")


async def test_a_revoked_token_is_refused_everywhere_within_a_second(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (one, other), visitor(cluster.urls[1]) as innocent:
        for each in (one, other):
            revoked_at = await revoke(cluster, each.token)
            assert (await each.hear("error"))["code"] == "token_refused"
            assert await each.close_code() == 4401
            assert time.monotonic() - revoked_at < scaled(1)
        for url in cluster.urls:
            for each in (one, other):
                await is_refused(url, each.token)
        await innocent.find()
        await innocent.hear("searching")


async def test_a_thief_who_renewed_a_token_without_a_device_has_nothing_left(cluster: Cluster) -> None:
    first, second = cluster.urls
    async with aiohttp.ClientSession() as http:
        stolen = await fetch_token(http, first)
    renewed = await renew(second, stolen)
    own = (await BrowserDevice().begin(first, renewed))["token"]
    async with visitor(second, own) as thief:
        await revoke(cluster, stolen)
        assert await thief.close_code() == 4401
    for url in cluster.urls:
        for token in (stolen, renewed, own):
            await is_refused(url, token)


async def test_the_owner_of_a_device_goes_on_with_the_token_that_they_have_by_now(cluster: Cluster) -> None:
    first, second = cluster.urls
    device = BrowserDevice()
    stolen = (await device.begin(first))["token"]
    newer = (await device.begin(second, stolen))["token"]
    async with visitor(first, stolen) as one, visitor(second) as other:
        await meet(one, other)
        await revoke(cluster, stolen)
        assert await one.close_code() == 4401
        assert (await other.hear("partner_away"))["match"] == one.match.id
        async with opened(second, newer) as again:
            again.client.match = one.match
            await again.hello()
            assert again.welcome["resumed"]["match"] == one.match.id
            await other.hear("partner_back", answer=True)
            assert await deliver(other, again, "welcome back") == ["welcome back"]
    await is_refused(first, stolen)


async def test_a_token_may_be_revoked_twice_and_by_several_at_once(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        await asyncio.gather(*(revoke(cluster, one.token) for _ in range(3)))
        assert await one.close_code() == 4401
        await revoke(cluster, one.token)
    await is_refused(cluster.urls[0], one.token)


async def test_an_expired_token_opens_no_socket_and_still_reports_a_stranger(cluster: Cluster) -> None:
    signer = TokenSigner(parse_ring(cluster.environment["ZUFALL_TOKEN_KEYS"]))
    async with visitors(cluster, 0, 1) as (one, other):
        await meet(one, other)
        one.token = signer.issue(time.time() - 2 * LIFETIME, VisitorId(one.name))
        assert await one.report("spam")
        async with one.http.get(f"{one.url}/api/standing", headers=one.authorization) as standing:
            assert (await standing.json())["level"] == "good"
        async with one.http.post(f"{one.url}/api/session", json={}, headers=one.authorization) as answer:
            await is_problem(answer, 401, "token_refused")
        one.token = signer.issue(time.time() - LONGEST_USE - 60, VisitorId(one.name))
        await is_problem(await one.file(), 401, "token_refused")
        async with opened(cluster.urls[1], one.token) as again:
            await again.say("hello", token=one.token, epoch=again.next_epoch())
            assert await again.close_code() == 4401


async def test_a_device_renews_its_expired_token_at_any_gateway(cluster: Cluster) -> None:
    first, second = cluster.urls
    ring, device = parse_ring(cluster.environment["ZUFALL_TOKEN_KEYS"]), BrowserDevice()
    signer = TokenSigner(ring)
    named = signer.verify((await device.begin(first))["token"], time.time())
    old = signer.issue(time.time() - 10 * LIFETIME, named.visitor, named.device)
    renewed = signer.verify((await device.begin(second, old))["token"], time.time())
    assert (renewed.visitor, renewed.device) == (named.visitor, named.device)
