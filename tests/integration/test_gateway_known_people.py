"""People who know each other meet at two gateways, with the real NATS and matcher."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from services.contract.limits import REMATCH_COOLDOWN

from ..timing import until
from ..visitor import ManualVisitor, visitor
from .cluster import Cluster
from .meetings import does_not_meet, meet, visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ask(
    one: ManualVisitor, path: str, body: object, token: bool = True
) -> tuple[int, Mapping[str, Any]]:
    """Return the status and the content of an answer of the visitor's gateway."""
    headers = {**(one.authorization if token else {}), "Content-Type": "application/json"}
    async with one.http.post(f"{one.url}{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def invite(host: ManualVisitor, **asked: Any) -> str:
    status, made = await ask(host, "/api/invitations", {"mode": "text", **asked})
    assert (status, made["expires_in"]) == (201, asked.get("seconds", 3600))
    return str(made["invitation"])


async def test_a_guest_at_another_gateway_meets_the_host_and_no_other_guest(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1, 1) as (host, guest, late):
        link = await invite(host)
        check = {"invitation": link}
        assert (await ask(guest, "/api/invitations/check", check, token=False))[1]["host_waits"] is False
        for one in (guest, late):
            await one.find("text", invitation=link)
        await asyncio.gather(does_not_meet(guest), does_not_meet(late))
        await late.say("stop")
        await host.find("text", invitation=link)
        await asyncio.gather(host.meet(), guest.meet())
        assert host.match.id == guest.match.id
        await late.find("text", invitation=link)
        await does_not_meet(late)


async def test_a_guest_learns_whether_the_host_waits_at_the_other_gateway(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (host, guest):
        link = await invite(host, seconds=600, line=True)
        await host.find("text", invitation=link)
        await host.hear("searching")

        async def waits() -> bool:
            status, state = await ask(guest, "/api/invitations/check", {"invitation": link}, token=False)
            assert (status, state["mode"], state["line"]) == (200, "text", True)
            return bool(state["host_waits"])

        await until(waits)
        await host.say("stop")
        await until(lambda: _not(waits()))


async def test_who_waits_to_meet_again_is_shown_to_the_partner_alone(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (one, other):
        await meet(one, other)
        passes = one.match.sealed_pass, other.match.sealed_pass
        match = one.match.id
        await one.say("stop")
        await one.find("text", again=passes[0])
        await one.hear("searching")

        async def told() -> list[str]:
            status, answer = await ask(other, "/api/meetings", {"passes": [passes[1], "forged"]})
            assert status == 200
            return list(answer["waiting"])

        await until(lambda: _is(told(), [match]))
        assert (await ask(one, "/api/meetings", {"passes": list(passes)}))[1] == {"waiting": []}
        async with visitor(cluster.urls[0]) as thief:
            assert (await ask(thief, "/api/meetings", {"passes": list(passes)}))[1] == {"waiting": []}
            await thief.say("find", mode="text", again=passes[0])
            assert (await thief.hear("error"))["code"] == "meeting_refused"
        await one.say("stop")
        await until(lambda: _is(told(), []))


@pytest.mark.long
async def test_two_who_wait_for_each_other_meet_a_minute_after_they_parted(cluster: Cluster) -> None:
    async with visitors(cluster, 0, 1) as (one, other):
        await meet(one, other)
        passes = one.match.sealed_pass, other.match.sealed_pass
        for each, sealed in zip((one, other), passes, strict=True):
            await each.say("stop")
            await each.find("text", again=sealed)
        heard = (
            each.hear("matched", REMATCH_COOLDOWN + 15) for each in (one, other)
        )  # it answers pings, too
        await asyncio.gather(*heard)
        assert one.match.id == other.match.id


async def test_bad_requests_are_refused_with_stable_codes(cluster: Cluster) -> None:
    async with visitors(cluster, 0) as (one,):
        bodies: list[object] = [{}, [], {"mode": "smell"}, {"mode": "text", "seconds": 1}]
        for body in (*bodies, {"mode": "text", "more": 1}):
            assert await _code(one, "/api/invitations", body) == (400, "invalid_request")
        assert await _code(one, "/api/invitations", {"mode": "text"}, token=False) == (401, "token_refused")
        for invitation in ("", "x" * 513, 7):
            asked = {"invitation": invitation}
            assert await _code(one, "/api/invitations/check", asked) == (400, "invalid_request")
        assert await _code(one, "/api/invitations/check", {"invitation": "x"}) == (403, "meeting_refused")
        assert await _code(one, "/api/meetings", {"passes": ["x"] * 17}) == (400, "invalid_request")
        assert await _code(one, "/api/meetings", {"passes": []}, token=False) == (401, "token_refused")
        await one.say("find", mode="text", invitation="x")
        assert (await one.hear("error"))["code"] == "meeting_refused"
        await one.say("find", mode="text", again="x" * 4096)
        assert (await one.hear("error"))["code"] == "meeting_refused"


async def _code(one: ManualVisitor, path: str, body: object, token: bool = True) -> tuple[int, str]:
    status, problem = await ask(one, path, body, token)
    return status, problem["code"]


async def _is(answer: Any, expected: object) -> bool:
    return bool(await answer == expected)


async def _not(answer: Any) -> bool:
    return not await answer
