"""Who may do what in the console: one table, which the server is built from and a test walks. Pure."""

from collections.abc import Mapping
from enum import IntEnum


class Role(IntEnum):
    """Each may what those below it may."""

    VIEWER = 1
    MODERATOR = 2
    SENIOR = 3
    ADMIN = 4


ANYBODY = None
"""Also who has not logged in."""

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
    ("GET", "/queue"): Role.VIEWER,
    ("GET", "/events"): Role.VIEWER,
    ("GET", "/cases/{case}"): Role.VIEWER,
    ("GET", "/visitors/{visitor}"): Role.VIEWER,
    ("GET", "/appeals"): Role.VIEWER,
    ("GET", "/policy"): Role.VIEWER,
    ("GET", "/transparency"): Role.VIEWER,
    ("GET", "/reports/{report}/frames/{number}"): Role.MODERATOR,
    ("POST", "/cases/{case}/decision"): Role.MODERATOR,
    ("POST", "/decisions/{decision}/undo"): Role.MODERATOR,
    ("POST", "/appeals/{decision}"): Role.MODERATOR,
    ("POST", "/cases/{case}/hold"): Role.SENIOR,
    ("GET", "/cases/{case}/export"): Role.SENIOR,
    ("POST", "/policy/replay"): Role.SENIOR,
    ("GET", "/audit"): Role.SENIOR,
    ("GET", "/audit/check"): Role.SENIOR,
    ("GET", "/accounts"): Role.ADMIN,
    ("POST", "/accounts"): Role.ADMIN,
    ("PATCH", "/accounts/{name}"): Role.ADMIN,
    ("POST", "/accounts/{name}/invitation"): Role.ADMIN,
}
"""Who may call what at least."""


def allows(role: Role | None, least: Role | None) -> bool:
    """Whether somebody in `role` may call what `least` is needed for."""
    return least is None or (role is not None and role >= least)
