"""Provides a matcher of known pictures over HTTP, which can be made to fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Matcher:
    """Answers over HTTP at `url`."""

    def __init__(self) -> None:
        self.url = ""
        self.known: dict[str, str] = {}
        """The name of the list that has a digest, by the digest in hexadecimal."""
        self.pictures: list[bytes] = []
        self.answer: web.Response | None = None
        """An answer to send instead."""
        self.silent = False

    async def handle(self, request: web.Request) -> web.Response:
        self.pictures.append(await request.read())
        if self.silent:
            await asyncio.Event().wait()
        digests = (request.headers["Zufall-Original-Sha256"], request.headers["Zufall-Sha256"])
        names = (self.known[digest] for digest in digests if digest in self.known)
        return self.answer or web.json_response({"known": next(names, "")})


@asynccontextmanager
async def matcher() -> AsyncIterator[Matcher]:
    running = Matcher()
    app = web.Application()
    app.router.add_post("/match", running.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    running.url = f"http://{host}:{port}/match"
    yield running
    await runner.cleanup()
