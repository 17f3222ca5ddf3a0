"""Runs a rollout of gateways, as real processes, under a swarm whose visitors stay in their calls."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.swarm.swarm import swarm
from services.contract.keys import new_key

from ...integration.cluster import Service
from ...proxy import Proxy
from ...servers import nats_server
from ..plan import STAGE_AGES
from ..talkers import TALKATIVE, until_all_online, until_all_talk
from .deployment import GatewayDeployment
from .manifest import RolloutSettings
from .outcome import RolloutOutcome, read_outcome


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """A rollout of `replicas` gateways. Times are in seconds."""

    settings: RolloutSettings
    replicas: int = 10
    visitors: int = 200
    """A multiple of eight, so that nobody is left alone: every fourth one wants text, the others video."""
    drain: float = 40.0
    """The time in which an old gateway sends its visitors away. It is a full gateway's by default."""
    start: tuple[float, float] = (2.0, 20.0)
    """The least and the longest time until a new pod is ready: to find a node, fetch an image and start."""
    pause: float = 2.0
    """The mean time between two acts of a visitor."""
    seed: int = 1

    def faster(self, factor: float) -> "RolloutPlan":
        """Return the plan with shorter times. Gateways and pages still take their own, so the grace stays."""
        settings = replace(
            self.settings,
            min_ready=self.settings.min_ready / factor,
            pre_stop=self.settings.pre_stop / factor,
            probe_interval=self.settings.probe_interval / factor,
        )
        least, longest = self.start
        start = (least / factor, longest / factor)
        return replace(self, settings=settings, drain=self.drain / factor, start=start)


async def run(plan: RolloutPlan, folder: Path) -> RolloutOutcome:
    """Let all visitors meet, roll out, and read what they saw."""
    habits = replace(TALKATIVE, pause=plan.pause)
    async with _deployed(plan, folder) as (deployment, origin):
        async with swarm([origin], plan.visitors, plan.seed, habits) as running:
            await until_all_talk(running, plan.visitors)
            began = running.history.now
            await deployment.roll_out()
            seconds = running.history.now - began
            await until_all_online(running, plan.visitors)
        return read_outcome(running.history.events, began, seconds, deployment.killed)


@asynccontextmanager
async def _deployed(plan: RolloutPlan, folder: Path) -> AsyncIterator[tuple[GatewayDeployment, str]]:
    """Run a ready Deployment behind a balancer, and yield it with the origin of the balancer."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_server())
        services = _services(plan, nats.url, folder)
        gateways = services[2:]
        old, new = gateways[: plan.replicas], gateways[plan.replicas :]
        deployment = GatewayDeployment(plan.settings, old, new, plan.start, random.Random(plan.seed))
        balancer = Proxy(deployment.endpoint)
        origin = f"http://{balancer.address}"
        for service in services:
            service.change(ZUFALL_ORIGINS=origin)
            await service.start()
            stack.push_async_callback(service.stop)
        await asyncio.gather(*(service.until_ready(seconds=60) for service in services))
        await balancer.open()
        stack.push_async_callback(balancer.cut)
        yield deployment, origin


def _services(plan: RolloutPlan, nats: str, folder: Path) -> Sequence[Service]:
    """Return a matcher, the reports service, and the gateways of the old and of the new pods."""
    keys = ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_CONSOLE_KEYS", "ZUFALL_MODERATOR_TOKEN")
    shared = {name: new_key() for name in keys} | {
        "ZUFALL_NATS": nats,
        "ZUFALL_DATABASE": f"sqlite+aiosqlite:///{folder}/reports.db",
        "ZUFALL_STAGE_AGES": STAGE_AGES,
        "ZUFALL_WORK_LEAST": "2",  # a token takes little time
        "ZUFALL_DRAIN_PER_SECOND": "0.001",  # so that the time decides
        "ZUFALL_DRAIN_SECONDS": str(plan.drain),
    }
    matcher, reports = (Service(name, shared, folder) for name in ("matcher", "reports"))
    edge = {**shared, "ZUFALL_MATCHERS": matcher.address, "ZUFALL_REPORTS": reports.address}
    numbers = range(1, 2 * plan.replicas + 1)
    return [
        matcher,
        reports,
        *(Service("signaling", edge, folder, f"gateway-{number}") for number in numbers),
    ]
