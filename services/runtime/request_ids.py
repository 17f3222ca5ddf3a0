"""A random id of each HTTP request, which the lines of all services about it carry as `request`."""

import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from structlog import contextvars

ID_BYTES = 5
_METADATA_KEY = "zufall-request"


def new_request() -> AbstractContextManager[None]:
    """Give what is logged inside a new id."""
    return contextvars.bound_contextvars(request=secrets.token_hex(ID_BYTES))


def continued_request(metadata: Iterable[tuple[str, Any]]) -> AbstractContextManager[None]:
    """Give what is logged inside the id with which another service made this call, if it named one."""
    request = dict(metadata).get(_METADATA_KEY)
    return contextvars.bound_contextvars(request=request) if request else nullcontext()


def request_metadata() -> list[tuple[str, str]]:
    """Return the metadata by which a gRPC call names the request that it belongs to."""
    request = contextvars.get_contextvars().get("request")
    return [(_METADATA_KEY, request)] if request else []
