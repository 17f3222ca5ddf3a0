"""Tokens: signed statements of who a visitor is (JWT, EdDSA)."""

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .errors import TokenRefused
from .ids import Token, VisitorId, random_id
from .keys import Key

LIFETIME = 24 * 3600
"""Seconds."""

_AUDIENCE = "zufall"


class TokenSigner:
    """Issues and checks tokens. Every gateway has the same key, so each takes every other's tokens."""

    def __init__(self, key: Key) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(key.secret)
        self._public = self._private.public_key()

    def issue(self, wall_now: float, visitor: VisitorId | None = None) -> Token:
        """A token for `visitor`, or for a new one, that is good for `LIFETIME` seconds."""
        claims = {
            "sub": visitor or random_id(),
            "aud": _AUDIENCE,
            "iat": int(wall_now),
            "exp": int(wall_now) + LIFETIME,
        }
        return Token(jwt.encode(claims, self._private, algorithm="EdDSA"))

    def visitor(self, token: str) -> VisitorId:
        """Who holds `token`; raises `TokenRefused` when it is forged, expired or no token at all."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["EdDSA"],
                audience=_AUDIENCE,
                # The clocks of two gateways differ: one second would be enough to refuse a fresh token.
                options={"require": ["sub", "exp", "iat"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("the token has expired") from None
        except (jwt.InvalidTokenError, UnicodeEncodeError):  # a header may hold any bytes
            raise TokenRefused("the token is not one of ours") from None
        return VisitorId(claims["sub"])
