"""Passes: sealed proofs of one match, each held by one side and worth nothing without its token."""

from collections.abc import Sequence

import msgspec

from .errors import PassRefused
from .ids import GatewayId, MatchId, Pass, VisitorId
from .keys import Key
from .sealing import Sealer

LIFETIME = 24 * 3600.0
"""Seconds for which a pass is accepted: as long as a report may be filed."""


class PassContent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pass says who met whom. `started` is in Unix seconds, and `find` is the holder's wish as a message.

    The epochs number the connections that met. The devices are named by their keys, 0 if unknown. `lines` are
    digests of the last lines of chat (`contract.line_digests`). The partner's languages and country (ISO
    3166-1 alpha-2, "" if unknown) are those of when the two met.
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
    lines: bytes = b""
    partner_languages: tuple[str, ...] = ()
    partner_country: str = ""


class HolderWish(msgspec.Struct, frozen=True):
    """What a report keeps of the holder's wish. An unknown mode is empty."""

    mode: str = ""
    languages: tuple[str, ...] = ()


_wishes = msgspec.json.Decoder(HolderWish)


def holder_wish(content: PassContent) -> HolderWish:
    """Return the wish of the pass, an empty one if the pass has none that this version can read."""
    try:
        return _wishes.decode(content.find)
    except msgspec.DecodeError:
        return HolderWish()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(PassContent)


class PassSealer:
    """Seals and opens passes with the key ring that gateways and reports share."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall pass 2")

    def seal(self, content: PassContent) -> Pass:
        return Pass(self._sealer.seal(_encoder.encode(content)))

    def open(self, sealed: str, holder: VisitorId, wall_now: float, device: int = 0) -> PassContent:
        """Open the pass; raise `PassRefused` unless it is `holder`'s and at most `LIFETIME` old.

        One of another visitor is opened if both have this `device`, which is not 0.
        """
        content = _decoder.decode(self._sealer.open(sealed))
        if content.holder != holder and (not device or content.holder_device != device):
            raise PassRefused("the pass belongs to somebody else")
        if wall_now - content.started > LIFETIME:
            raise PassRefused("the pass is too old")
        return content
