"""Two strangers meet, talk and part, at one gateway and at two."""

import asyncio
import json

import pytest

from ..visitor import OFFER, visitor
from .cluster import Cluster
from .meetings import WAYS, Way, does_not_meet, first_to_meet, pair, visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")


@WAYS
async def test_two_meet_and_know_what_they_share(cluster: Cluster, way: Way) -> None:
    async with visitors(cluster, *way) as (one, other):
        await one.find(interests=["Chess ", "music"], languages=["de", "en-GB"])
        assert (await one.hear("searching"))["stage"] == 0
        await other.find(interests=["tea", "chess"], languages=["en"])
        first, second = await one.meet(), await other.meet()
    assert first["match"] == second["match"]
    assert first["polite"] is not second["polite"]
    assert first["pass"] != second["pass"]
    assert first["partner"] == {"languages": ["en"], "shared_interests": ["Chess"]}, (
        "as the visitor spells it"
    )
    assert second["partner"] == {"languages": ["de", "en"], "shared_interests": ["chess"]}


@WAYS
async def test_frames_reach_the_partner_byte_for_byte(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        for speaker, listener in ((one, other), (other, one)):
            said = list(frames_of_a_call(speaker.match.id))
            for frame in said:
                await speaker.say_bytes(frame)
            assert [await listener.hear_bytes() for _ in said] == said


@WAYS
async def test_signals_reach_the_partner_as_the_gateway_read_them(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        for speaker, listener in ((one, other), (other, one)):
            about = {"match": speaker.match.id}
            said = [
                {"type": "description", **about, "description": {"type": "offer", "sdp": OFFER}},
                {"type": "candidates", **about, "candidates": [{"candidate": "", "sdpMid": "0"}]},
                {"type": "description", **about, "description": {"type": "rollback", "sdp": ""}},
            ]
            for frame in said:
                await speaker.say_bytes(json.dumps(frame, indent=1).encode())
            heard = [await listener.hear_bytes() for _ in said]
            assert heard == [json.dumps(frame, separators=(",", ":")).encode() for frame in said]


def frames_of_a_call(match: str) -> list[bytes]:
    """Return every other kind of frame for a partner, in unusual but valid JSON."""
    said = [
        {"type": "typing", "match": match},
        {"type": "reveal", "match": match, "n": 1},
        {"type": "mode", "match": match, "mode": "video"},
        {"type": "mode", "match": match, "mode": "text", "declined": True},
        {"type": "received", "match": match, "n": 0},
        *({"type": "chat", "match": match, "n": n, "text": f"line {n}", "id": str(n)} for n in range(2, 52)),
    ]
    text = "\\ud83d\\ude00 grüß 😀\\u0000"
    odd = f'\n{{ "id":"a\\u0062",  "text" : "{text}" ,"match":"{match}","n" :52,"type":"chat"}}\n'
    return [*(json.dumps(frame).encode() for frame in said), odd.encode()]


@WAYS
async def test_next_parts_them_for_good_and_a_third_meets_one_of_them(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        await one.say_here("next")
        assert (await other.hear("ended")) == {
            "type": "ended", "match": one.match.id, "reason": "next",
        }  # fmt: skip
        for each in (one, other):
            await each.hear("searching")
        await asyncio.gather(does_not_meet(one), does_not_meet(other))
        async with visitor(cluster.urls[1]) as third:
            await third.find()
            await third.meet()
            met = await first_to_meet(one, other)
            assert met.match.id == third.match.id
            left = other if met is one else one
            await does_not_meet(left)


@WAYS
async def test_the_one_who_presses_next_hears_nothing_of_the_old_match(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        await one.say("next")
        assert json.loads(await one.hear_bytes())["type"] == "searching"
        await other.hear("ended")
        await other.chat("are you there?")
        await one.does_not_hear("chat")


@WAYS
async def test_stop_ends_the_match_and_nobody_searches(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        await one.say("stop")
        assert (await other.hear("ended"))["reason"] == "stop"
        async with visitor(cluster.urls[0]) as third:
            await third.find()
            await does_not_meet(third)
            await other.find()
            await asyncio.gather(third.meet(), other.meet())
        await one.say("next")
        await one.hear("searching")


@WAYS
async def test_stop_while_searching_takes_the_wish_back(cluster: Cluster, way: Way) -> None:
    async with visitors(cluster, *way) as (one, other):
        await one.find()
        await one.hear("searching")
        await one.say("stop")
        await other.find()
        await does_not_meet(other)


@WAYS
async def test_find_replaces_the_wish(cluster: Cluster, way: Way) -> None:
    async with visitors(cluster, *way) as (one, other):
        await one.find("video", interests=["old"])
        await one.hear("searching")
        await one.find("audio", interests=["new"])
        await other.find("video")
        await does_not_meet(other)
        await other.find("audio", interests=["new"])
        assert (await other.meet())["partner"]["shared_interests"] == ["new"]
        await one.meet()
        await one.find("text")
        assert (await other.hear("ended"))["reason"] == "next"


@WAYS
async def test_modes_do_not_mix(cluster: Cluster, way: Way) -> None:
    async with visitors(cluster, *way, *way) as (a, b, c, d):
        await a.find("text")
        await b.find("video")
        await asyncio.gather(does_not_meet(a), does_not_meet(b))
        await c.find("video")
        await d.find("text")
        await asyncio.gather(*(each.meet() for each in (a, b, c, d)))
        assert a.match.id == d.match.id
        assert b.match.id == c.match.id


@WAYS
async def test_a_block_ends_the_match_and_holds(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other):
        await one.say("block", **{"pass": one.match.sealed_pass})
        for each in (one, other):
            assert (await each.hear("ended"))["reason"] == "blocked"
        await one.hear("searching")
        await other.find()
        await asyncio.gather(does_not_meet(one), does_not_meet(other))
        async with visitor(cluster.urls[0]) as third:
            await third.find()
            assert await first_to_meet(one, other)


@WAYS
async def test_a_visitor_in_two_tabs_has_one_socket_on_a_gateway(cluster: Cluster, way: Way) -> None:
    async with pair(cluster, way) as (one, other), visitor(one.url, one.token) as again:
        assert again.name == one.name
        assert await one.close_code() == 4409
        assert (await other.hear("ended"))["reason"] == "lost"
        await again.find()
        await does_not_meet(again)  # they have just parted


async def test_one_visitor_on_two_gateways_never_meets_themselves(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        await one.find()
        async with visitor(cluster.urls[1], one.token) as same:
            assert same.name == one.name
            await same.find()
            await does_not_meet(same)
            assert await one.close_code() == 4409


async def test_the_longest_wish_is_a_wish(cluster: Cluster) -> None:
    """Some letters become eighteen when they are normalized."""
    longest = [31 * "\ufdfa" + str(number) for number in range(10)]
    async with visitors(cluster, 0, 1) as (one, other):
        await one.find(interests=longest, languages=["abc-12345678-12345678-12345678"] * 5)
        await other.find(interests=longest[:1], languages=["ABC"])
        assert (await other.meet())["partner"]["languages"] == ["abc"]


async def test_next_without_a_wish_is_an_error_of_its_own(cluster: Cluster) -> None:
    async with visitor(cluster.urls[0]) as one:
        await one.say("next")
        assert (await one.hear("error"))["code"] == "no_wish"
