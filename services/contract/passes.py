"""Passes: sealed proof of one match, held by one side and worth nothing without its token."""

from collections.abc import Sequence

import msgspec

from .errors import PassRefused
from .ids import GatewayId, MatchId, Pass, VisitorId
from .keys import Key
from .sealing import Sealer

LIFETIME = 24 * 3600.0
"""Seconds for which a pass proves that two visitors met: as long as a report may be filed."""


class PassContent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pass says who met whom. `started` is in Unix seconds; `find` is the holder's wish, as a message.

    The epochs say which connections of the two met; `…_device` are the keys of their devices, 0 if unknown.
    """

    match: MatchId
    holder: VisitorId
    holder_gateway: GatewayId
    partner: VisitorId
    partner_gateway: GatewayId
    polite: bool
    partner_address_hash: bytes
    started: float
    find: bytes = b""
    holder_epoch: int = 1
    partner_epoch: int = 1
    holder_device: int = 0
    partner_device: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(PassContent)


class PassSealer:
    """Makes and opens passes with a key ring that gateways and reports share."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall pass 2")

    def seal(self, content: PassContent) -> Pass:
        return Pass(self._sealer.seal(_encoder.encode(content)))

    def open(self, sealed: str, holder: VisitorId, wall_now: float) -> PassContent:
        """Read the pass; raises `PassRefused` unless `holder` holds it and it is within `LIFETIME`."""
        content = _decoder.decode(self._sealer.open(sealed))
        if content.holder != holder:
            raise PassRefused("the pass belongs to somebody else")
        if wall_now - content.started > LIFETIME:
            raise PassRefused("the pass is too old")
        return content
