"""A process that opens thousands of connections at once: `python -m tests.hostile.crowd PORT COUNT KIND…`.

It says `ready`, begins at a line of its input, says what came of it as JSON at each further line, and ends,
and its connections with it, at the end of its input. ZUFALL_TOKEN_KEY makes tokens.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

import uvloop

from services.contract.keys import parse_key
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


async def run(port: int, count: int, kinds: Sequence[str]) -> None:
    signer = TokenSigner(parse_key(os.environ["ZUFALL_TOKEN_KEY"]))
    plans = [says(kinds[number % len(kinds)], number, signer) for number in range(count)]
    outcomes: Counter[str] = Counter()
    loop, orders = asyncio.get_running_loop(), await lines()
    print("ready", flush=True)  # noqa: T201 -- spoken to the test
    await orders.readline()

    async def connect(plan: Sequence[bytes]) -> None:
        try:
            await loop.create_connection(lambda: Peer(plan, outcomes), "127.0.0.1", port)
        except OSError as error:
            outcomes[type(error).__name__] += 1

    connecting = [asyncio.create_task(connect(plan)) for plan in plans]
    while await orders.readline():
        print(json.dumps(outcomes), flush=True)  # noqa: T201
    for task in connecting:
        task.cancel()
    await asyncio.gather(*connecting, return_exceptions=True)


if __name__ == "__main__":
    os.nice(NICENESS)
    uvloop.run(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
