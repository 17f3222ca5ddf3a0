"""Knows the browsers in which somebody has logged in, so that guesses elsewhere do not lock these out.

OWASP describes this as "Slow Down Online Guessing Attacks with Device Cookies".
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import msgspec

from services.contract.errors import PassRefused
from services.contract.sealing import Sealer

DEVICE_COOKIE_CONTEXT = b"zufall console device 1"
"""The sealing context of the cookie."""

DEVICE_COOKIE_LIFETIME = 180 * 24 * 3600
"""A browser is known for this many seconds after its last login."""

_MAX_LENGTH = 4096


class DeviceCookie(msgspec.Struct, frozen=True, array_like=True):
    """The content of the cookie. It is for one account only; `expires_at` is in Unix milliseconds."""

    name: str
    device: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class LoginOrigin:
    """Where a login comes from: a known browser, or any browser of a network. Each has its own lock."""

    key: bytes
    """A keyed hash, so that the database has no address."""
    known: bool


class KnownDevices:
    """Recognizes browsers by a sealed cookie that a login gives them."""

    def __init__(self, sealer: Sealer, secret: bytes) -> None:
        """Take the sealer of cookies, and the key of the hashes of networks."""
        self._sealer = sealer
        self._secret = secret

    def origin(self, cookie: str, name: str, network: str, now: int) -> LoginOrigin:
        """Return the browser if a login to this account made it known, or else its network."""
        content = self._open(cookie)
        if content is None or content.name != name or content.expires_at <= now:
            return LoginOrigin(self._hash(b"network", network.encode()), known=False)
        return LoginOrigin(self._hash(b"device", content.device), known=True)

    def cookie(self, name: str, now: int) -> str:
        """Return a new cookie for a browser in which the account has just logged in."""
        expires_at = now + DEVICE_COOKIE_LIFETIME * 1000
        content = DeviceCookie(name, secrets.token_bytes(16), expires_at)
        return self._sealer.seal(msgspec.msgpack.encode(content))

    def _open(self, cookie: str) -> DeviceCookie | None:
        if not cookie or len(cookie) > _MAX_LENGTH:
            return None
        try:
            return msgspec.msgpack.decode(self._sealer.open(cookie), type=DeviceCookie)
        except PassRefused:
            return None

    def _hash(self, kind: bytes, content: bytes) -> bytes:
        return hmac.digest(self._secret, kind + b"\0" + content, hashlib.sha256)
