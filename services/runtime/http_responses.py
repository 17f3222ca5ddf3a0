"""HTTP responses: JSON that no cache keeps, and errors as `application/problem+json` (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping
from math import ceil

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from services.contract.errors import TooFast, ZufallError

from .logs import logger
from .request_ids import new_request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "internal"}
"""The codes of errors that no code of ours raises, by their status."""

MEANINGS = {
    "method_not_allowed": "The path exists, and takes no request with this method.",
    "too_large": "The body of the request is larger than any that makes sense here.",
    "internal": "Something went wrong on our side. The log says what.",
}
"""What the codes mean that only HTTP responses have. The reference page shows them."""


def json_response(content: object, status: int = 200, media_type: str = "application/json") -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(content),
        content_type=media_type,
        headers={"Cache-Control": "no-store"},
    )


def problem_response(
    status: int, code: str, detail: str, members: Mapping[str, object] | None = None
) -> web.Response:
    """Return an error response: a stable `code` for programs, a `detail` for people (one sentence).

    `members` are what this kind of error has beside them.
    """
    content = {"type": "about:blank", "status": status, "code": code, "detail": detail, **(members or {})}
    return json_response(content, status, "application/problem+json")


def problem_middleware(statuses: Mapping[type[ZufallError], int]) -> Middleware:
    """Answer our errors with their status from the table, or 500. `TooFast` also closes the connection.

    Each request gets an id for the log.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        with new_request():
            return await answer(request, handler)

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except TooFast as error:
            refusal = problem_response(429, error.code, error.message)
            refusal.headers["Retry-After"] = str(ceil(error.retry_after))
            refusal.force_close()
            return refusal
        except ZufallError as error:
            logger().debug("a request was refused", code=error.code)
            status = statuses.get(type(error), 500)
            return problem_response(status, error.code, error.message, error.members)
        except web.RequestPayloadError:
            return problem_response(400, "invalid_request", "the body of the request is malformed")
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return problem_response(error.status, CODES.get(error.status, "invalid_request"), error.reason)

    return middleware
