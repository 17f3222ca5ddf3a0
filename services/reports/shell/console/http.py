"""Request bodies, the content policy and error statuses of the console."""

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
from aiohttp import web

from services.contract import errors
from services.contract.decoding import describe
from services.contract.errors import InvalidRequest, ZufallError
from services.runtime.request_body import read_body

from .errors import ConfirmationNeeded, Conflict, LoginRefused, NotLoggedIn, TooManyPictures

T = TypeVar("T")

MAX_BODY_BYTES = 64 * 1024
"""A request body has at most this many bytes."""

_BODY_SECONDS = 30.0
"""A request body comes within this many seconds."""

STATUSES: dict[type[ZufallError], int] = {
    errors.InvalidRequest: 400,
    LoginRefused: 401,
    NotLoggedIn: 401,
    errors.PermissionRefused: 403,
    ConfirmationNeeded: 403,
    errors.NotFound: 404,
    errors.RequestTooSlow: 408,
    Conflict: 409,
    errors.TooLate: 410,
    TooManyPictures: 429,
    errors.Unavailable: 503,
}

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""It keeps strangers' text from running as code, and other sites from framing the console."""

PAGE_FEATURES = ("clipboard-write",)
"""What the page may use of the browser: its buttons copy ids and invitations."""


async def read_json(request: web.Request, kind: type[T]) -> T:
    """Read and parse the JSON of the request; raise `InvalidRequest` or `RequestTooSlow`."""
    return parse_json(await read_body(request, MAX_BODY_BYTES, _BODY_SECONDS), kind)


def parse_json(body: bytes, kind: type[T]) -> T:
    """Parse the JSON in `body`, where nothing stands for `{}`; raise `InvalidRequest`."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"the request cannot be read: {describe(error)}") from None


def attachment_response(content: bytes | AsyncIterator[bytes], media_type: str, name: str) -> web.Response:
    """Return a response that the browser saves as a file."""
    disposition = f'attachment; filename="{name}"'
    return web.Response(
        body=content,
        content_type=media_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )
