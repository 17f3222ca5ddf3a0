"""The console's HTTP server, for the page and for the API in the table of roles."""

import html
from collections.abc import Callable, Iterable
from pathlib import Path

from aiohttp import web

from services.contract import addresses
from services.contract.errors import NotFound
from services.contract.site_name import OUR_NAME
from services.runtime.built_page import built_file
from services.runtime.http_responses import problem_middleware
from services.runtime.http_server import HttpRunner
from services.runtime.listening import naming_address
from services.runtime.security_headers import security_headers

from ...core.roles import API_PREFIX, CONFIRMED_ENDPOINTS, ENDLESS_ENDPOINTS, ENDPOINTS
from .auth import ConsoleAuth, Routes
from .http import CONTENT_POLICY, MAX_BODY_BYTES, PAGE_FEATURES, STATUSES

INDEX = "index.html"


def build_app(auth: ConsoleAuth, handlers: Routes, page: Path, site: str = OUR_NAME) -> web.Application:
    """Build the application; raise `KeyError` unless handlers and the table of roles match.

    The page names the site.
    """
    if unknown := handlers.keys() - ENDPOINTS.keys():
        raise KeyError(unknown)
    app = web.Application(middlewares=[problem_middleware(STATUSES)], client_max_size=MAX_BODY_BYTES)
    for (method, path), least in ENDPOINTS.items():
        confirmed, endless = (method, path) in CONFIRMED_ENDPOINTS, (method, path) in ENDLESS_ENDPOINTS
        guarded = auth.require_role(least, handlers[method, path], confirmed=confirmed, endless=endless)
        any_name = path.replace("}", ":[^/]+}")  # aiohttp's usual pattern has no braces
        app.router.add_route(method, API_PREFIX + any_name, guarded)
    app.add_routes(_page(page, site))
    return app


def _page(page: Path, site: str) -> list[web.RouteDef]:
    """Return routes for the built page. Its assets have a hash in their name and never change.

    The root leads to the page, because somebody may type only host and port.
    """
    files = {path.relative_to(page).as_posix(): path for path in page.rglob("*") if path.is_file()}

    index = named_index(files[INDEX].read_text("utf-8"), site) if INDEX in files else None

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", INDEX)
        if name == INDEX and index is not None:
            return web.Response(
                text=index, content_type="text/html", charset="utf-8", headers={"Cache-Control": "no-cache"}
            )
        if name not in files:
            raise NotFound("there is no such page" if files else "the page of the console is not built")
        lasting = name.startswith("assets/")
        caching = "private, max-age=31536000, immutable" if lasting else "no-cache"
        return built_file(files[name], caching)

    async def to_page(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/console"})

    return [
        web.get("/", to_page),
        web.get("/console/", to_page),
        web.get("/console", file),
        web.get("/console/{name:(?!api/).+}", file),
    ]


def named_index(text: str, site: str) -> str:
    """Write the name of the site into the page, which has ours."""
    return text.replace(OUR_NAME, html.escape(site))


class ConsoleServer:
    """Serves the console on `address` (host:port)."""

    def __init__(
        self, app: web.Application, address: str, origins: Iterable[str], stopping: Callable[[], None]
    ) -> None:
        """Take a callback that ends endless responses when the server stops."""
        self._address = address
        self._stopping = stopping
        headers = security_headers(CONTENT_POLICY, origins, PAGE_FEATURES)
        self._runner = HttpRunner(app, headers, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Listen; raise `OSError` if the port is taken."""
        await self._runner.setup()
        host, port = addresses.split_host_port(self._address)
        with naming_address(self._address):
            await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        self._stopping()
        await self._runner.cleanup()
