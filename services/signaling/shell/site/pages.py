"""Serves the operator's logo and recogniser, and the pages with the operator's name in them."""

import gzip
import html
import json
import re
from pathlib import Path

from aiohttp import web

from services.contract.errors import NotFound
from services.contract.site_name import OUR_NAME
from services.runtime.built_page import built_file
from services.runtime.http_responses import Handler

from .site import Logo, Site, origin_of

PICTURE_HEADERS = {
    # An SVG that is opened by itself must not run scripts.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The address changes with the picture. During an update, gateways may still serve the former one.
    "Cache-Control": "public, max-age=3600",
}
_TEXT = re.compile(r">[^<]*<")


def frame_policy(site: Site) -> str:
    """Return the directive of the content policy for frames."""
    return f"frame-src {origin_of(site.advertising)}" if site.advertising else "frame-src 'none'"


def logo_route(logo: Logo | None) -> web.RouteDef:
    async def serve(_: web.Request) -> web.Response:
        if logo is None:
            raise NotFound("this site has no logo of its own")
        return web.Response(body=logo.body, content_type=logo.media_type, headers=PICTURE_HEADERS)

    return web.get("/site/logo", serve)


def recogniser_route(folder: Path | None) -> web.RouteDef:
    """Serve the files that are in the folder now. Browsers ask each time whether one has changed."""
    files = {path.name: path for path in folder.iterdir() if path.is_file()} if folder else {}

    async def serve(request: web.Request) -> web.FileResponse:
        name = request.match_info["name"]
        if name not in files:
            raise NotFound("the recogniser of this site has no such file")
        return built_file(files[name], "no-cache")

    return web.get("/site/recogniser/{name}", serve)


def named_pages(files: dict[str, Path], site: Site) -> dict[str, Handler]:
    """Return handlers for the built files that contain our name, if the site has another name."""
    if site.name == OUR_NAME:
        return {}
    pages = {
        name: page_text(path, site.name).encode() for name, path in files.items() if name.endswith(".html")
    }
    manifests = {
        name: _manifest(path, site.name) for name, path in files.items() if name.endswith(".webmanifest")
    }
    types = {**dict.fromkeys(pages, "text/html"), **dict.fromkeys(manifests, "application/manifest+json")}
    return {name: _handler(body, types[name]) for name, body in (pages | manifests).items()}


def page_text(path: Path, name: str) -> str:
    """Return the HTML of a built page, with our name replaced in the text between tags."""
    said = html.escape(name)
    return _TEXT.sub(lambda found: found[0].replace(OUR_NAME, said), path.read_text())


def _manifest(path: Path, name: str) -> bytes:
    return json.dumps({**json.loads(path.read_bytes()), "name": name, "short_name": name}).encode()


def _handler(body: bytes, media_type: str) -> Handler:
    squeezed = gzip.compress(body)

    async def serve(request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("Accept-Encoding", "").lower():
            return web.Response(body=body, content_type=media_type, charset="utf-8", headers=headers)
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=squeezed, content_type=media_type, charset="utf-8", headers=headers)

    return serve
