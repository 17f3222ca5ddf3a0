"""Visitors of a cluster, and how they meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from ..visitor import Visitor, visitor
from .cluster import Cluster

QUIET = 0.4
"""Seconds within which a meeting that must not come about would have: it takes some milliseconds."""

WAYS = pytest.mark.parametrize("way", [(0, 1), (0, 0)], ids=["two gateways", "one gateway"])
Way = tuple[int, int]


@asynccontextmanager
async def visitors(cluster: Cluster, *gateways: int) -> AsyncIterator[list[Visitor]]:
    """One visitor on each of the gateways named by number."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visitor(cluster.urls[number])) for number in gateways]


@asynccontextmanager
async def pair(cluster: Cluster, way: Way, mode: str = "text") -> AsyncIterator[tuple[Visitor, Visitor]]:
    """Two who have met."""
    async with visitors(cluster, *way) as (one, other):
        await meet(one, other, mode=mode)
        yield one, other


async def meet(one: Visitor, other: Visitor, mode: str = "text") -> None:
    for each in (one, other):
        await each.find(mode)
    for each in (one, other):
        await each.meet()
    assert one.match["match"] == other.match["match"]


async def does_not_meet(one: Visitor) -> None:
    with pytest.raises(TimeoutError):
        await one.hear("matched", QUIET)


async def first_to_meet(*searching: Visitor) -> Visitor:
    tasks = {asyncio.create_task(one.meet()): one for one in searching}
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    (task,) = done
    return tasks[task]
