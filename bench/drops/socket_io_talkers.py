"""Lets visitors of Socket.IO do the same: `bench/peers/talkers.js` drives the real socket.io-client."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from bench.drops.outcome import DropOutcome
from bench.drops.plan import DropPlan
from bench.drops.timing import READY_SECONDS, REPEATS_SECONDS, SOCKET_IO_QUIET_SECONDS
from bench.processes import program
from bench.products import PEERS

LINE_LIMIT = 64 * 2**20
"""The outcome is one line, in bytes."""


async def talk(plan: DropPlan, origins: Sequence[str], server_cpu: Callable[[], float]) -> DropOutcome:
    """Carry out the plan; raises `TimeoutError` when not all visitors are connected before it begins."""
    node = program("node", "the comparison with Socket.IO")
    task = {
        "origins": origins,
        "quiet": SOCKET_IO_QUIET_SECONDS,
        "repeats": REPEATS_SECONDS,
        **msgspec.to_builtins(plan),
    }
    process = await asyncio.create_subprocess_exec(
        node,
        str(PEERS / "talkers.js"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT,
    )
    assert process.stdin  # noqa: S101 # it is a pipe
    assert process.stdout  # noqa: S101 # it is a pipe
    try:
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        async with asyncio.timeout(READY_SECONDS):
            ready = await process.stdout.readline()
        if ready != b"ready\n":
            raise RuntimeError(f"talkers.js said {ready!r} instead of ready")
        before = server_cpu()
        process.stdin.write(b"go\n")
        answer = await process.stdout.readline()
        spent = server_cpu() - before
        outcome = msgspec.json.decode(answer, type=DropOutcome)
        outcome.server_cpu = spent
        return outcome
    finally:
        process.stdin.close()  # they leave
        await process.wait()
