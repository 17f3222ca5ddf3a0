"""Secret keys as text, and key rings: the first key of a ring seals, and all of them open."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes, with a name of 4 bytes that is written beside everything it seals."""

    name: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.name.hex()})"


def parse_key(text: str) -> Key:
    """Parse a key from base64url text of 32 bytes; raise `ValueError`."""
    try:
        secret = base64.urlsafe_b64decode(text.strip() + "==")
    except (binascii.Error, ValueError):
        raise ValueError("a key is base64url text") from None
    if len(secret) != 32:
        raise ValueError(f"a key has 32 bytes, this one has {len(secret)}")
    return Key(_name(secret), secret)


def parse_ring(text: str) -> tuple[Key, ...]:
    """Parse keys separated by commas, of which the first seals; raise `ValueError`."""
    ring = tuple(parse_key(part) for part in text.split(",") if part.strip())
    if not ring:
        raise ValueError("a key ring needs at least one key")
    return ring


@lru_cache(maxsize=256)
def derive_secret(key: Key, purpose: bytes) -> bytes:
    """Return 32 bytes for one purpose, from which nobody learns the key (HKDF with SHA-256, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(key.secret)


def derive_key(key: Key, purpose: bytes) -> Key:
    """Return a key for one purpose, which has a name of its own."""
    secret = derive_secret(key, purpose)
    return Key(_name(secret), secret)


def _name(secret: bytes) -> bytes:
    return hashlib.sha256(b"zufall key name" + secret).digest()[:4]


def new_key() -> str:
    """Return a new random key as base64url text."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
