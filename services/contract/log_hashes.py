"""Keyed hashes, which stand for visitors, matches and cases in logs and traces."""

from collections.abc import Sequence
from hashlib import blake2b

from .keys import Key, derive_secret

HASH_BYTES = 5
"""Two of a million ids share a hash about every second time, and no two of one call do."""


class LogHasher:
    """Hashes ids with the first key of the ring that gateways and reports share (BLAKE2b).

    So lines of several services about one match can be found, and who lacks the key learns no id from them.
    """

    def __init__(self, ring: Sequence[Key]) -> None:
        self._keyed = blake2b(digest_size=HASH_BYTES, key=derive_secret(ring[0], b"zufall log hash 1"))

    def hash(self, id: str) -> str:
        """Return 10 hexadecimal digits for an id, which has enough random bits that nobody can guess it."""
        hashed = self._keyed.copy()
        hashed.update(id.encode())
        return hashed.hexdigest()
