"""A ban says why, an appeal needs no account, another moderator decides, and the answer comes back."""

import asyncio
from typing import Any

import pytest

from services.reports.shell.standings import POLL_INTERVAL

from ..timing import scaled
from ..visitor import ManualVisitor, opened, visitor
from .cluster import Cluster
from .test_gateway_standing import until_known

pytestmark = pytest.mark.asyncio(loop_scope="session")

BAN = ("--for", "1h", "--rule", "nudity", "--statement", "You were seen undressed.", "--evidence", "pictures")


async def told(one: ManualVisitor, appeal: str, language: str = "") -> tuple[int, dict[str, Any]]:
    headers, asked = {"Authorization": f"Bearer {appeal}"}, {"language": language} if language else {}
    async with one.http.get(f"{one.url}/api/appeals", headers=headers, params=asked) as answer:
        return answer.status, await answer.json()


async def appeals(
    one: ManualVisitor, appeal: str, text: str = "It was my elbow."
) -> tuple[int, dict[str, Any]]:
    async with one.http.post(f"{one.url}/api/appeals", json={"appeal": appeal, "text": text}) as answer:
        return answer.status, await answer.json()


async def command(cluster: Cluster, *words: str) -> str:
    status, said = await cluster.command("moderator", *words)
    assert status == 0, said
    return said


async def banned(cluster: Cluster, one: ManualVisitor) -> dict[str, Any]:
    await command(cluster, "ban", one.name, *BAN, "--as", "ann")
    notice = await one.hear("banned")
    assert (notice["reason"], notice["evidence"]) == ("You were seen undressed.", ["pictures"])
    return notice


async def counted(cluster: Cluster, result: str) -> float:
    return await cluster.reports.metric("zufall_reports_appeals_total", result=result)


async def test_an_appeal_from_the_ban_to_the_answer(cluster: Cluster) -> None:
    before = [await counted(cluster, result) for result in ("filed", "overturned")]
    async with visitor(cluster.urls[0]) as one:
        notice = await banned(cluster, one)
        status, said = await told(one, notice["appeal"])
        assert (status, said["state"], said["rule"], said["automated"]) == (200, "none", "nudity", False)
        assert (said["reason"], said["evidence"]) == ("You were seen undressed.", ["pictures"])
        assert said["decided"] < said["until"] < said["appeal_until"]
        assert await appeals(one, notice["appeal"]) == (201, {"state": "open"})
        assert await appeals(one, notice["appeal"], "and again") == (201, {"state": "open"})
        listed = await command(cluster, "appeals")
        assert "It was my elbow." in listed
        assert "and again" not in listed
        status, complaint = await answer(cluster, notice["decision"], "ann")
        assert (status, "cannot answer the appeal" in complaint) == (1, True)
        status, _ = await answer(cluster, notice["decision"], "bob")
        assert status == 0
        _, said = await told(one, notice["appeal"])
        assert (said["state"], said["answer"]) == ("overturned", "It was your elbow.")
        assert [await counted(cluster, result) - 1 for result in ("filed", "overturned")] == before
        await until_known(cluster, one, "good")
        async with opened(cluster.urls[1], one.token) as again:
            await again.say("hello", token=one.token, epoch=again.next_epoch())
            await again.hear("welcome")


async def answer(cluster: Cluster, decision: str, name: str, how: str = "--overturn") -> tuple[int, str]:
    words = ("answer", decision, how, "--answer", "It was your elbow.", "--as", name)
    return await cluster.command("moderator", *words)


async def test_a_template_is_told_in_the_language_of_the_page(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        await command(cluster, "ban", one.name, "--template", "spam", "--statement", "Three shops.")
        notice = await one.hear("banned")
        assert (notice["rule"], "reason" in notice) == ("spam", False), "the page asks in its language"
        _, said = await told(one, notice["appeal"], "fr-CA")
        assert (said["reason"][:27], said["reason_language"]) == ("Tu as fait de la publicité.", "fr")
        assert (said["addition"], "addition_language" in said) == ("Three shops.", False)
        for language in ("", "xx", "x" * 1_000):
            _, said = await told(one, notice["appeal"], language)
            assert (said["reason"][:15], said["reason_language"]) == ("You advertised.", "en")


async def test_what_became_of_reports_is_told_to_who_knows_their_ids(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        asked = f"{one.url}/api/reports/outcomes"
        for body, status in (
            ({"reports": ["unknown", "x" * 64]}, 200),
            ({"reports": []}, 200),
            ({"reports": ["x"] * 21}, 400),
            ({"reports": ["x" * 65]}, 400),
            ({}, 400),
        ):
            async with one.http.post(asked, json=body) as answer:
                assert answer.status == status
                assert status != 200 or await answer.json() == {"outcomes": []}


async def test_an_appeal_that_is_answered_after_the_ban_was_lifted_bans_nobody_again(
    cluster: Cluster,
) -> None:
    async with visitor(cluster.urls[0]) as one:
        notice = await banned(cluster, one)
        await appeals(one, notice["appeal"])
        await command(cluster, "lift", one.name)
        await asyncio.sleep(
            scaled(3 * POLL_INTERVAL)
        )  # the service looks for decisions, and forgets who stands well
        status, said = await answer(cluster, notice["decision"], "bob", "--uphold")
        assert (status, "is in good standing" in said) == (0, True)
        assert "is in good standing" in await command(cluster, "show", one.name)
        for url in cluster.urls:
            async with opened(url, one.token) as again:
                await again.say("hello", token=one.token, epoch=again.next_epoch())
                await again.hear("welcome")


async def test_a_ban_that_was_lifted_is_over_also_for_whom_it_asks_with_the_appeal_alone(
    cluster: Cluster,
) -> None:
    async with visitor(cluster.urls[0]) as one:
        notice = await banned(cluster, one)
        await command(cluster, "lift", one.name)
        _, said = await told(one, notice["appeal"])
        assert said["state"] == "none"
        assert said["until"] < notice["until"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"appeal": "nonsense", "text": "x"}, 403, "pass_refused"),
        ({"appeal": "nonsense", "text": ""}, 400, "invalid_request"),
        ({"appeal": "nonsense", "text": "x" * 2001}, 400, "invalid_request"),
        ({"appeal": "nonsense"}, 400, "invalid_request"),
        ({"appeal": "nonsense", "text": "x" * 60_000}, 413, "too_large"),
    ],
)
async def test_a_malformed_appeal_is_refused(
    cluster: Cluster, body: dict[str, str], status: int, code: str
) -> None:
    async with visitor(cluster.urls[0]) as one:
        async with one.http.post(f"{one.url}/api/appeals", json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (status, code)
        assert (await told(one, "nonsense"))[0] == 403
