"""`python -m bench.matching.echo` is a gRPC server that returns each message of a stream as it came.

It listens where a matcher would (`ZUFALL_LISTEN`), with the same method and the same options. It does not
read the messages, so it shows what streams alone cost on this machine.
"""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import grpc
import uvloop
from grpc import aio

from services.runtime.rpc import LARGE_MESSAGES

SERVICE, METHOD = "zufall.matcher.v1.Matcher", "Pair"


async def echo(requests: AsyncIterator[bytes], context: "aio.ServicerContext[bytes, bytes]") -> None:
    """Write each message as soon as it is read."""
    async for message in requests:
        await context.write(message)


async def start(address: str) -> tuple[Any, int]:
    """Start to listen on `address` (host:port). Return the server and its port."""
    server = aio.server(options=LARGE_MESSAGES)
    handler: Any = grpc.stream_stream_rpc_method_handler(echo)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
    port = server.add_insecure_port(address)
    await server.start()
    return server, port


async def main() -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGINT, stop.set)
    server, _ = await start(os.environ["ZUFALL_LISTEN"])
    await stop.wait()
    await server.stop(None)


if __name__ == "__main__":
    gc.set_threshold(20_000, 50, 100)  # as `runtime.lifecycle` sets it
    gc.freeze()
    uvloop.run(main())
