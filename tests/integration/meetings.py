"""Lets visitors of a cluster meet, and sends lines as their pages do."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bench.client.events import ClientEvent
from services.signaling.core.messages import Chat, Mode

from ..timing import scaled
from ..visitor import ManualVisitor, visitor
from .cluster import Cluster

DELIVERY_SECONDS = 45.0
"""A line that was lost is repeated after 3, 6 and 12 s."""

WAYS = pytest.mark.parametrize("way", [(0, 1), (0, 0)], ids=["two gateways", "one gateway"])
Way = tuple[int, int]


@asynccontextmanager
async def visitors(cluster: Cluster, *gateways: int) -> AsyncIterator[list[ManualVisitor]]:
    """Connect one visitor to each of the numbered gateways."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visitor(cluster.urls[number])) for number in gateways]


@asynccontextmanager
async def pair(
    cluster: Cluster, way: Way, mode: Mode = "text"
) -> AsyncIterator[tuple[ManualVisitor, ManualVisitor]]:
    """Connect two visitors who have met."""
    async with visitors(cluster, *way) as (one, other):
        await meet(one, other, mode=mode)
        yield one, other


async def meet(one: ManualVisitor, other: ManualVisitor, mode: Mode = "text") -> None:
    for each in (one, other):
        await each.find(mode)
    for each in (one, other):
        await each.meet()
    while one.match.id != other.match.id:  # the gateway of one was late, and both search again
        await first_to_meet(one, other)


async def does_not_meet(one: ManualVisitor) -> None:
    await one.does_not_hear("matched")


async def first_to_meet(*searching: ManualVisitor) -> ManualVisitor:
    tasks = {asyncio.create_task(one.meet()): one for one in searching}
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    (task,) = done
    return tasks[task]


# --- lines -----------------------------------------------------------------------------------------


async def say_lines(one: ManualVisitor, texts: Sequence[str]) -> None:
    """Send each line once."""
    for text in texts:
        await one.chat(text)


async def take_lines(one: ManualVisitor, count: int) -> list[str]:
    """Return the next lines that the client accepts and acknowledges, in order and each once."""
    taken: list[str] = []
    while len(taken) < count:
        before = one.match.received
        line = await one.hear("chat", answer=True)
        if one.match.received > before:
            taken.append(line["text"])
    return taken


async def deliver(one: ManualVisitor, other: ManualVisitor, *texts: str) -> list[str]:
    """Say lines and let both clients live until all are acknowledged; return what the other one takes."""
    taken: list[str] = []
    acknowledged = asyncio.Event()

    def on_sender_event(_: ClientEvent) -> None:
        if not one.match.sending.waiting:
            acknowledged.set()

    def on_receiver_event(event: ClientEvent) -> None:
        if isinstance(event, Chat):
            taken.append(event.text)

    for text in texts:
        one.client.say(text, time.monotonic())
    async with asyncio.timeout(scaled(DELIVERY_SECONDS)), asyncio.TaskGroup() as group:
        living = [
            group.create_task(one.live(on_sender_event)),
            group.create_task(other.live(on_receiver_event)),
        ]
        await acknowledged.wait()
        for task in living:
            task.cancel()
    return taken
