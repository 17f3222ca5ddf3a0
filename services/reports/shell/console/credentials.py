"""Passwords, one-time codes and tokens. Hashing a password blocks for 30 ms and takes 19 MiB."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from functools import cache

import segno
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from services.contract.errors import InvalidRequest

PASSWORD_MIN, PASSWORD_MAX = 12, 256
"""The least and the most characters of a password."""

TOTP_STEP = 30
"""A code is shown for this many seconds."""

_SCORE_MIN = 3
"""The least score of zxcvbn, from 0 to 4: from 3 on it takes 100 million guesses or more."""

_JUDGED = 72
"""How many characters of a password are judged, because it takes long for more."""

_MEMORY_KIB, _ITERATIONS = 19 * 1024, 2  # the least that OWASP recommends for Argon2id with one lane


def check_password(password: str, name: str) -> None:
    """Raise `InvalidRequest` if the password is too short, too long or easy to guess for who knows the name.

    It blocks for some milliseconds, and for the first time for a tenth of a second.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise InvalidRequest(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    from zxcvbn import zxcvbn  # its lists of common passwords take a megabyte that few processes need

    known = [name, *re.split(r"[^a-z0-9]+", name), "zufall", "moderator", "moderation"]
    found = zxcvbn(password[:_JUDGED], user_inputs=[word for word in known if word])
    if found["score"] < _SCORE_MIN:
        why = found["feedback"]["warning"] or "It is easy to guess."
        raise InvalidRequest(
            f"choose another password, such as four words that do not belong together: {why}"
        )


def hash_password(password: str) -> str:
    """Return the hash as a PHC string, with its parameters and salt."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_ITERATIONS, lanes=1, memory_cost=_MEMORY_KIB)
    return str(kdf.derive_phc_encoded(password.encode()))


def verify_password(password: str, hashed: str) -> bool:
    """Tell whether the password has this hash. It takes as long if the hash is empty, and returns False."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), hashed or _dummy_hash())
    except InvalidKey:
        return False
    return bool(hashed)


def new_totp_secret() -> bytes:
    """Make a secret for an authenticator, with 160 bits as RFC 4226 recommends."""
    return os.urandom(20)


def matching_totp_step(secret: bytes, code: str, now: int) -> int | None:
    """Return the step of `code` if it is the current one or one beside it. `now` is in Unix milliseconds."""
    current = now // 1000 // TOTP_STEP
    return next((step for step in (current, current - 1, current + 1) if _matches(secret, code, step)), None)


def provisioning_uri(secret: bytes, name: str) -> str:
    """Return the URI that an authenticator reads from the QR code."""
    return str(_totp(secret).get_provisioning_uri(name, "Zufall moderation"))


def base32(secret: bytes) -> str:
    """Return the secret as people type it."""
    return base64.b32encode(secret).decode()


def qr_svg(text: str) -> str:
    """Return a QR code as SVG."""
    return str(segno.make(text, micro=False).svg_inline(scale=4, dark="#000", light="#fff", border=2))


def new_token() -> str:
    """Make a token of 256 random bits for a session or an invitation."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """Return the digest that the database keeps in place of the token."""
    return hashlib.sha256(token.encode()).digest()


def _totp(secret: bytes) -> TOTP:
    # Authenticators use SHA-1 whatever the URI says, and an HMAC needs no collision resistance.
    return TOTP(secret, 6, SHA1(), TOTP_STEP)  # noqa: S303


def _matches(secret: bytes, code: str, step: int) -> bool:
    return hmac.compare_digest(_totp(secret).generate(step * TOTP_STEP), code.encode())


@cache
def _dummy_hash() -> str:
    return hash_password(new_token())
