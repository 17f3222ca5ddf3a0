"""A pair that sends more than it may: `python -m tests.hostile.flood KIND URL`; speaks as `crowd` does.

`candidates`: 320 a match in bundles of 16, then a new match. `frames`: ten times the frames that are allowed;
who is closed for that comes back. `deaf`: one floods, the other does not read.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp
import uvloop

from ..integration.test_gateway_slow_reader import LARGE, stop_reading
from ..visitor import ManualVisitor, visitor
from .crowd import NICENESS, lines

BUNDLES = [
    [{"candidate": f"candidate:{n} 1 udp 1 8.8.8.8 {n} typ host"} for n in range(first, first + 16)]
    for first in range(0, 320, 16)
]
RATE = 100
"""Frames a second that a visitor may send."""


async def candidates(one: ManualVisitor, other: ManualVisitor) -> None:
    for bundle in BUNDLES:
        await one.say_here("candidates", candidates=bundle)
    await asyncio.sleep(len(BUNDLES) / RATE)


async def frames(one: ManualVisitor, other: ManualVisitor) -> None:
    while not one.socket.closed:
        await one.say_here("candidates", candidates=BUNDLES[0])
        await asyncio.sleep(0.1 / RATE)


async def deaf(one: ManualVisitor, other: ManualVisitor) -> None:
    stop_reading(other)
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            while True:
                await one.say_here("description", description=LARGE)
                await asyncio.sleep(1 / RATE)


KINDS: dict[str, Callable[[ManualVisitor, ManualVisitor], Awaitable[None]]] = {
    "candidates": candidates,
    "frames": frames,
    "deaf": deaf,
}


async def misbehave(kind: str, url: str, outcomes: Counter[str]) -> None:
    """Misbehave in one match after the other, until cancelled."""
    while True:
        with suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
            async with visitor(url) as one, visitor(url) as other:
                for each in (one, other):
                    await each.find("audio")
                for each in (one, other):
                    await each.meet()
                outcomes["matches"] += 1
                await KINDS[kind](one, other)
                other.cut()


async def run(kind: str, url: str) -> None:
    outcomes: Counter[str] = Counter()
    orders = await lines()
    print("ready", flush=True)  # noqa: T201 -- spoken to the test
    await orders.readline()
    task = asyncio.create_task(misbehave(kind, url, outcomes))
    while await orders.readline():
        print(json.dumps(outcomes), flush=True)  # noqa: T201
    os._exit(0 if not task.done() else 1)  # no goodbyes: they would take as long as the other side lets them


if __name__ == "__main__":
    os.nice(NICENESS)
    uvloop.run(run(*sys.argv[1:]))
