"""The roles of the console, and the table of endpoints with the role that each needs."""

from collections.abc import Mapping
from enum import IntEnum


class Role(IntEnum):
    """A role includes the roles with lower numbers."""

    VIEWER = 1
    MODERATOR = 2
    SENIOR = 3
    ADMIN = 4


ANYBODY = None
"""The endpoint needs no login."""

API_PREFIX = "/console/api"

ENDPOINTS: Mapping[tuple[str, str], Role | None] = {
    ("GET", "/ways"): ANYBODY,
    ("POST", "/session"): ANYBODY,
    ("GET", "/oidc"): ANYBODY,
    ("GET", "/oidc/return"): ANYBODY,
    ("POST", "/invitation"): ANYBODY,
    ("POST", "/invitation/accept"): ANYBODY,
    ("GET", "/session"): Role.VIEWER,
    ("DELETE", "/session"): Role.VIEWER,
    ("POST", "/session/confirm"): Role.VIEWER,
    ("GET", "/queue"): Role.VIEWER,
    ("GET", "/cases"): Role.VIEWER,
    ("GET", "/ids"): Role.VIEWER,
    ("GET", "/views"): Role.VIEWER,
    ("POST", "/views"): Role.VIEWER,
    ("DELETE", "/views/{name}"): Role.VIEWER,
    ("GET", "/events"): Role.VIEWER,
    ("GET", "/cases/{case}"): Role.VIEWER,
    ("GET", "/visitors/{visitor}"): Role.VIEWER,
    ("GET", "/appeals"): Role.VIEWER,
    ("GET", "/policy"): Role.VIEWER,
    ("GET", "/transparency"): Role.VIEWER,
    ("GET", "/team"): Role.VIEWER,
    ("POST", "/visitors/{visitor}/notes/seen"): Role.VIEWER,
    ("GET", "/exposure"): Role.VIEWER,
    ("GET", "/work"): Role.VIEWER,
    ("GET", "/reports/{report}/frames/{number}"): Role.MODERATOR,
    ("GET", "/statements"): Role.MODERATOR,
    ("POST", "/cases/{case}/decision"): Role.MODERATOR,
    ("POST", "/decisions/{decision}/undo"): Role.MODERATOR,
    ("POST", "/appeals/{decision}"): Role.MODERATOR,
    ("POST", "/cases/{case}/claim"): Role.MODERATOR,
    ("DELETE", "/cases/{case}/claim"): Role.MODERATOR,
    ("POST", "/cases/{case}/assignment"): Role.MODERATOR,
    ("DELETE", "/cases/{case}/assignment"): Role.MODERATOR,
    ("POST", "/cases/{case}/second-look"): Role.MODERATOR,
    ("POST", "/cases/{case}/notes"): Role.MODERATOR,
    ("POST", "/visitors/{visitor}/notes"): Role.MODERATOR,
    ("POST", "/cases/{case}/hold"): Role.SENIOR,
    ("GET", "/cases/{case}/export"): Role.SENIOR,
    ("POST", "/policy/replay"): Role.SENIOR,
    ("GET", "/workload"): Role.SENIOR,
    ("GET", "/audit"): Role.SENIOR,
    ("GET", "/audit/check"): Role.SENIOR,
    ("GET", "/alarms"): Role.ADMIN,
    ("POST", "/alarms/test"): Role.ADMIN,
    ("GET", "/audit/state"): Role.SENIOR,
    ("GET", "/audit/export"): Role.SENIOR,
    ("GET", "/accounts"): Role.ADMIN,
    ("POST", "/accounts"): Role.ADMIN,
    ("PATCH", "/accounts/{name}"): Role.ADMIN,
    ("POST", "/accounts/{name}/invitation"): Role.ADMIN,
}
"""Each endpoint with the least role that may call it. The server is built from this table."""

CONFIRMED_ENDPOINTS = frozenset(
    {
        ("GET", "/cases/{case}/export"),
        ("GET", "/audit/export"),
        ("POST", "/accounts"),
        ("PATCH", "/accounts/{name}"),
        ("POST", "/accounts/{name}/invitation"),
    }
)
"""Each needs a login or a code of the last minutes: somebody may have left their browser open."""

CONFIRMATION_LIFETIME = 5 * 60_000
"""A login or a code is good for these endpoints for this many milliseconds."""


ENDLESS_ENDPOINTS = frozenset({("GET", "/events")})
"""Their responses go on until the page is closed, so they take none of the turns of an account."""


def allows(role: Role | None, least: Role | None) -> bool:
    """Tell whether `role` may call an endpoint that needs the role `least`."""
    return least is None or (role is not None and role >= least)
