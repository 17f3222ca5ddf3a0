"""A rolling restart of every gateway under load ends no call, and overloads nobody."""

import asyncio
import signal
from pathlib import Path

from bench.swarm import events
from bench.swarm.checker import check
from bench.swarm.swarm import swarm

from ..databases import Postgres
from .installation import ProxiedInstallation, installed
from .plan import BOUNDS
from .schedule import Shape
from .talkers import TALKATIVE, busiest_second, until_all_talk

VISITORS, CAP = 64, 20
"""Each gateway has a third of the visitors, and sends at most CAP of them away in a second."""


async def test_a_rolling_restart_ends_no_call_and_starts_no_storm(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    settings = {"ZUFALL_DRAIN_PER_SECOND": str(CAP)}
    async with (
        installed(tmp_path, postgres_server, Shape(), settings=settings) as of,
        swarm(list(of.origins.values()), VISITORS, "rolling", TALKATIVE) as running,
    ):
        await until_all_talk(running, VISITORS)
        for name in of.origins:
            await restart(of, name)
        await asyncio.sleep(3)
    history = running.history.events
    ended = [event for event in history if isinstance(event, events.MatchEnded)]
    assert ended == []
    came = [event.at for event in history if isinstance(event, events.Came) and event.resumed]
    assert len(came) >= VISITORS, "everybody had to go elsewhere once"
    assert busiest_second(came) <= 2 * CAP, "waves, and returns, are early as often as late"
    assert check(history, BOUNDS) == []


async def restart(of: ProxiedInstallation, name: str) -> None:
    """Restart like a Deployment: the next one follows when this one is ready."""
    gateway = of.services[name]
    gateway.send(signal.SIGTERM)
    await gateway.ended(30)
    await gateway.start()
    await of.until_ready()
