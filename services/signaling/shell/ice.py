"""ICE servers for a match, with TURN credentials that expire (the scheme of coturn's `use-auth-secret`)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from services.contract.ids import VisitorId

from ..core.messages import Ice, IcePolicy, IceServer

CREDENTIAL_LIFETIME = 600
"""Seconds for which TURN credentials are valid."""


@dataclass(frozen=True, slots=True)
class IceProvider:
    """Gives each visitor the ICE servers of this installation, with credentials of their own."""

    policy: IcePolicy
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""

    def ice_for(self, visitor: VisitorId, wall: float) -> Ice:
        """Return what `visitor` may use from `wall` (Unix seconds) on."""
        servers = [IceServer(list(self.stun_urls))] if self.stun_urls else []
        expires_in: float | UnsetType = UNSET
        if self.turn_urls:
            username = f"{int(wall) + CREDENTIAL_LIFETIME}:{visitor}"
            digest = hmac.new(self.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
            servers.append(IceServer(list(self.turn_urls), username, base64.b64encode(digest).decode()))
            expires_in = CREDENTIAL_LIFETIME
        return Ice(servers, self.policy, expires_in)
