"""The console's HTTP server: the page, and its API as the table of roles says."""

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from services.contract import addresses
from services.contract.errors import NotFound
from services.runtime.http_responses import problem_middleware

from ...core.roles import API_PREFIX, ENDPOINTS
from .auth import ConsoleAuth, Routes
from .http import MAX_BODY_BYTES, STATUSES, security_headers


def build_app(door: ConsoleAuth, handlers: Routes, page: Path) -> web.Application:
    """Raises `KeyError` unless there is a handler for each line of the table, and none without one."""
    if unknown := handlers.keys() - ENDPOINTS.keys():
        raise KeyError(unknown)
    app = web.Application(
        middlewares=[security_headers, problem_middleware(STATUSES)], client_max_size=MAX_BODY_BYTES
    )
    for (method, path), least in ENDPOINTS.items():
        guarded = door.require_role(least, handlers[method, path])
        app.router.add_route(method, API_PREFIX + path, guarded)
    app.add_routes(_page(page))
    return app


def _page(page: Path) -> list[web.RouteDef]:
    """The built page; its assets carry their hash in the name and never change."""
    files = {path.relative_to(page).as_posix(): path for path in page.rglob("*") if path.is_file()}

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "index.html")
        if name not in files:
            raise NotFound("there is no such page" if files else "the page of the console is not built")
        lasting = name.startswith("assets/")
        caching = "private, max-age=31536000, immutable" if lasting else "no-cache"
        return web.FileResponse(files[name], headers={"Cache-Control": caching})

    return [web.get("/console", file), web.get("/console/{name:(?!api/).+}", file)]


class ConsoleServer:
    """Serves the console on `address` (host:port)."""

    def __init__(self, app: web.Application, address: str, stopping: Callable[[], None]) -> None:
        """`stopping` ends what would never end by itself."""
        self._address = address
        self._stopping = stopping
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        await self._runner.setup()
        host, port = addresses.split_host_port(self._address)
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        self._stopping()
        await self._runner.cleanup()
