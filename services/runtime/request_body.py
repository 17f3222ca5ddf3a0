"""Reading the body of a request, within limits of size and time."""

import asyncio

from aiohttp import web

from services.contract.errors import InvalidRequest, RequestTooSlow


async def read_body(request: web.Request, most: int, seconds: float) -> bytes:
    """Read a body of at most `most` bytes.

    Raises `HTTPRequestEntityTooLarge` (413) for a longer one, `RequestTooSlow`, or `InvalidRequest` if the
    connection breaks off.
    """
    try:
        async with asyncio.timeout(seconds):
            return await request.clone(client_max_size=most).read()
    except TimeoutError:
        raise RequestTooSlow("the request did not come in time") from None
    except ConnectionError:
        raise InvalidRequest("the request broke off") from None
