"""Refuses requests that another site made a browser send. They must not use up their visitor's limits."""

from collections.abc import Collection

from aiohttp import web

from services.contract.errors import InvalidRequest, PermissionRefused

_OTHER_SITES = ("cross-site", "same-site")
"""Values of Sec-Fetch-Site for requests that no page of ours has sent."""

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""The types that any page may post anywhere (those that the Fetch standard safelists)."""


def check_sender(request: web.Request, origins: Collection[str]) -> None:
    """Raise `PermissionRefused` for a request of another site's page, unless it is a link that was followed.

    Raise `InvalidRequest` for a body of a type that any page may post.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        site, mode = (request.headers.get(f"Sec-Fetch-{name}") for name in ("Site", "Mode"))
        foreign = site in _OTHER_SITES and mode != "navigate"
    else:
        foreign = origin not in origins
    if foreign:
        raise PermissionRefused("this origin may not connect")
    if request.body_exists and request.content_type in _FORM_TYPES:
        raise InvalidRequest("send JSON, as application/json")
