"""How a gateway stops: it sends its visitors to others, some at a time, and waits until they are there."""

import asyncio
import random
from math import ceil

from aiohttp import web

from services.runtime.logs import logger

from .hub import Hub

WAVE = 0.25
"""Mean seconds between two waves."""

RETURN = 2.5
"""Seconds in which those who were sent away come to another gateway: a page waits for up to two, then dials.
Meanwhile this gateway passes on what is told to them here."""

LAST_CALL = 2.5
"""Seconds more for those who are in a match."""


async def drain(hub: Hub, runner: web.AppRunner, per_second: float, seconds: float) -> None:
    """Nobody may come any more, and all go, `per_second` of them, or more if it took longer than `seconds`.

    So the other gateways together get no more than so many connections a second from this.
    """
    for site in list(runner.sites):
        await site.stop()
    clients = hub.clients.sockets()
    random.shuffle(clients)
    size = ceil(max(per_second, len(clients) / seconds) * WAVE)
    logger().info("sending visitors to other gateways", visitors=len(clients), a_second=round(size / WAVE))
    while clients:
        for client in clients[-size:]:
            hub.drain(client)
        del clients[-size:]
        await asyncio.sleep(WAVE * random.uniform(0.5, 1.5) if clients else RETURN)  # noqa: S311 -- no secret
    try:
        async with asyncio.timeout(LAST_CALL):
            await hub.clients.gone()
    except TimeoutError:
        logger().warning("some did not come to another gateway in time")
