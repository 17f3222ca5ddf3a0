"""Any one of three NATS servers may go, in whatever way: no call ends, and no gateway stops being ready."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count, product
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
from .test_rolling_restart import TALKATIVE

VISITORS = 32
"""A fourth of them wishes for text, and both numbers are even, so everybody has a partner."""
HANGING: tuple[Kind, ...] = ("pause", "cut")
LEFT, LONGER_THAN_A_GRACE = 7.0, 20.0
"""Seconds for which a server hangs. Whoever uses one leaves it within six. After fifteen, calls would end."""
NO_SEARCHES = dataclasses.replace(BOUNDS, sociable=0.0)


@pytest.mark.parametrize(
    ("each", "used", "hangs"),
    [(["terminate", "kill"], ["cut"], LEFT), long(HANGING, [], LONGER_THAN_A_GRACE)],
    ids=["short", "long"],
)
async def test_no_call_ends_when_servers_go(
    tmp_path: Path, each: Sequence[Kind], used: Sequence[Kind], hangs: float
) -> None:
    """Strike each server in turn in some ways, and in others only the one that most processes use."""
    async with (
        clustered(tmp_path) as of,
        swarm(list(of.origins.values()), VISITORS, "cluster", TALKATIVE) as running,
        always_ready(of),
    ):
        await until(lambda: len(visitors(running, events.Met)) == VISITORS, seconds=30)
        nemesis, numbers = Nemesis(of, running.history, print), count(1)

        async def strike(kind: Kind, name: str) -> None:
            lasts = hangs if kind in HANGING else 1.0
            await nemesis.perform([Fault(next(numbers), 0, kind, name, lasts)])

        for kind, name in product(each, NAMES):
            await strike(kind, name)
        for kind in used:
            await strike(kind, await of.nats.busiest())
        await until_all_hear(running)
        reconnects = await asyncio.gather(
            *(one.metric("zufall_nats_reconnects_total") for one in of.gateways.values())
        )
    history = running.history.events
    assert [event for event in history if isinstance(event, events.MatchEnded)] == []
    assert check(history, NO_SEARCHES) == []
    assert sum(reconnects) >= len(each), "somebody was on a server that went"


def visitors(running: Swarm, kind: type[events.Met | events.Heard], since: float = 0) -> set[str]:
    """Return who had such an event since then."""
    return {one.visitor for one in running.history.events if isinstance(one, kind) and one.at >= since}


async def until_all_hear(running: Swarm) -> None:
    """Wait until every visitor hears their partner again."""
    now = running.history.now
    await until(lambda: len(visitors(running, events.Heard, now)) == VISITORS, seconds=40)


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
