"""`python -m bench.matching.stream_load ADDRESS WISH TICKETS` offers tickets to one matcher over gRPC.

WISH is language, interests or partners. It sends batches of fifty, as busy gateways do, and makes them before
the clock starts, because this process is not what is measured.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import count
from time import perf_counter
from typing import Any

import msgspec
import uvloop
from grpc import aio

from protos import matcher_pb2 as wire
from services.contract.ids import random_id
from services.runtime.rpc import OPTIONS

METHOD = "/zufall.matcher.v1.Matcher/Pair"
GATEWAYS = 2
BATCH = 50
WINDOW = 4_000
"""The most tickets of one gateway that are under way or wait."""

ENOUGH = 0.99
"""The share of tickets after whose pairing the clock stops. The last few would wait for newcomers."""

LANGUAGES = ("en", "de", "fr", "es", "pt")
INTERESTS = [f"interest{number}" for number in range(50)]


class StreamLoadRound(msgspec.Struct, frozen=True):
    """The result of one round."""

    tickets: int
    seconds: float


class StreamLoadGateway:
    """One stream, which sends batches as fast as pairings come in."""

    def __init__(self, call: Any, on_paired: Callable[[int], None]) -> None:
        self._call = call
        self._on_paired = on_paired
        self._open = 0
        self._moved = asyncio.Event()

    async def read(self) -> None:
        async for batch in self._call:
            if batch.pairings:
                self._open -= len(batch.pairings)
                self._moved.set()
                self._on_paired(len(batch.pairings))

    async def offer(self, batches: Sequence[bytes]) -> None:
        for batch in batches:
            while self._open >= WINDOW:
                self._moved.clear()
                await self._moved.wait()
            self._open += BATCH
            await self._call.write(batch)


async def measure(address: str, wish: str, tickets: int) -> StreamLoadRound:
    """Measure one round on new streams, with half of the tickets on each."""
    offered = [list(_batches(wish, tickets // GATEWAYS)) for _ in range(GATEWAYS)]
    target = round(ENOUGH * BATCH * sum(map(len, offered)))
    paired = 0
    enough = asyncio.Event()

    def count_pairings(number: int) -> None:
        nonlocal paired
        paired += number
        if paired >= target:
            enough.set()

    async with AsyncExitStack() as stack:
        gateways = [await _connect(stack, address, count_pairings) for _ in range(GATEWAYS)]
        start = perf_counter()
        readers = [asyncio.create_task(one.read()) for one in gateways]
        writers = [
            asyncio.create_task(one.offer(batches)) for one, batches in zip(gateways, offered, strict=True)
        ]
        watch = asyncio.create_task(enough.wait())
        # A stream that ends early ends its reader, too.
        await asyncio.wait((watch, *readers), return_when=asyncio.FIRST_COMPLETED)
        found = StreamLoadRound(paired, perf_counter() - start)
        for task in (watch, *readers, *writers):
            task.cancel()
        await asyncio.gather(watch, *readers, *writers, return_exceptions=True)
    if not enough.is_set():
        raise RuntimeError(f"the matcher ended a stream after {paired} of {target} pairings")
    return found


async def _connect(
    stack: AsyncExitStack, address: str, on_paired: Callable[[int], None]
) -> StreamLoadGateway:
    # A channel for each, or gRPC would send both streams over one connection.
    options = [*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
    channel = await stack.enter_async_context(aio.insecure_channel(address, options=options))
    call: Any = channel.stream_stream(METHOD, response_deserializer=wire.MatcherBatch.FromString)()
    await call.write(wire.GatewayBatch(gateway=random_id()).SerializeToString())
    return StreamLoadGateway(call, on_paired)


def _batches(wish: str, tickets: int) -> Iterator[bytes]:
    numbers = count(1)
    for _ in range(0, tickets, BATCH):
        offers = [_offer(wish, next(numbers)) for _ in range(BATCH)]
        yield wire.GatewayBatch(offers=offers).SerializeToString()


def _offer(wish: str, number: int) -> wire.Offer:
    """Return an offer. `wish` is language, interests (three of them), or partners (sixteen former ones)."""
    rich = wish in ("interests", "partners")
    partners = range(16) if wish == "partners" else ()
    return wire.Offer(
        ticket=number,
        visitor=random_id(),
        mode="MODE_VIDEO",
        audience="AUDIENCE_EVERYONE",
        languages=[random.choice(LANGUAGES)],
        interests=random.sample(INTERESTS, 3) if rich else [],
        partners=[random.getrandbits(64) for _ in partners],
        parted_ms_ago=[1000 * place for place in partners],
        attempt=1,
        lanes=1,
        epoch=1,
    )


async def main() -> None:
    address, wish, tickets = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print("ready", flush=True)
    for _ in sys.stdin:
        found = await measure(address, wish, tickets)
        print(msgspec.json.encode(found).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
