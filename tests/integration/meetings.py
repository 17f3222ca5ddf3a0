"""Visitors of a cluster, how they meet, and what their pages do so that lines arrive."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from ..timing import scaled
from ..visitor import Visitor, visitor
from .cluster import Cluster

QUIET = 0.4
"""Seconds within which a meeting that must not come about would have: it takes some milliseconds."""

SAID_AGAIN = (3.0, 6.0, 12.0)
"""Seconds after which a page says a line again that nobody has acknowledged."""

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


# --- lines -----------------------------------------------------------------------------------------


async def say_lines(one: Visitor, texts: Sequence[str], first: int = 1) -> None:
    """Lines numbered from `first`, as a page says them for the first time, or again after `partner_back`."""
    for number, text in enumerate(texts, first):
        await one.say_here("chat", n=number, text=text, id=str(number))


async def take_lines(one: Visitor, count: int, first: int = 1) -> list[str]:
    """The next lines from number `first` on: a page takes each in its turn, once, and acknowledges it."""
    taken: list[str] = []
    while len(taken) < count:
        line = await one.hear("chat")
        if line["n"] == first + len(taken):
            taken.append(line["text"])
        await one.received(first + len(taken) - 1)
    return taken


async def deliver(one: Visitor, other: Visitor, number: int, text: str) -> None:
    """One line, said again in the pace of a page until its receipt is back."""
    async with asyncio.TaskGroup() as group:
        taking = group.create_task(_take_until_cancelled(other, number, text))
        await _repeat_until_acknowledged(one, number, text)
        taking.cancel()


async def _take_until_cancelled(one: Visitor, number: int, text: str) -> None:
    """A receipt that was lost on its way is given again."""
    while True:
        line = await one.hear("chat", sum(SAID_AGAIN) * 2)
        assert (line["n"], line["text"]) == (number, text)
        await one.received(number)


async def _repeat_until_acknowledged(one: Visitor, number: int, text: str) -> None:
    for pause in SAID_AGAIN:
        await say_lines(one, [text], number)
        with suppress(TimeoutError):
            if await _acknowledged(one, number, pause):
                return
    raise TimeoutError(f"nobody has acknowledged {text!r}")


async def _acknowledged(one: Visitor, number: int, seconds: float) -> bool:
    """Whether the partner's page has everything up to `number`; not, when the partner is back just now."""
    async with asyncio.timeout(scaled(seconds)):
        while True:
            frame = json.loads(await one.hear_bytes())
            if frame["type"] == "partner_back":
                return False
            if frame["type"] == "received" and frame["n"] >= number:
                return True
