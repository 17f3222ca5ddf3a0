"""Challenges that a browser signs to prove that it holds its device key.

A challenge is sealed, so every gateway recognises the challenges of all others and keeps none itself.
"""

from collections.abc import Sequence
from secrets import token_bytes

import msgspec

from .errors import ChallengeRefused, PassRefused
from .keys import Key
from .sealing import Sealer

LIFETIME = 120
"""Seconds for which a challenge is good. The clocks of two gateways may differ by as much."""


class _Content(msgspec.Struct, frozen=True, array_like=True):
    id: bytes
    issued: float
    """The time in Unix seconds."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)


class ChallengeSealer:
    """Issues challenges and opens them. The caller makes sure that each is used once."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall challenge 1")

    def issue(self, wall_now: float) -> str:
        return self._sealer.seal(_encoder.encode(_Content(token_bytes(8), wall_now)))

    def open(self, challenge: str, wall_now: float) -> bytes:
        """Return the challenge's id; raise `ChallengeRefused` if it is not ours, or too old."""
        try:
            content = _decoder.decode(self._sealer.open(challenge))
        except PassRefused:
            raise ChallengeRefused("the challenge is not one of ours") from None
        if abs(wall_now - content.issued) > LIFETIME:
            raise ChallengeRefused("the challenge has expired")
        return content.id
