"""A bot that repeats what strangers say: `python -m bench.client.echo_bot http://localhost:8080`."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp

from bench.client.client import ZufallClient
from bench.client.connection import stay_connected
from bench.client.events import ClientEvent
from bench.client.http import fetch_token
from bench.client.transports import Transport
from bench.client.transports.aiohttp import dial
from services.signaling.core.messages import Chat, Find, Matched


async def run(token: str, dial: Callable[[], Awaitable[Transport]]) -> int:
    """Talk to one stranger after the other; return the close code that says to stop."""
    client = ZufallClient(token)
    client.find(Find("text", languages=["en"]))

    def handle(event: ClientEvent) -> None:
        match event:
            case Matched():
                client.say("Hello! I am a bot that repeats what you say.", time.monotonic())
            case Chat() if client.match is not None and not client.match.sending.full:
                client.say(event.text, time.monotonic())

    return await stay_connected(client, dial, handle)


async def main(origin: str) -> int:
    async with aiohttp.ClientSession() as http:
        return await run(await fetch_token(http, origin), lambda: dial(http, origin))


if __name__ == "__main__":
    sys.exit(f"closed with {asyncio.run(main(sys.argv[1]))}")
