"""Serves the files of a built page."""

from pathlib import Path

from aiohttp import web


def built_file(path: Path, caching: str) -> web.FileResponse:
    """Send the `.br` or `.gz` beside the file if there is one that the browser accepts, else the file itself.

    aiohttp chooses, in this order. The ETag is made of the size and time of what is sent, so that of each
    encoding is its own. `Vary` is also on the file itself, so that no cache gives that to everybody.
    """
    return web.FileResponse(path, headers={"Cache-Control": caching, "Vary": "Accept-Encoding"})
