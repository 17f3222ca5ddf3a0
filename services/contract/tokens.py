"""Tokens: signed statements of who a visitor is (JWT, EdDSA)."""

import re
from collections.abc import Sequence

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .devices import Device
from .errors import TokenRefused
from .ids import DeviceId, Token, TokenId, VisitorId, device_key, random_id
from .keys import Key, derive_key

LIFETIME = 3600
"""Seconds for which a token is good."""

LONGEST_USE = 24 * 3600
"""Seconds after it was issued in which a token that has expired is still good for two things: whoever proves
the key of its device may renew it, and a report with a pass of its visitor may be filed with it."""

_AUDIENCE = "zufall"
_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_PURPOSE = b"zufall token 1"


class TokenHolder(msgspec.Struct, frozen=True):
    """The visitor whom a token names, and the device that alone may renew it, if there is one.

    `issued` is in Unix seconds, and `id` is the token's own. `origin` is the id of the first token of this
    visitor, if that named no device: whoever had it could renew it, even with a key of their own.
    """

    visitor: VisitorId
    issued: int
    id: TokenId
    device: Device | None = None
    origin: TokenId | None = None

    @property
    def revocable_by(self) -> tuple[TokenId, ...]:
        """The ids of tokens with which this one is revoked: its own, and that of its origin."""
        return (self.id, self.origin) if self.origin else (self.id,)

    @property
    def heirs_origin(self) -> TokenId | None:
        """The origin of a token that renews this one."""
        return self.origin or (None if self.device else self.id)

    @property
    def device_key(self) -> int:
        """The key that names the device in matching and in standings, 0 without a device."""
        return device_key(self.device.id) if self.device else 0


class _Claims(msgspec.Struct):
    sub: VisitorId
    iat: int
    exp: int
    jti: TokenId
    device: DeviceId | None = None
    device_since: int = 0
    origin: TokenId | None = None

    def holder(self) -> TokenHolder:
        device = Device(self.device, self.device_since) if self.device else None
        return TokenHolder(self.sub, self.iat, self.jti, device, self.origin)


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

    def issue(
        self,
        wall_now: float,
        visitor: VisitorId | None = None,
        device: Device | None = None,
        origin: TokenId | None = None,
    ) -> Token:
        """Return a token for `visitor`, or for a new visitor, that is good for `LIFETIME` seconds."""
        claims = {
            "sub": visitor or random_id(),
            "aud": _AUDIENCE,
            "iat": int(wall_now),
            "exp": int(wall_now) + LIFETIME,
            "jti": random_id(),
        }
        if device is not None:
            claims |= {"device": device.id, "device_since": device.since}
        if origin:
            claims |= {"origin": origin}
        return Token(jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": self._name}))

    def renew(self, former: TokenHolder, device: Device | None, wall_now: float) -> Token:
        """Return a fresh token for the same visitor."""
        return self.issue(wall_now, former.visitor, device, former.heirs_origin)

    def verify(self, token: str, wall_now: float) -> TokenHolder:
        """Return whom `token` names; raise `TokenRefused` if it is forged, expired or no token."""
        claims = self._open(token)
        if wall_now >= claims.exp:
            raise TokenRefused("the token has expired")
        return claims.holder()

    def verify_old(self, token: str, wall_now: float) -> TokenHolder:
        """Return whom `token` names, even if it has expired; raise `TokenRefused` after `LONGEST_USE`."""
        claims = self._open(token)
        if wall_now - claims.iat > LONGEST_USE:
            raise TokenRefused("the token has expired")
        return claims.holder()

    def _open(self, token: str) -> "_Claims":
        try:
            claims = jwt.decode(
                token,
                self._public[jwt.get_unverified_header(token)["kid"]],
                algorithms=["EdDSA"],
                audience=_AUDIENCE,
                # The caller has a clock of its own, and those of two gateways differ.
                options={"verify_iat": False, "verify_exp": False},
            )
            return msgspec.convert(claims, _Claims)
        except (jwt.InvalidTokenError, UnicodeEncodeError, KeyError, msgspec.ValidationError):
            raise TokenRefused("the token is not one of ours") from None  # a header may hold any bytes


def id_to_revoke(text: str) -> TokenId:
    """Return the id with which a token is revoked, or `text` itself if it is an id. Raises `TokenRefused`.

    A thief may have renewed a token that names no device, so this is the id of the visitor's first one. What
    names a device only its owner renews, whose newer tokens stay good. No key is needed to read this.
    """
    id = text if _ID.fullmatch(text) else _claimed_id(text)
    if not _ID.fullmatch(id):
        raise TokenRefused("this is neither a token nor the id of one")
    return TokenId(id)


def _claimed_id(token: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, UnicodeEncodeError):
        return ""
    own = str(claims.get("jti", ""))
    return own if "device" in claims else str(claims.get("origin", own))
