"""What gateways say to each other about a match: msgpack lists of envelopes on one subject a gateway."""

from enum import IntEnum

import msgspec

from .ids import MatchId, VisitorId


class Kind(IntEnum):
    """What an envelope's body is."""

    ACCEPT = 1  # an `Acceptance`
    DECLINE = 2  # empty: the ticket no longer waits, or nobody answered in time
    FRAME = 3  # a frame of the partner's browser, validated by the partner's gateway
    ENDED = 4  # the reason, as in the message `ended`


class Envelope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """To one visitor, about one match. It changes nothing unless that is the visitor's own match."""

    visitor: VisitorId
    match: MatchId
    kind: Kind
    body: bytes = b""


class Acceptance(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a gateway tells about its visitor when it accepts a pairing."""

    languages: list[str]
    country: str | None
    address_hash: bytes


_encoder = msgspec.msgpack.Encoder()
_list_decoder = msgspec.msgpack.Decoder(list[Envelope])
_acceptance_decoder = msgspec.msgpack.Decoder(Acceptance)


def pack(value: list[Envelope] | Acceptance) -> bytes:
    """The msgpack bytes of a list of envelopes or of an acceptance."""
    return _encoder.encode(value)


def unpack(payload: bytes) -> list[Envelope]:
    """The envelopes in `payload`; raises `msgspec.DecodeError` (a `ValueError`)."""
    try:
        return _list_decoder.decode(payload)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None


def unpack_acceptance(body: bytes) -> Acceptance:
    """The acceptance in `body`; raises `msgspec.DecodeError` (a `ValueError`)."""
    try:
        return _acceptance_decoder.decode(body)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None
