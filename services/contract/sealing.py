"""AES-256-GCM under a key ring, for content that only our services can read or make."""

import base64
import binascii
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import PassRefused
from .keys import Key, derive_key

_KEY_NAME_BYTES = 4
_NONCE_BYTES = 12


class Sealer:
    """Seals with the first key of the ring and opens with any of them.

    Each purpose has keys of its own, which are derived from the ring, so that one kind of seal is never taken
    for another. A key may seal at most 2³² times for each purpose (NIST SP 800-38D, random nonces), so put a
    new key first in time. `underived` are keys with which versions before 0.2.0 sealed directly.
    """

    def __init__(self, ring: Sequence[Key], purpose: bytes, underived: Sequence[Key] = ()) -> None:
        self._purpose = purpose
        derived = [derive_key(key, purpose) for key in ring]
        self._ciphers = {key.name: AESGCM(key.secret) for key in (*derived, *underived)}
        self._first_name = derived[0].name
        self._first = self._ciphers[self._first_name]

    def seal(self, content: bytes) -> str:
        """Return base64url text of key name, nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._first_name + nonce + self._first.encrypt(nonce, content, self._purpose)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, sealed: str) -> bytes:
        """Return the content; raise `PassRefused` if it was not sealed by this ring for this purpose."""
        try:
            raw = base64.urlsafe_b64decode(sealed + "==")
            cipher = self._ciphers[raw[:_KEY_NAME_BYTES]]
            return cipher.decrypt(
                raw[_KEY_NAME_BYTES : _KEY_NAME_BYTES + _NONCE_BYTES],
                raw[_KEY_NAME_BYTES + _NONCE_BYTES :],
                self._purpose,
            )
        except (binascii.Error, ValueError, KeyError, InvalidTag):
            raise PassRefused("the pass is not one of ours") from None
