"""The matcher process: the only place where its objects are built."""

import asyncio
import sys

import prometheus_client

from services.contract.ids import random_id
from services.runtime.admin import AdminServer
from services.runtime.lifecycle import run_service
from services.runtime.logs import logger
from services.runtime.readiness import Readiness
from services.runtime.tracing import tracer

from .config import Config
from .core.batch_limiter import BatchLimiter
from .core.crowded_networks import CrowdLimits
from .core.interest_counts import InterestCounts
from .core.lanes import LaneAdvisor
from .core.stages import Stages
from .core.waiting_room import WaitingRoom
from .shell.matcher_service import MatcherService
from .shell.metrics import Metrics, pool_gauges
from .shell.server import MatcherServer


async def run(config: Config, stop: asyncio.Event) -> None:
    """Serve until `stop` is set. Raises `OSError` if a port is taken."""
    stages = Stages(config.stage_ages, config.thin_market, config.tiny_market)
    room = WaitingRoom(stages, CrowdLimits(config.crowd_tickets))
    metrics = Metrics(prometheus_client.REGISTRY)
    for gauge in pool_gauges(room):
        prometheus_client.REGISTRY.register(gauge)
    service = MatcherService(
        random_id(),
        room,
        BatchLimiter(config.tick),
        LaneAdvisor(config.lane_rate),
        InterestCounts(room.is_searching),
        metrics,
        tracer(),
    )
    server = MatcherServer(config.listen, service, metrics, config.certificates)
    readiness = Readiness({"not listening yet": lambda: server.serving}, stopping=stop.is_set)
    admin = AdminServer(config.admin_listen, readiness.problems)
    await server.start()
    try:
        await admin.start()
        logger().info("ready", listen=config.listen)
        await stop.wait()
    finally:
        await server.stop()
        await admin.stop()


def main() -> int:
    return run_service("matcher", Config, run)


if __name__ == "__main__":
    sys.exit(main())
