"""A match goes on after a lost socket, on the same gateway or another, and nothing that was said is lost."""

import pytest

from ..visitor import visitor
from .cluster import Cluster
from .meetings import WAYS, Way, pair

pytestmark = pytest.mark.asyncio(loop_scope="session")

BACK = pytest.mark.parametrize("back", [0, 1], ids=["to the same gateway", "to another gateway"])


@WAYS
@BACK
async def test_a_lost_socket_resumes_anywhere(cluster: Cluster, way: Way, back: int) -> None:
    async with pair(cluster, way) as (one, other):
        match = one.match["match"]
        one.cut()
        away = await other.hear("partner_away")
        assert (away["match"], away["grace"]) == (match, 15)
        for number in range(5):
            await other.chat(f"line {number}", id=str(number))
        async with visitor(cluster.urls[back], one.token, **{"pass": one.match["pass"]}) as again:
            welcome = again.welcome["resumed"]
            assert (welcome["match"], welcome["polite"], welcome["partner_here"]) == (
                match, one.match["polite"], True,
            )  # fmt: skip
            returned = await other.hear("partner_back")
            assert ("pass" in returned) == (back != way[0])
            heard = [(await again.hear("chat"))["text"] for _ in range(5)]
            assert heard == [f"line {number}" for number in range(5)]
            again.match = {"match": match}
            await again.chat("I am back")
            assert (await other.hear("chat"))["text"] == "I am back"
            await other.chat("good")
            assert (await again.hear("chat"))["text"] == "good"
