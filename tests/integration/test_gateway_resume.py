"""A match goes on after a lost socket, at any gateway, and repeated frames arrive once."""

import asyncio
import json
import signal
import time

import pytest

from services.contract.errors import CloseCode

from ..timing import scaled
from ..visitor import resumed, visitor
from .cluster import Cluster
from .meetings import WAYS, Way, deliver, does_not_meet, meet, pair, say_lines, take_lines, visitors

pytestmark = pytest.mark.asyncio(loop_scope="session")

BACK = pytest.mark.parametrize("back", [0, 1], ids=["to the same gateway", "to another gateway"])


@WAYS
@BACK
async def test_a_lost_socket_resumes_anywhere(cluster: Cluster, way: Way, back: int) -> None:
    async with pair(cluster, way) as (one, other):
        match = one.match.id
        one.cut()
        away = await other.hear("partner_away")
        assert (away["match"], away["grace"]) == (match, 15)
        lines = [f"line {number}" for number in range(5)]
        await say_lines(other, lines)
        async with resumed(cluster.urls[back], one) as again:
            welcome = again.welcome["resumed"]
            assert (welcome["match"], welcome["polite"], welcome["partner_here"]) == (
                match, one.match.polite, True,
            )  # fmt: skip
            returned = await other.hear("partner_back", answer=True)  # it repeats its lines
            assert ("pass" in returned) == (back != way[0])
            assert await take_lines(again, 5) == lines
            assert await deliver(again, other, "I am back") == ["I am back"]
            assert await deliver(other, again, "good") == ["good"]


async def test_two_tabs_on_two_gateways_are_one_visitor(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other), visitor(cluster.urls[1], one.token) as second:
        assert second.name == one.name
        assert await one.close_code() == CloseCode.CONNECTED_ELSEWHERE
        assert (await other.hear("ended"))["reason"] == "lost"


async def test_a_second_tab_with_the_pass_takes_the_match_over(cluster: Cluster) -> None:
    async with (
        pair(cluster, (0, 1)) as (one, other),
        resumed(cluster.urls[1], one) as second,
    ):
        assert await one.close_code() == CloseCode.CONNECTED_ELSEWHERE
        assert second.welcome["resumed"]["partner_here"]
        await second.chat("from the second tab")
        assert (await other.hear("chat"))["text"] == "from the second tab"


async def test_both_go_back_to_each_other(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        match = one.match.id
        await one.say("next")
        await other.hear("ended")
        await other.say("rewind", match=match)
        offer = await one.hear("rewind_offer")
        assert offer["match"] == match
        assert 0 < offer["expires_in"] <= 30
        await one.say("rewind", match=match)
        await asyncio.gather(one.meet(), other.meet())
        assert one.match.id == other.match.id != match
        await one.chat("hello again")
        assert (await other.hear("chat"))["text"] == "hello again"


async def test_a_partner_who_left_by_stop_cannot_be_rewound_to(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        await one.say("stop")
        await other.hear("ended")
        await other.say_here("rewind")
        assert (await other.hear("error"))["code"] == "rewind_refused"


async def test_lines_sent_to_a_dead_socket_arrive_when_they_are_repeated(cluster: Cluster) -> None:
    async with pair(cluster, (0, 1)) as (one, other):
        lines = [f"line {number}" for number in range(20)]
        await say_lines(other, lines[:10])
        assert await take_lines(one, 3) == lines[:3]
        await say_lines(other, lines[10:])
        one.cut()
        async with resumed(cluster.urls[1], one) as again:
            await other.hear("partner_back", answer=True)  # it repeats its lines
            assert await take_lines(again, 17) == lines[3:]


@WAYS
async def test_a_partner_who_is_away_gets_nothing_of_what_was_said_meanwhile(
    cluster: Cluster, way: Way
) -> None:
    """Gateways keep no frames for a visitor who is away, or else the page would get them twice."""
    async with pair(cluster, way) as (one, other):
        one.cut()
        await other.hear("partner_away")
        await say_lines(other, ["meanwhile"])
        async with resumed(cluster.urls[way[0]], one) as again:
            await other.hear("partner_back")
            await say_lines(other, ["afterwards"])
            assert (await again.hear("chat"))["text"] == "afterwards"


class TestDeadParts:
    """Tests in which parts of the cluster die."""

    async def test_a_killed_gateway(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (one, other):
            killed = time.monotonic()
            await breakable.gateways[0].kill()
            async with resumed(breakable.urls[1], one) as again:
                assert again.welcome["resumed"]["partner_here"]
                assert time.monotonic() - killed < scaled(5)
                assert "pass" in await other.hear("partner_back")
                await other.chat("hello")
                assert (await again.hear("chat"))["text"] == "hello"

    async def test_lines_are_proven_after_a_killed_gateway(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (one, other):
            await say_lines(other, ["before"])
            await take_lines(one, 1)
            await breakable.gateways[0].kill()
            async with resumed(breakable.urls[1], one) as again:
                await other.chat("after")
                await again.hear("chat")
                await again.say_here("next")
                await again.hear("pass")  # the client keeps it
                lines = [
                    ("accused", "before"),
                    ("accused", "after"),
                    ("accused", "forged"),
                    ("reporter", "after"),
                ]
                filed = await again.file(chat=[{"from": by, "text": text} for by, text in lines])
                report = (await filed.json())["report"]
            status, said = await breakable.command("reports", "list", "--json")
            assert status == 0, said
            (listed,) = [one for one in json.loads(said) if one["report"] == report]
            assert (listed["chat_lines"], listed["proven_lines"]) == (4, 2)

    async def test_the_partner_of_a_visitor_who_does_not_come_back_is_told(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (_, other):
            killed = time.monotonic()
            await breakable.gateways[0].kill()
            await other.hear("partner_away")
            assert time.monotonic() - killed < scaled(5)
            assert (await other.hear("ended", 20))["reason"] == "lost"
            await other.hear("searching")

    async def test_both_gateways_at_once(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (one, other):
            for gateway in breakable.gateways:
                await gateway.kill()
            for gateway in breakable.gateways:
                await gateway.start()
            await breakable.until_ready()
            first, second = breakable.urls
            async with (
                resumed(second, one) as left,
                resumed(first, other) as right,
            ):
                assert left.welcome["resumed"]["match"] == right.welcome["resumed"]["match"]
                assert await deliver(left, right, "found you") == ["found you"]
                assert await deliver(right, left, "and I you") == ["and I you"]

    async def test_a_paused_gateway_comes_back_without_a_ghost(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (one, other):
            breakable.gateways[0].send(signal.SIGSTOP)
            await other.hear("partner_away", 6)
            await asyncio.sleep(6)
            breakable.gateways[0].send(signal.SIGCONT)
            await other.hear("partner_back", 3)
            await one.chat("still here")
            assert (await other.hear("chat"))["text"] == "still here"
            await other.say("next")
            assert (await one.hear("ended"))["reason"] == "next"

    async def test_visitors_do_not_meet_their_last_partner_again_after_a_kill(
        self, breakable: Cluster
    ) -> None:
        """Only their pages know of the match then, because the gateway is dead."""
        async with pair(breakable, (0, 1)) as (one, other):
            await one.say("next")
            assert (await other.hear("ended"))["reason"] == "next"
            await breakable.gateways[0].kill()
            async with visitor(breakable.urls[1], one.token) as again:
                await again.find()
                await asyncio.gather(does_not_meet(again), does_not_meet(other))

    async def test_a_search_at_a_paused_gateway_that_went_on_elsewhere_is_over(
        self, breakable: Cluster
    ) -> None:
        async with visitors(breakable, 0, 1) as (one, other):
            await one.find()
            await one.hear("searching")
            breakable.gateways[0].send(signal.SIGSTOP)
            async with visitor(breakable.urls[1], one.token) as again:
                await meet(again, other)
                breakable.gateways[0].send(signal.SIGCONT)
                assert await one.close_code() == CloseCode.CONNECTED_ELSEWHERE
                async with visitor(breakable.urls[0]) as third:
                    await third.find()
                    await does_not_meet(third)
                    assert await deliver(again, other, "we two") == ["we two"]
                    assert await deliver(other, again, "and nobody else") == ["and nobody else"]

    async def test_nats_starts_again_and_all_arrives(self, breakable: Cluster) -> None:
        async with pair(breakable, (0, 1)) as (one, other):
            await breakable.nats.stop()
            await say_lines(one, ["said while NATS was away"])
            await asyncio.sleep(1)
            await breakable.nats.start()
            assert await deliver(one, other) == ["said while NATS was away"]
            assert await deliver(other, one, "heard") == ["heard"]
