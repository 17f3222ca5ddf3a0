"""Drains a gateway: it sends its visitors to others in waves, and waits until they have arrived."""

import asyncio
import random
from math import ceil
from typing import NamedTuple

from aiohttp import web

from services.runtime.jitter import jittered
from services.runtime.logs import logger

from . import metrics
from .hub import Hub

WAVE_INTERVAL = 0.25
"""The mean time between two waves in seconds. It is longer if not even one visitor goes in this time."""

RETURN_TIME = 2.5
"""Seconds in which the last visitors reach another gateway. A page waits for up to two and then dials.
Meanwhile this gateway forwards what other gateways send to them."""

MATCH_GRACE = 2.5
"""Further seconds for visitors in a match."""


class Waves(NamedTuple):
    """How many visitors go at once, and the mean seconds until the next ones go."""

    size: int
    interval: float


def plan_waves(visitors: int, per_second: float, seconds: float) -> Waves:
    """Return waves of `per_second` visitors a second, or of more if they would take longer than `seconds`."""
    rate = max(per_second, visitors / seconds)
    size = ceil(rate * WAVE_INTERVAL)
    return Waves(size, size / rate)


async def drain(hub: Hub, runner: web.AppRunner, per_second: float, seconds: float) -> None:
    """Accept no more connections, and send `per_second` visitors to other gateways.

    The rate is higher if that would take longer than `seconds`. It limits how many connections a second the
    other gateways get from this one.
    """
    for site in list(runner.sites):
        await site.stop()
    clients = hub.clients.sockets()
    metrics.DRAIN_REMAINING.set_function(lambda: len(hub.clients))
    random.shuffle(clients)
    size, interval = plan_waves(len(clients), per_second, seconds)
    logger().info(
        "sending visitors to other gateways", visitors=len(clients), a_second=round(size / interval, 1)
    )
    while clients:
        for client in clients[-size:]:
            hub.drain(client)
        del clients[-size:]
        await asyncio.sleep(jittered(interval) if clients else RETURN_TIME)
    try:
        async with asyncio.timeout(MATCH_GRACE):
            await hub.clients.wait_until_empty()
    except TimeoutError:
        logger().warning("some visitors did not reach another gateway in time")
