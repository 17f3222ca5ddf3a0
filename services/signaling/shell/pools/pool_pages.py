"""The pages of named pools, each with a picture and a calendar, and the cards of links to the site."""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from services.contract.errors import NotFound

from ...core.opening_hours import CALENDAR_DAYS
from ...core.pool_calendar import calendar_file
from ..site.pages import PICTURE_HEADERS, page_text
from ..site.share_card import PICTURE, ShareCard, description_of, own_origin, with_card
from ..site.site import Site
from .named_pool import NamedPool, NamedPools, PoolDescription

PAGE = "index.html"

_FRAMES = re.compile(r"frame-ancestors [^;]*")
_RASTER = ("image/png", "image/webp")
"""The types of pictures that programs show with a link. They show no SVG."""


class PoolPages:
    """Serves what belongs to named pools.

    `files` are the built page, and `policy` is its content policy. `wall_clock` returns Unix seconds.
    """

    def __init__(
        self,
        pools: NamedPools,
        files: dict[str, Path],
        site: Site,
        origins: frozenset[str],
        policy: str,
        wall_clock: Callable[[], float],
    ) -> None:
        self._pools = pools
        self._site = site
        self._origins = origins
        self._policy = policy
        self._wall_clock = wall_clock
        self._page = page_text(files[PAGE], site.name) if PAGE in files else ""
        self._rendered = lru_cache(maxsize=256)(self._render)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/p/{name}", self.page),
            web.get("/p/{name}/picture", self.picture),
            web.get("/p/{name}/calendar.ics", self.calendar),
        ]

    def front_page(self, request: web.Request) -> web.Response:
        """Answer a request for the front page with the tags of its card. Browsers need none of them."""
        return self._answer(request, None, headers={"Vary": "Accept-Encoding, Sec-Fetch-Dest"})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Serve the page, with 404 if there is no such pool: it then says so, and leads to the front page."""
        self._check_built()
        pool = self._pools.get(request.match_info["name"])
        framed = " ".join(pool.embed if pool else ()) or "'none'"
        policy = _FRAMES.sub(f"frame-ancestors {framed}", self._policy)
        headers = {"Content-Security-Policy": policy, "Vary": "Accept-Encoding"}
        return self._answer(request, pool, 200 if pool else 404, headers)

    async def picture(self, request: web.Request) -> web.Response:
        picture = self._pool(request).picture
        if picture is None:
            raise NotFound("this pool has no picture")
        return web.Response(body=picture.body, content_type=picture.media_type, headers=PICTURE_HEADERS)

    async def calendar(self, request: web.Request) -> web.Response:
        pool = self._pool(request)
        if pool.hours.always:
            raise NotFound("this pool is always open")
        if next(pool.hours.periods(self._wall_clock(), CALENDAR_DAYS), None) is None:
            raise NotFound("this pool does not open again")
        url = f"{own_origin(request, self._origins)}/p/{pool.name}"
        body = calendar_file(pool.hours, pool.name, pool.title, url, self._wall_clock())
        headers = {
            "Content-Disposition": f'attachment; filename="{pool.name}.ics"',
            "Cache-Control": "no-cache",
        }
        return web.Response(text=body, content_type="text/calendar", charset="utf-8", headers=headers)

    def description(self, request: web.Request) -> PoolDescription:
        """Return what the page of the pool needs to know. Raises `NotFound`."""
        return self._pool(request).description(self._wall_clock())

    def _pool(self, request: web.Request) -> NamedPool:
        pool = self._pools.get(request.match_info["name"])
        if pool is None:
            raise NotFound("there is no such pool here")
        return pool

    def _check_built(self) -> None:
        if not self._page:
            raise NotFound("there is no such page")

    def _answer(
        self,
        request: web.Request,
        pool: NamedPool | None,
        status: int = 200,
        headers: LooseHeaders | None = None,
    ) -> web.Response:
        self._check_built()
        body, squeezed = self._rendered(pool.name if pool else "", own_origin(request, self._origins))
        response = web.Response(status=status, content_type="text/html", charset="utf-8", headers=headers)
        response.headers["Cache-Control"] = "no-cache"
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "").lower()
        response.body = squeezed if takes_gzip else body
        if takes_gzip:
            response.headers["Content-Encoding"] = "gzip"
        return response

    def _render(self, name: str, origin: str) -> tuple[bytes, bytes]:
        """Return the page, and the same compressed."""
        body = with_card(self._page, self._card(self._pools.get(name)), origin).encode()
        return body, gzip.compress(body, mtime=0)

    def _card(self, pool: NamedPool | None) -> ShareCard:
        site = self._site.name
        if pool is None:
            return ShareCard(site, site, description_of(self._page), "/")
        raster = pool.picture is not None and pool.picture.media_type in _RASTER
        picture = pool.picture_path if raster else None
        return ShareCard(site, f"{pool.title} – {site}", pool.text, f"/p/{pool.name}", picture or PICTURE)
