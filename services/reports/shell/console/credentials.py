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

PASSWORD_MIN, PASSWORD_MAX = 12, 256
"""Characters of a password."""

TOTP_STEP = 30
"""Seconds for which a code is shown."""

_MEMORY_KIB, _ITERATIONS = 19 * 1024, 2  # the least that OWASP advises for Argon2id with one lane


def check_password_length(password: str) -> None:
    """Raises `InvalidRequest`."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise InvalidRequest(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")


def hash_password(password: str) -> str:
    """In the form of the PHC string format, with its parameters and salt."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_ITERATIONS, lanes=1, memory_cost=_MEMORY_KIB)
    return str(kdf.derive_phc_encoded(password.encode()))


def verify_password(password: str, hashed: str) -> bool:
    """Whether the password is the one of the hash; takes as long where there is no hash."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed or _dummy_hash())
    except InvalidKey:
        return False
    return bool(hashed)


def new_totp_secret() -> bytes:
    """For an authenticator: 160 bits, as RFC 4226 recommends."""
    return os.urandom(20)


def matching_totp_step(secret: bytes, code: str, now: int) -> int | None:
    """The step in which `code` is shown, the one at `now` (Unix milliseconds) or one beside it, if any."""
    current = now // 1000 // TOTP_STEP
    return next((step for step in (current, current - 1, current + 1) if _matches(secret, code, step)), None)


def provisioning_uri(secret: bytes, name: str) -> str:
    """What an authenticator reads."""
    return str(_totp(secret).get_provisioning_uri(name, "Zufall moderation"))


def base32(secret: bytes) -> str:
    """For those who type it."""
    return base64.b32encode(secret).decode()


def qr_svg(text: str) -> str:
    """A QR code, as SVG."""
    return str(segno.make(text, micro=False).svg_inline(scale=4, dark="#000", light="#fff", border=2))


def new_token() -> str:
    """256 random bits: of a session or an invitation."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """What the database knows of a token: nobody comes in with it."""
    return hashlib.sha256(token.encode()).digest()


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticators take whatever the URI says; an HMAC does not need collision resistance.
    return TOTP(secret, 6, SHA1(), TOTP_STEP)  # noqa: S303


def _matches(secret: bytes, code: str, step: int) -> bool:
    return hmac.compare_digest(_totp(secret).generate(step * TOTP_STEP), code.encode())


@cache
def _dummy_hash() -> str:
    return hash_password(new_token())
