"""The matcher process: the only place where its objects are built."""

import asyncio
import sys

import prometheus_client

from services.contract.ids import random_id
from services.runtime.admin import AdminServer
from services.runtime.lifecycle import run_service
from services.runtime.logs import logger

from .config import Config
from .exchange import Exchange
from .lanes import Advisor
from .metrics import Metrics, WaitingTickets
from .pace import Pace
from .popular import InterestCounts
from .server import MatcherServer
from .stages import Stages
from .waiting_room import WaitingRoom


async def run(config: Config, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; raises `OSError` when a port is taken."""
    stages = Stages(config.stage_ages, config.thin_market, config.tiny_market)
    room = WaitingRoom(stages)
    metrics = Metrics(prometheus_client.REGISTRY)
    prometheus_client.REGISTRY.register(WaitingTickets(room.waiting))
    pace, advisor, interests = Pace(config.tick), Advisor(config.lane_rate), InterestCounts(room.searches)
    exchange = Exchange(random_id(), room, pace, advisor, interests, metrics)
    server = MatcherServer(config.listen, exchange, metrics)
    admin = AdminServer(config.admin_listen, lambda: [] if server.serving else ["not serving"])
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
