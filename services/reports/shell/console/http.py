"""Request bodies, response headers and error statuses of the console."""

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
from aiohttp import web

from services.contract import errors
from services.contract.errors import InvalidRequest, ZufallError
from services.runtime.http_responses import Handler, problem_response
from services.runtime.logs import logger

from .errors import ConfirmationNeeded, Conflict, LoginRefused, NotLoggedIn

T = TypeVar("T")

MAX_BODY_BYTES = 64 * 1024
"""A request body has at most this many bytes."""

STATUSES: dict[type[ZufallError], int] = {
    errors.InvalidRequest: 400,
    LoginRefused: 401,
    NotLoggedIn: 401,
    errors.PermissionRefused: 403,
    ConfirmationNeeded: 403,
    errors.NotFound: 404,
    Conflict: 409,
    errors.TooLate: 410,
    errors.Unavailable: 503,
}

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""They keep strangers' text from running as code, and other sites from framing or loading the console."""


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set the security headers on every response, errors included."""
    try:
        response = await handler(request)
    except Exception:  # noqa: BLE001 -- aiohttp would answer with a page of its own, without our headers
        logger().exception("a console request failed", path=request.path)
        response = problem_response(500, "internal", "something went wrong on our side; the log says what")
    if not response.prepared:
        response.headers.update(SECURITY_HEADERS)
    return response


async def read_json(request: web.Request, kind: type[T]) -> T:
    """Read and parse the JSON of the request; raise `InvalidRequest`."""
    try:
        body = await request.read()
    except ConnectionError:
        raise InvalidRequest("the connection was lost during the request") from None
    return parse_json(body, kind)


def parse_json(body: bytes, kind: type[T]) -> T:
    """Parse the JSON in `body`, where nothing stands for `{}`; raise `InvalidRequest`."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the request cannot be read: {error}") from None


def attachment_response(content: bytes | AsyncIterator[bytes], media_type: str, name: str) -> web.Response:
    """Return a response that the browser saves as a file."""
    disposition = f'attachment; filename="{name}"'
    return web.Response(
        body=content,
        content_type=media_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )
