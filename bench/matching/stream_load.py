"""`python -m bench.matching.stream_load MATCHER ECHO WISH TICKETS` sends tickets over gRPC streams.

MATCHER and ECHO are addresses, of a matcher and of a server that echoes (`echo.py`). WISH is language,
interests or partners. For each line that it reads, it sends the same batches first to one and then to the
other. It sends batches of fifty, as busy gateways do, and makes them before the clock starts, because this
process is not what is measured.
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

from .echo import METHOD, SERVICE

GATEWAYS = 2
BATCH = 50
WINDOW = 4_000
"""The most tickets of one gateway that are under way or wait."""

ENOUGH = 0.99
"""The share of tickets after whose pairing the clock stops. The last few would wait for newcomers."""

LANGUAGES = ("en", "de", "fr", "es", "pt")
INTERESTS = [f"interest{number}" for number in range(50)]


class StreamLoadRound(msgspec.Struct, frozen=True):
    """The result of one round at one server."""

    tickets: int
    seconds: float


Answer = Callable[[bytes], int]
"""Returns how many tickets a message from the server answers."""


def paired(message: bytes) -> int:
    """Return the pairings in a message of the matcher."""
    return len(wire.MatcherBatch.FromString(message).pairings)


def echoed(message: bytes) -> int:
    """Return the offers in a message that came back."""
    return len(wire.GatewayBatch.FromString(message).offers)


class StreamLoadGateway:
    """One stream, which sends batches as fast as answers come in."""

    def __init__(self, call: Any, answer: Answer, on_answered: Callable[[int], None]) -> None:
        self._call = call
        self._answer = answer
        self._on_answered = on_answered
        self._open = 0
        self._moved = asyncio.Event()

    async def read(self) -> None:
        async for message in self._call:
            answered = self._answer(message)
            if answered:
                self._open -= answered
                self._moved.set()
                self._on_answered(answered)

    async def offer(self, batches: Sequence[bytes]) -> None:
        for batch in batches:
            while self._open >= WINDOW:
                self._moved.clear()
                await self._moved.wait()
            self._open += BATCH
            await self._call.write(batch)


def make_batches(wish: str, tickets: int) -> list[list[bytes]]:
    """Return the batches of each gateway, with an equal share of the tickets."""
    return [list(_batches(wish, tickets // GATEWAYS)) for _ in range(GATEWAYS)]


async def measure(address: str, answer: Answer, offered: Sequence[Sequence[bytes]]) -> StreamLoadRound:
    """Measure one round on new streams, one for each gateway."""
    target = round(ENOUGH * BATCH * sum(map(len, offered)))
    done = 0
    enough = asyncio.Event()

    def count_answered(number: int) -> None:
        nonlocal done
        done += number
        if done >= target:
            enough.set()

    async with AsyncExitStack() as stack:
        gateways = [await _connect(stack, address, answer, count_answered) for _ in offered]
        start = perf_counter()
        readers = [asyncio.create_task(one.read()) for one in gateways]
        writers = [
            asyncio.create_task(one.offer(batches)) for one, batches in zip(gateways, offered, strict=True)
        ]
        watch = asyncio.create_task(enough.wait())
        # A stream that ends early ends its reader, too.
        await asyncio.wait((watch, *readers), return_when=asyncio.FIRST_COMPLETED)
        found = StreamLoadRound(done, perf_counter() - start)
        for task in (watch, *readers, *writers):
            task.cancel()
        await asyncio.gather(watch, *readers, *writers, return_exceptions=True)
    if not enough.is_set():
        raise RuntimeError(f"{address} ended a stream after {done} of {target} answers")
    return found


async def _connect(
    stack: AsyncExitStack, address: str, answer: Answer, on_answered: Callable[[int], None]
) -> StreamLoadGateway:
    # A channel for each, or gRPC would send both streams over one connection.
    options = [*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
    channel = await stack.enter_async_context(aio.insecure_channel(address, options=options))
    call: Any = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
    await call.write(wire.GatewayBatch(gateway=random_id()).SerializeToString())
    return StreamLoadGateway(call, answer, on_answered)


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
    matcher, echo, wish, tickets = *sys.argv[1:4], int(sys.argv[4])
    print("ready", flush=True)
    for _ in sys.stdin:
        offered = make_batches(wish, tickets)
        found = await measure(matcher, paired, offered), await measure(echo, echoed, offered)
        print(msgspec.json.encode(found).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
