"""The admin port of a process: `/livez`, `/readyz` and `/metrics`. The public must not reach it."""

import asyncio
from collections.abc import Callable

import prometheus_client
from aiohttp import web

from services.contract import addresses

from . import metrics, systemd
from .http_server import HttpRunner
from .listening import naming_address
from .security_headers import security_headers

Problems = Callable[[], list[str]]
"""Returns why the process cannot serve right now, a few words for each reason; empty when it can."""


class AdminServer:
    """Serves health and metrics on `address` (host:port), and tells systemd when the process can serve."""

    def __init__(self, address: str, problems: Problems) -> None:
        self._address = address
        self._problems = problems
        self._reporting: asyncio.Task[None] | None = None
        metrics.READY.set_function(lambda: not problems())
        app = web.Application()
        app.add_routes(
            [
                web.get("/livez", self._livez),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = HttpRunner(app, security_headers("default-src 'none'; frame-ancestors 'none'", ()))

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        await self._runner.setup()
        host, port = addresses.split_host_port(self._address)
        with naming_address(self._address):
            await web.TCPSite(self._runner, host, port).start()
        self._reporting = asyncio.create_task(systemd.report_ready(self._problems))

    async def stop(self) -> None:
        if self._reporting:
            self._reporting.cancel()
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        problems = self._problems()
        return web.Response(status=503 if problems else 200, text="\n".join(problems or ["ok"]) + "\n")

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(
            body=prometheus_client.generate_latest(),
            headers={"Content-Type": prometheus_client.CONTENT_TYPE_LATEST},
        )
