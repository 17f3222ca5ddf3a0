"""Measures a moderator's ban to the closed socket: `python -m tests.integration.measure_bans`.

The visitors are at two gateways. Once with NATS, which carries bans at once, and once after it has died.
"""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from grpc import aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.runtime.rpc import OPTIONS

from ..visitor import ManualVisitor, visitor
from .cluster import Cluster, running_cluster

BANS = 200


async def ban(cluster: Cluster, moderation: rpc.ModerationStub, one: ManualVisitor) -> float:
    """Ban a visitor, and return the seconds until their socket is closed."""
    token = cluster.environment["ZUFALL_MODERATOR_TOKEN"]
    request = pb.DecideRequest(visitor=one.name, level=pb.LEVEL_BANNED, seconds=3600, rule="nudity")
    closed = asyncio.create_task(one.close_code())
    began = time.monotonic()
    await moderation.Decide(request, metadata=(("authorization", f"Bearer {token}"),))
    assert await closed == 4403
    return time.monotonic() - began


async def measure(cluster: Cluster, moderation: rpc.ModerationStub) -> str:
    async with AsyncExitStack() as stack:
        told = []
        for number in range(BANS):
            one = await stack.enter_async_context(visitor(cluster.urls[number % 2]))
            told.append(await ban(cluster, moderation, one))
    told.sort()
    p50, p99 = told[BANS // 2], told[BANS * 99 // 100]
    return f"{BANS} bans, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running_cluster(Path(folder)) as cluster,
            aio.insecure_channel(cluster.reports.address, options=OPTIONS) as channel,
        ):
            moderation = rpc.ModerationStub(channel)
            print("with NATS:", await measure(cluster, moderation))  # noqa: T201 -- a command prints
            await cluster.nats.kill()
            print("without:", await measure(cluster, moderation))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
