"""Passwords, one-time codes and tokens. Blocking: to hash a password takes 30 ms of CPU and 19 MiB."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache

import segno
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from services.contract.errors import InvalidRequest

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""

STEP = 30
"""Seconds for which a code is shown."""

_MEMORY, _PASSES = 19 * 1024, 2  # the least that OWASP advises for Argon2id with one lane


def check_password(password: str) -> None:
    """Raises `InvalidRequest`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidRequest(f"a password has {SHORTEST} to {LONGEST} characters")


def hash_password(password: str) -> str:
    """In the form of the PHC string format, with its parameters and salt."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY)
    return str(kdf.derive_phc_encoded(password.encode()))


def fits(password: str, hashed: str) -> bool:
    """Whether the password is the one of the hash; takes as long where there is no hash."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed or _nobodys())
    except InvalidKey:
        return False
    return bool(hashed)


def new_secret() -> bytes:
    """For an authenticator: 160 bits, as RFC 4226 recommends."""
    return os.urandom(20)


def step_of(secret: bytes, code: str, now: int) -> int | None:
    """The step in which `code` is shown, the one at `now` (Unix milliseconds) or one beside it, if any."""
    current = now // 1000 // STEP
    return next((step for step in (current, current - 1, current + 1) if _shows(secret, code, step)), None)


def uri(secret: bytes, name: str) -> str:
    """What an authenticator reads."""
    return str(_totp(secret).get_provisioning_uri(name, "Zufall moderation"))


def base32(secret: bytes) -> str:
    """For those who type it."""
    return base64.b32encode(secret).decode()


def picture(text: str) -> str:
    """A QR code, as SVG."""
    return str(segno.make(text, micro=False).svg_inline(scale=4, dark="#000", light="#fff", border=2))


def new_token() -> str:
    """256 random bits: of a session or an invitation."""
    return secrets.token_urlsafe(32)


def key_of(token: str) -> bytes:
    """What the database knows of a token: nobody comes in with it."""
    return hashlib.sha256(token.encode()).digest()


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticators take whatever the URI says; an HMAC does not need collision resistance.
    return TOTP(secret, 6, SHA1(), STEP)  # noqa: S303


def _shows(secret: bytes, code: str, step: int) -> bool:
    return hmac.compare_digest(_totp(secret).generate(step * STEP), code.encode())


@cache
def _nobodys() -> str:
    return hash_password(new_token())
