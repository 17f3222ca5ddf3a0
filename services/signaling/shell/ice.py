"""ICE servers for a match, with TURN credentials that expire (the scheme of coturn's `use-auth-secret`)."""

import base64
import hashlib
import hmac

from msgspec import UNSET, UnsetType

from services.contract.ids import VisitorId

from ..config import Config
from ..core.messages import Ice, IceServer

CREDENTIAL_LIFETIME = 600
"""Seconds for which TURN credentials are valid."""


def ice_for(visitor: VisitorId, config: Config, wall_now: float) -> Ice:
    """Return the ICE servers that `visitor` may use from now on."""
    servers = [IceServer(list(config.stun_urls))] if config.stun_urls else []
    expires_in: float | UnsetType = UNSET
    if config.turn_urls:
        username = f"{int(wall_now) + CREDENTIAL_LIFETIME}:{visitor}"
        digest = hmac.new(config.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        servers.append(IceServer(list(config.turn_urls), username, base64.b64encode(digest).decode()))
        expires_in = CREDENTIAL_LIFETIME
    return Ice(servers, config.ice_policy, expires_in)
