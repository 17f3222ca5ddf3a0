"""What gateways say to each other about a match: msgpack lists of envelopes on one subject a gateway."""

from enum import IntEnum
from typing import TypeVar

import msgspec

from .ids import GatewayId, MatchId, VisitorId

T = TypeVar("T")


class Kind(IntEnum):
    """What an envelope's body is."""

    ACCEPT = 1  # an `Acceptance`
    DECLINE = 2  # empty: the ticket no longer waits, or nobody answered in time
    FRAME = 3  # a frame of the partner's browser, validated by the partner's gateway
    ENDED = 4  # the reason, as in the message `ended`
    LINE = 5  # a `Line`: said again until it is heard
    HEARD = 6  # a `Heard`
    WHEREABOUTS = 7  # a `Whereabouts`: where the partner is, told when it changes and every few seconds
    ABSENT = 8  # a gateway id: the partner is not there, where you believed them
    HANDOVER = 9  # what the visitor's former gateway knew, to the one where they are now (see signaling)
    REWIND = 10  # an `Asker`: the last partner asks to meet again
    RIVAL = 11  # an `arrivals.Arrivals` of the one visitor: two gateways have them, which one goes on?
    REFUSED = 12  # empty: the last partner, whom you asked back, has no way back


class Envelope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """To one visitor, about one match. It changes nothing unless that is the visitor's own match.

    `kind` is a `Kind`, or one that a newer gateway knows: that is dropped, and not all that came with it.
    """

    visitor: VisitorId
    match: MatchId
    kind: int
    body: bytes = b""


class Acceptance(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a gateway tells about its visitor when it accepts a pairing."""

    languages: list[str]
    country: str | None
    address_hash: bytes


class Line(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A frame that must arrive. Its stream counts from 1; `first` is the lowest number not heard yet."""

    stream: str
    number: int
    first: int
    frame: bytes


class Heard(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The partner's browser has the lines of `stream` up to `number`."""

    stream: str
    number: int


class Whereabouts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where one visitor of a match is: which gateway has their session, and whether their socket is there."""

    visitor: VisitorId
    gateway: GatewayId
    here: bool
    address_hash: bytes
    heard: Heard


class Asker(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who is to have the answer, and where they are."""

    visitor: VisitorId
    gateway: GatewayId


_encoder = msgspec.msgpack.Encoder()
_lists = msgspec.msgpack.Decoder(list[Envelope])
_acceptances = msgspec.msgpack.Decoder(Acceptance)
_lines = msgspec.msgpack.Decoder(Line)
_heards = msgspec.msgpack.Decoder(Heard)
_whereabouts = msgspec.msgpack.Decoder(Whereabouts)
_askers = msgspec.msgpack.Decoder(Asker)


def pack(value: list[Envelope] | Acceptance | Line | Heard | Whereabouts | Asker) -> bytes:
    """The msgpack bytes."""
    return _encoder.encode(value)


def unpack(payload: bytes) -> list[Envelope]:
    """The envelopes in `payload`; raises `msgspec.DecodeError` (a `ValueError`), as all of these do."""
    return decoded(_lists, payload)


def unpack_acceptance(body: bytes) -> Acceptance:
    return decoded(_acceptances, body)


def unpack_line(body: bytes) -> Line:
    return decoded(_lines, body)


def unpack_heard(body: bytes) -> Heard:
    return decoded(_heards, body)


def unpack_whereabouts(body: bytes) -> Whereabouts:
    return decoded(_whereabouts, body)


def unpack_asker(body: bytes) -> Asker:
    return decoded(_askers, body)


def decoded(decoder: "msgspec.msgpack.Decoder[T]", payload: bytes) -> T:
    """What is in `payload`; raises `msgspec.DecodeError`, also for text that is not UTF-8."""
    try:
        return decoder.decode(payload)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None
