"""A visitor who no longer reads is cut off, and nobody else feels it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from ..timing import scaled
from ..visitor import OFFER, ManualVisitor
from .cluster import Cluster, Service
from .meetings import WAYS, Way, pair

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = {"type": "offer", "sdp": OFFER + ("a=msid:" + "y" * 64 + " " + "z" * 64 + "\r\n") * 108}
"""A description of nearly 16 KiB."""

MEGABYTE = 1024 * 1024


@WAYS
async def test_a_slow_reader_is_cut_off_and_others_do_not_feel_it(cluster: Cluster, way: Way) -> None:
    holder = cluster.gateways[way[1]]
    async with pair(cluster, way) as (one, slow), pair(cluster, way, mode="audio") as others:
        cut_before = await cut_off(holder)
        memory_before = memory(holder)
        async with talking(*others) as delays:
            stop_reading(slow)
            flooding = asyncio.create_task(flood(one))
            await one.hear("partner_away")
            dropped_before = await dropped(cluster.gateways[way[0]])
            await asyncio.sleep(1)
            flooding.cancel()
            assert await dropped(cluster.gateways[way[0]]) > dropped_before, "nothing is kept for them"
            assert memory(holder) - memory_before < 16 * MEGABYTE
        assert await cut_off(holder) - cut_before == 1
        slow.cut()
    assert len(delays) > 5
    delays.sort()
    assert delays[len(delays) // 2] < scaled(0.1)
    assert delays[len(delays) * 9 // 10] < scaled(1)


async def cut_off(gateway: Service) -> float:
    return await gateway.metric("zufall_gateway_slow_readers_total")


async def dropped(gateway: Service) -> float:
    """Return how many frames were dropped because the partner was away."""
    return await gateway.metric("zufall_gateway_dropped_frames_total", reason="partner_away")


def memory(gateway: Service) -> int:
    return int(psutil.Process(gateway.pid).memory_info().rss)


def stop_reading(one: ManualVisitor) -> None:
    """Stop reading, and shrink the receive buffer, because the kernel would buffer megabytes."""
    connection = one.socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.transport.pause_reading()


async def flood(one: ManualVisitor) -> None:
    """Send descriptions until cancelled, about as fast as the limit of frames allows in the long run."""
    while True:
        await one.say_here("description", description=LARGE)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def talking(one: ManualVisitor, other: ManualVisitor) -> AsyncIterator[list[float]]:
    """Let two exchange lines in the background. Yield the list of round trips in seconds."""
    delays: list[float] = []

    async def talk() -> None:
        while True:
            began = time.monotonic()
            await one.chat("ping")
            await other.hear("chat")
            await other.chat("pong")
            await one.hear("chat")
            delays.append(time.monotonic() - began)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(talk())
    yield delays
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
