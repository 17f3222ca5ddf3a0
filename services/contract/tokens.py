"""Tokens: signed statements of who a visitor is (JWT, EdDSA)."""

from collections.abc import Sequence

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .devices import Device
from .errors import TokenRefused
from .ids import DeviceId, Token, VisitorId, device_key, random_id
from .keys import Key, derive_key

LIFETIME = 24 * 3600
"""Seconds for which a token is good."""

_AUDIENCE = "zufall"
_PURPOSE = b"zufall token 1"


class TokenHolder(msgspec.Struct, frozen=True):
    """The visitor whom a token names, and the device that alone may renew it, if there is one.

    `issued` is in Unix seconds.
    """

    visitor: VisitorId
    issued: int
    device: Device | None = None

    @property
    def device_key(self) -> int:
        """The key that names the device in matching and in standings, 0 without a device."""
        return device_key(self.device.id) if self.device else 0


class TokenSigner:
    """Issues tokens with the first key of a ring, and verifies them with any.

    Gateways share the ring, so each accepts the tokens of all others.
    """

    def __init__(self, ring: Sequence[Key]) -> None:
        derived = [derive_key(key, _PURPOSE) for key in ring]
        private = {key.name.hex(): Ed25519PrivateKey.from_private_bytes(key.secret) for key in derived}
        self._name = derived[0].name.hex()
        self._private = private[self._name]
        self._public = {name: key.public_key() for name, key in private.items()}

    def issue(self, wall_now: float, visitor: VisitorId | None = None, device: Device | None = None) -> Token:
        """Return a token for `visitor`, or for a new visitor, that is good for `LIFETIME` seconds."""
        claims = {
            "sub": visitor or random_id(),
            "aud": _AUDIENCE,
            "iat": int(wall_now),
            "exp": int(wall_now) + LIFETIME,
        }
        if device is not None:
            claims |= {"device": device.id, "device_since": device.since}
        return Token(jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": self._name}))

    def verify(self, token: str) -> TokenHolder:
        """Return whom `token` names; raise `TokenRefused` if it is forged, expired or no token."""
        try:
            claims = jwt.decode(
                token,
                self._public[jwt.get_unverified_header(token)["kid"]],
                algorithms=["EdDSA"],
                audience=_AUDIENCE,
                # The clocks of two gateways differ: one second would be enough to refuse a fresh token.
                options={"require": ["sub", "exp", "iat"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("the token has expired") from None
        except (jwt.InvalidTokenError, UnicodeEncodeError, KeyError):  # a header may hold any bytes
            raise TokenRefused("the token is not one of ours") from None
        device = Device(DeviceId(claims["device"]), claims["device_since"]) if "device" in claims else None
        return TokenHolder(VisitorId(claims["sub"]), claims["iat"], device)
