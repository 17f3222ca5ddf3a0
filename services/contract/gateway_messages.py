"""Messages between gateways: msgpack lists of tagged messages, on one NATS subject for each gateway.

A session takes them as they are. To add one, write its type here and its case in `core/session.py`.
"""

from contextlib import suppress
from typing import TypeAlias

import msgspec
from msgspec import Struct

from .decoding import decode
from .ids import EndReason, GatewayId, MatchId, Place, VisitorId

UNKNOWN_EPOCH = 0
"""The epoch in a message of a gateway that has no connection of the visitor it speaks about."""


class VisitorMessage(Struct, frozen=True, array_like=True, gc=False):
    """A message to the visitor `to`, about `match`: it changes nothing unless that is their own match.

    `epoch` and `gateway` are the place of the visitor of whom the sender speaks: mostly the partner of `to`.
    """

    to: VisitorId
    match: MatchId
    epoch: int
    gateway: GatewayId

    @property
    def place(self) -> Place:
        return Place(self.epoch, self.gateway)


class Accept(VisitorMessage, frozen=True, tag=1):
    """The partner's gateway has reserved its ticket for this match, and tells about its visitor.

    `address_hash` and `device` (a key, 0 if unknown) go into passes.
    """

    languages: list[str]
    country: str | None
    address_hash: bytes
    device: int = 0


class Decline(VisitorMessage, frozen=True, tag=2):
    """The ticket does not wait any more, or nobody answered in time."""


class Relay(VisitorMessage, frozen=True, tag=3):
    """A frame of the partner's browser, validated by the partner's gateway.

    `numbered`: the browser acknowledges it with `received`. `forwarded`: see `Forwardable`.
    """

    frame: bytes
    numbered: bool = False
    forwarded: bool = False


class PartnerLeft(VisitorMessage, frozen=True, tag=4):
    """The partner is no longer in this match."""

    reason: EndReason
    forwarded: bool = False


class LocatePartner(VisitorMessage, frozen=True, tag=5):
    """The visitor `sender` has come to a gateway and resumes this match: where is `to`?

    `PartnerLocation` answers it. It goes to the gateway that the pass names, and to the match's own subject.
    """

    sender: VisitorId
    address_hash: bytes
    forwarded: bool = False


class PartnerLocation(VisitorMessage, frozen=True, tag=6):
    """The partner `sender` is at this gateway, `connected` or not.

    It is told when it changes, as an answer, and every few seconds as a confirmation that the match is alive.
    """

    sender: VisitorId
    address_hash: bytes
    connected: bool


class PartnerNotHere(VisitorMessage, frozen=True, tag=7):
    """The partner is not at `gateway`, where `to` was believed to find them. The epoch is unknown."""


class Takeover(VisitorMessage, frozen=True, tag=8):
    """The visitor `to` has a newer connection now: this place. `match` is what goes on there, if anything.

    It is repeated until `TakeoverAck` answers it.
    """


class TakeoverAck(VisitorMessage, frozen=True, tag=9):
    """`gateway` has no connection of `to` that is older than the takeover; `epoch` repeats that of it.

    `partner` is where the partner in `match` was last known to be. `other` is another connection of the
    visitor that this gateway knows: it must be taken over, too.
    """

    partner: Place | None = None
    other: Place | None = None


class Superseded(VisitorMessage, frozen=True, tag=10):
    """The visitor `to` has a newer connection than the one that a message came from: this place."""


class RequestRewind(VisitorMessage, frozen=True, tag=11):
    """The partner `sender` of a match that ended by `next` would like to go back to it."""

    sender: VisitorId
    forwarded: bool = False


class DeclineRewind(VisitorMessage, frozen=True, tag=12):
    """The partner has no way back to this match."""


SessionMessage: TypeAlias = (
    Accept | Decline | Relay | PartnerLeft | LocatePartner | PartnerLocation | PartnerNotHere | TakeoverAck
    | RequestRewind | DeclineRewind
)  # fmt: skip
"""A session takes these. The hub takes the others, which are about where a visitor is."""

Forwardable: TypeAlias = Relay | PartnerLeft | LocatePartner | RequestRewind
"""These follow a visitor who has moved to another gateway, once: so they never go round."""

GatewayMessage: TypeAlias = SessionMessage | Takeover | Superseded

_encoder = msgspec.msgpack.Encoder()
_lists = msgspec.msgpack.Decoder(list[GatewayMessage])
_raw_lists = msgspec.msgpack.Decoder(list[msgspec.Raw])
_message = msgspec.msgpack.Decoder(GatewayMessage)


def pack(messages: list[GatewayMessage]) -> bytes:
    """The msgpack bytes."""
    return _encoder.encode(messages)


def unpack(payload: bytes) -> tuple[list[GatewayMessage], int]:
    """The messages in `payload`, and how many cannot be read, because a newer gateway wrote them.

    Raises `msgspec.DecodeError` (a `ValueError`) when it is no list at all.
    """
    try:
        return decode(_lists, payload), 0
    except msgspec.DecodeError:
        return _readable(decode(_raw_lists, payload))


def _readable(messages: list[msgspec.Raw]) -> tuple[list[GatewayMessage], int]:
    readable: list[GatewayMessage] = []
    for raw in messages:
        with suppress(msgspec.DecodeError):
            readable.append(decode(_message, raw))
    return readable, len(messages) - len(readable)
