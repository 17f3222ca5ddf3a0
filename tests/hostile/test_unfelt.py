"""Honest pairs stay fast beside a hostile peer: their 99th percentile before and during the attack.

`make hostile` makes more rounds and prints the figures.
"""

import os

import psutil
import pytest

from ..integration.cluster import Cluster
from .processes import hostile
from .talks import talking
from .verdict import FLOOD_BAR, Round, check_unfelt, unfelt

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUNDS = int(os.environ.get("ZUFALL_HOSTILE_ROUNDS", "2"))
CALM = 1.5
PACE = 500
"""Connections that the gateway accepts in a second."""

MEGABYTE = 1024 * 1024
MOST_FLOOD = 24 * MEGABYTE
MOST_CROWD = 130 * MEGABYTE
"""5,000 sockets take at most 20 KB each, and their requests leave some memory in the allocator."""


def memory(cluster: Cluster) -> int:
    return sum(int(psutil.Process(gateway.pid).memory_info().rss) for gateway in cluster.gateways)


@pytest.mark.parametrize("kind", ["candidates", "frames", "deaf"])
async def test_a_hostile_peer_is_not_felt(usual: Cluster, kind: str) -> None:
    before, rounds = memory(usual), []
    async with talking(usual) as talks:
        for _ in range(ROUNDS):
            calm = await talks.during(CALM)
            async with hostile(usual, "flood", kind, usual.urls[0]) as flood:
                await flood.go()
                rounds.append(Round(calm, await talks.during(CALM)))
                assert (await flood.outcomes())["matches"] >= 1
    assert memory(usual) - before < MOST_FLOOD
    check_unfelt(rounds, FLOOD_BAR)


@pytest.mark.parametrize(
    ("count", "kinds"),
    [(5000, ["honest"]), (2500, ["silent", "half", "mute", "honest"])],
    ids=["honest", "mixed"],
)
async def test_a_crowd_of_thousands_is_let_in_and_not_felt(
    usual: Cluster, count: int, kinds: list[str]
) -> None:
    """One long round within the limit is enough. Another follows if something else slowed the machine."""
    rounds = [await crowded(usual, count, kinds)]
    while not unfelt(rounds[-1:]) and len(rounds) < 3:
        rounds.append(await crowded(usual, count, kinds))
    check_unfelt(rounds[-1:])


async def crowded(usual: Cluster, count: int, kinds: list[str]) -> Round:
    gateway, before = usual.gateways[0], memory(usual)
    async with talking(usual) as talks:
        calm = await talks.during(CALM)
        async with hostile(usual, "crowd", gateway.port, count, *kinds) as crowd:
            await crowd.go()
            felt = await talks.during(count / PACE)
            await crowd.until("welcome", count // len(kinds), seconds=30)
            assert memory(usual) - before < MOST_CROWD
    return Round(calm, felt)
