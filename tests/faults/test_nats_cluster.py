"""Any one of three NATS servers may go, in whatever way: no call ends, and no gateway stops being ready."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import pytest

from bench.swarm import events
from bench.swarm.checker import check
from bench.swarm.swarm import Swarm, swarm

from ..nats_cluster import NAMES
from ..timing import long, until
from .clustered_installation import ClusteredInstallation, clustered
from .nemesis import Nemesis
from .plan import BOUNDS
from .schedule import Fault, Kind
from .talkers import TALKATIVE, until_all_talk

VISITORS = 32
"""A fourth of them wishes for text, and both numbers are even, so everybody has a partner."""
LONGER_THAN_A_GRACE = 25.0
"""Seconds after which calls between two gateways have ended if one of them cannot be heard."""
NO_SEARCHES = dataclasses.replace(BOUNDS, sociable=0.0)


@pytest.mark.parametrize(
    ("strikes", "lasts"),
    [
        ([*product(["terminate", "kill"], NAMES), ("cut", NAMES[0])], 0.0),
        long([*product(["pause", "cut"], NAMES)], LONGER_THAN_A_GRACE),
    ],
    ids=["short", "long"],
)
async def test_no_call_ends_when_servers_go(
    tmp_path: Path, strikes: Sequence[tuple[Kind, str]], lasts: float
) -> None:
    """Each time, one gateway and reports are on the server that goes, and the other gateway is not."""
    async with (
        clustered(tmp_path) as of,
        swarm(list(of.origins.values()), VISITORS, "cluster", TALKATIVE) as running,
        always_ready(of),
    ):
        await until_all_talk(running, VISITORS)
        nemesis = Nemesis(of, running.history, print)
        for number, (kind, name) in enumerate(strikes, 1):
            await nemesis.perform([Fault(number, 0, kind, name, lasts)])
        await until_all_hear(running)
    history = running.history.events
    assert [event for event in history if isinstance(event, events.MatchEnded)] == []
    assert check(history, NO_SEARCHES) == []


async def until_all_hear(running: Swarm) -> None:
    """Wait until every visitor hears their partner again."""
    now = running.history.now

    def heard() -> int:
        history = running.history.events
        return len({one.visitor for one in history if isinstance(one, events.Heard) and one.at >= now})

    await until(lambda: heard() == VISITORS, seconds=40, pause=0.1)


@asynccontextmanager
async def always_ready(of: ClusteredInstallation) -> AsyncIterator[None]:
    """Ask every gateway again and again whether it is ready. Raises when one was not."""
    unready: list[str] = []

    async def ask() -> None:
        while True:
            unready.extend([said for one in of.gateways.values() if (said := await one.readiness()) != "ok"])
            await asyncio.sleep(0.2)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
    assert unready == []
