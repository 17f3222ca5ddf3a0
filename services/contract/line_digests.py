"""Digests of chat lines, which prove to reports that a line was said in a match. They hold no text.

Only gateways and reports have the keys. So nobody else can make a digest, or tell from one what was said.
"""

from collections.abc import Sequence
from hashlib import blake2b

from .ids import MatchId, VisitorId
from .keys import Key, derive_secret

DIGEST_BYTES = 8
MAX_DIGESTS = 20
"""The number of lines of a match that are proven, of both directions together: as many as a report holds."""

_PURPOSE = b"zufall line digest 1"


class LineDigester:
    """Makes digests with the first key of the ring, and recognises those of any of its keys (BLAKE2b)."""

    def __init__(self, ring: Sequence[Key]) -> None:
        secrets = [derive_secret(key, _PURPOSE) for key in ring]
        self._keyed = [blake2b(digest_size=DIGEST_BYTES, key=secret) for secret in secrets]

    def digest(self, match: MatchId, sender: VisitorId, text: str) -> bytes:
        """Return the digest of a line that `sender` says in `match`."""
        return _digest(self._keyed[0], match, sender, text)

    def is_among(self, digests: bytes, match: MatchId, sender: VisitorId, text: str) -> bool:
        """Return whether the digest of this line is one of `digests`, which are joined."""
        kept = split_digests(digests)
        return any(_digest(keyed, match, sender, text) in kept for keyed in self._keyed)


def with_digest(digests: bytes, digest: bytes) -> bytes:
    """Return the last different digests, joined, with `digest` as the last one."""
    if digest in digests:  # the line was repeated
        digests = b"".join(one for one in split_digests(digests) if one != digest)
    return (digests + digest)[-MAX_DIGESTS * DIGEST_BYTES :]


def split_digests(digests: bytes) -> list[bytes]:
    """Return the digests that are joined, the oldest first."""
    whole = len(digests) - len(digests) % DIGEST_BYTES
    return [digests[start : start + DIGEST_BYTES] for start in range(0, whole, DIGEST_BYTES)]


def _digest(keyed: blake2b, match: MatchId, sender: VisitorId, text: str) -> bytes:
    hashed = keyed.copy()
    hashed.update(f"{match}\0{sender}\0{text}".encode())  # no id has a NUL
    return hashed.digest()
