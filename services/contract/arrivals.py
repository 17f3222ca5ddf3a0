"""What a gateway tells all others: who has come to it, so that nobody is at two and partners find each other.

Fields may be added at the end, with a default: older gateways pass over them.
"""

import msgspec

from .envelopes import decoded
from .ids import GatewayId, MatchId, VisitorId


class Arrival(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A visitor is at the gateway that tells this, since `age` seconds, and goes on with `match`, if any.

    `former`: the gateway that their pass names. `address_hash` is what the partner's pass says of them.
    `hello` counts the hellos of the gateway that tells; `over` is one of the gateway that is told, when it is
    settled that the visitor is not there any more. `clock`: what the clock of the gateway that tells shows,
    in seconds; `echo`: the `clock` of what it answers, or 0. `partner_at`: where that gateway believes the
    partner, empty when it does not know.
    """

    visitor: VisitorId
    age: float
    match: MatchId = MatchId("")
    partner: VisitorId = VisitorId("")
    former: GatewayId = GatewayId("")
    address_hash: bytes = b""
    hello: int = 0
    over: int = 0
    clock: float = 0.0
    echo: float = 0.0
    partner_at: GatewayId = GatewayId("")


class Arrivals(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one gateway has to tell. `parted`: the keys of pairs who have just parted, for when it dies."""

    gateway: GatewayId
    arrivals: list[Arrival]
    parted: list[tuple[int, int]] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Arrivals)


def pack(arrivals: Arrivals) -> bytes:
    """The msgpack bytes."""
    return _encoder.encode(arrivals)


def unpack(payload: bytes) -> Arrivals:
    """The arrivals in `payload`; raises `msgspec.DecodeError` (a `ValueError`)."""
    return decoded(_decoder, payload)
