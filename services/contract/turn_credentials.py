"""TURN credentials that expire: the scheme of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnCredentials:
    """What a TURN server asks for. It has no list of users: it computes the password as we do."""

    username: str
    password: str


def mint(secret: str, name: str, expires: int) -> TurnCredentials:
    """Return the credentials of `name`, with which allocations may begin until `expires` (Unix seconds)."""
    username = f"{expires}:{name}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return TurnCredentials(username, base64.b64encode(digest).decode())
