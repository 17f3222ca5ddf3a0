"""How a gateway stops: it sends its visitors to others, some at a time, and waits until they are there."""

import asyncio
import random
from math import ceil

from aiohttp import web

from services.runtime.logs import logger

from .hub import Hub

WAVE_INTERVAL = 0.25
"""Mean seconds between two waves."""

RETURN_TIME = 2.5
"""Seconds in which those who were sent away come to another gateway: a page waits for up to two, then dials.
Meanwhile this gateway passes on what is told to them here."""

MATCH_GRACE = 2.5
"""Seconds more for those who are in a match."""


async def drain(hub: Hub, runner: web.AppRunner, per_second: float, seconds: float) -> None:
    """Nobody may come any more, and all go, `per_second` of them, or more if it took longer than `seconds`.

    So the other gateways together get no more than so many connections a second from this.
    """
    for site in list(runner.sites):
        await site.stop()
    clients = hub.clients.sockets()
    random.shuffle(clients)
    size = ceil(max(per_second, len(clients) / seconds) * WAVE_INTERVAL)
    logger().info(
        "sending visitors to other gateways", visitors=len(clients), a_second=round(size / WAVE_INTERVAL)
    )
    while clients:
        for client in clients[-size:]:
            hub.drain(client)
        del clients[-size:]
        await asyncio.sleep(WAVE_INTERVAL * random.uniform(0.5, 1.5) if clients else RETURN_TIME)  # noqa: S311 -- no secret
    try:
        async with asyncio.timeout(MATCH_GRACE):
            await hub.clients.wait_until_empty()
    except TimeoutError:
        logger().warning("some did not come to another gateway in time")
