"""A token takes a proof of work, which counts once, and more of it where banned visitors come from."""

from typing import Any

import aiohttp
import pytest

from bench.client.http import fetch_challenge, solve
from protos import reports_pb2 as pb

from ..integration.cluster import Cluster, Service
from ..integration.test_gateway_bad_requests import is_problem
from ..moderation import decide
from ..timing import until
from ..visitor import opened, visitor
from .crowd import address

pytestmark = pytest.mark.asyncio(loop_scope="session")

Headers = dict[str, str]


def from_network(number: int, token: str = "") -> Headers:
    headers = {"X-Forwarded-For": address(number)}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


async def answer(url: str, body: dict[str, Any], headers: Headers) -> tuple[int, str]:
    """Return the status and the code of the answer to a request for a token."""
    async with aiohttp.ClientSession(headers=headers) as http:
        given = await http.post(f"{url}/api/session", json=body)
        if given.status == 201:
            return 201, ""
        code = (await given.json())["code"]
        await is_problem(given, given.status, code)
        return given.status, code


async def solved(url: str, headers: Headers) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http:
        return await solve(await fetch_challenge(http, url, headers))


async def work_asked(gateway: Service, headers: Headers) -> float:
    """Return how much work the gateway asks for now."""
    before = await gateway.metric("zufall_gateway_work_sum")
    async with aiohttp.ClientSession() as http:
        await fetch_challenge(http, gateway.url, headers)
    return await gateway.metric("zufall_gateway_work_sum") - before


async def test_no_token_without_work_and_a_solution_counts_once(usual: Cluster) -> None:
    first, second = usual.urls
    here, elsewhere = from_network(40_000), from_network(40_001)
    assert await answer(first, {}, here) == (403, "work_refused")
    work = await solved(first, here)
    wrong = {"counter": work["work"]["solution"]["counter"], "derivedKey": "00" * 32}
    assert await answer(first, {"work": work["work"] | {"solution": wrong}}, here) == (403, "work_refused")
    assert await answer(first, work, elsewhere) == (403, "challenge_refused")
    assert await answer(first, work, here) == (201, "")
    assert await answer(first, work, here) == (403, "challenge_refused")
    assert await answer(second, work, here) == (201, ""), "gateways do not share what was used"


async def test_the_work_for_a_new_visitor_renews_no_token_and_the_other_way_round(usual: Cluster) -> None:
    url = usual.urls[0]
    async with visitor(url, address=address(40_002)) as one:
        new, renewing = from_network(40_002), from_network(40_002, one.token)
        assert await answer(url, await solved(url, new), renewing) == (403, "challenge_refused")
        assert await answer(url, await solved(url, renewing), new) == (403, "challenge_refused")
        assert await answer(url, await solved(url, renewing), renewing) == (201, "")
        forged = from_network(40_002, one.token[:-4] + "AAAA")
        assert await answer(url, {}, forged) == (401, "token_refused")


async def test_bans_double_the_work_of_their_network(usual: Cluster) -> None:
    """A banned visitor counts once, however often they come, and only where they came from."""
    gateway, secret = usual.gateways[0], usual.environment["ZUFALL_MODERATOR_TOKEN"]
    here, elsewhere = from_network(40_003), from_network(40_004)
    least = await work_asked(gateway, here)
    async with visitor(gateway.url, address=address(40_003)) as one:
        await decide(usual.reports.address, secret, one.name, pb.LEVEL_BANNED, "nudity")
        await one.hear("banned")
        assert await one.close_code() == 4403

    async def doubled() -> bool:
        return await work_asked(gateway, here) == 2 * least

    await until(doubled)
    async with opened(gateway.url, one.token, address=address(40_003)) as again:
        await again.say("hello", token=one.token, epoch=again.next_epoch())
        assert await again.close_code() == 4403
    assert await answer(gateway.url, {}, from_network(40_003, one.token)) == (403, "banned")
    assert await doubled()
    assert await work_asked(gateway, elsewhere) == least
    assert await answer(gateway.url, {}, from_network(40_004, one.token)) == (403, "banned")
    assert await work_asked(gateway, elsewhere) == 2 * least
