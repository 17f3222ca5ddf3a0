"""A process that opens thousands of connections: `python -m tests.hostile.crowd PORT COUNT KIND…`.

They come from the loopback address, or from a network such as `--network 127.0.1`, at once or at a `--rate`.

It says `ready`, begins at a line of its input, says what came of it as JSON at each further line, and ends,
and its connections with it, at the end of its input. ZUFALL_TOKEN_KEYS makes tokens.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from math import inf

import uvloop

from services.contract.keys import parse_ring
from services.contract.tokens import TokenSigner

from .peers import Peer, hello, upgrade

NICENESS = 10
"""The process yields the processor to the gateway, whose speed the tests measure."""


def address(number: int) -> str:
    """Return an address in a network of its own, as strangers have."""
    return f"20.{number >> 8 & 255}.{number & 255}.1"


def says(kind: str, number: int, signer: TokenSigner) -> Sequence[bytes]:
    """Return what the peer with this number says: the kinds of them take turns."""
    match kind:
        case "silent":
            return []
        case "half":
            return [upgrade()[:60]]
        case "page":
            return [b"GET / HTTP/1.1\r\nHost: zufall.test\r\n\r\n"]
        case "mute":
            return [upgrade(address(number))]
        case "honest":
            return [upgrade(address(number)), hello(signer.issue(time.time()))]
        case "crowded":  # all behind one address
            return [upgrade(address(0)), hello(signer.issue(time.time()))]
    raise ValueError(kind)


async def lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


async def run(port: int, count: int, kinds: Sequence[str], network: str, rate: float) -> None:
    signer = TokenSigner(parse_ring(os.environ["ZUFALL_TOKEN_KEYS"]))
    plans = [says(kinds[number % len(kinds)], number, signer) for number in range(count)]
    outcomes: Counter[str] = Counter()
    loop, orders = asyncio.get_running_loop(), await lines()
    print("ready", flush=True)  # noqa: T201 -- spoken to the test
    await orders.readline()

    async def connect(number: int, plan: Sequence[bytes]) -> None:
        await asyncio.sleep(number / rate)
        local = (f"{network}.{number % 250 + 1}", 0) if network else None
        try:
            await loop.create_connection(lambda: Peer(plan, outcomes), "127.0.0.1", port, local_addr=local)
        except OSError as error:
            outcomes[type(error).__name__] += 1

    connecting = [asyncio.create_task(connect(*numbered)) for numbered in enumerate(plans)]
    while await orders.readline():
        print(json.dumps(outcomes), flush=True)  # noqa: T201
    for task in connecting:
        task.cancel()
    await asyncio.gather(*connecting, return_exceptions=True)


if __name__ == "__main__":
    os.nice(NICENESS)
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("kinds", nargs="+")
    parser.add_argument("--network", default="")
    parser.add_argument("--rate", type=float, default=inf)
    options = parser.parse_args()
    uvloop.run(run(options.port, options.count, options.kinds, options.network, options.rate))
