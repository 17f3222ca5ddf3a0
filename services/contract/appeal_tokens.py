"""Tokens with which a visitor without an account proves that a decision is about them.

The gateway that tells a visitor of a ban makes the token, for this visitor alone. Nobody else hears of it.
"""

from collections.abc import Sequence

import msgspec

from .decoding import decode
from .errors import PassRefused
from .ids import DecisionId, VisitorId
from .keys import Key
from .sealing import Sealer

_MAX_LENGTH = 4096


class AppealContent(msgspec.Struct, frozen=True, array_like=True):
    """The content of an appeal token."""

    decision: DecisionId
    visitor: VisitorId


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(AppealContent)


class AppealTokens:
    """Seals and opens appeal tokens with the key ring that gateways and reports share."""

    def __init__(self, ring: Sequence[Key], underived: Sequence[Key] = ()) -> None:
        """`underived` are keys of versions before 0.2.0, whose tokens are still opened."""
        self._sealer = Sealer(ring, b"zufall appeal 1", underived)

    def seal(self, decision: DecisionId, visitor: VisitorId) -> str:
        """Return the token for the visitor whom the decision is about."""
        return self._sealer.seal(_encoder.encode(AppealContent(decision, visitor)))

    def open(self, token: str) -> AppealContent:
        """Return what a token is about; raise `PassRefused`."""
        if len(token) > _MAX_LENGTH:
            raise PassRefused("the token is too long to be one of ours")
        return decode(_decoder, self._sealer.open(token))
