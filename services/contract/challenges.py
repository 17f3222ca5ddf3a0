"""Challenges: what a browser has to sign, sealed, so that every gateway knows those of all others."""

from collections.abc import Sequence
from secrets import token_bytes

import msgspec

from .errors import ChallengeRefused, PassRefused
from .keys import Key
from .sealing import Sealer

LIFETIME = 120
"""Seconds. The clocks of two gateways may differ by as much."""


class _Content(msgspec.Struct, frozen=True, array_like=True):
    id: bytes
    issued: float
    """Unix seconds."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)


class ChallengeSealer:
    """Nothing is kept of a challenge until it is used."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall challenge 1")

    def issue(self, wall_now: float) -> str:
        return self._sealer.seal(_encoder.encode(_Content(token_bytes(8), wall_now)))

    def open(self, challenge: str, wall_now: float) -> bytes:
        """Its id, however its text is written; raises `ChallengeRefused`."""
        try:
            content = _decoder.decode(self._sealer.open(challenge))
        except PassRefused:
            raise ChallengeRefused("the challenge is not one of ours") from None
        if abs(wall_now - content.issued) > LIFETIME:
            raise ChallengeRefused("the challenge has expired")
        return content.id
