"""Messages between gateways: msgpack lists of tagged messages, on one NATS subject for each gateway.

A session receives them unchanged. To add one, write its type here and its case in `core/session.py`.
"""

from contextlib import suppress
from typing import TypeAlias

import msgspec
from msgspec import Struct

from .decoding import decode
from .ids import UNTRACED, EndReason, GatewayId, MatchId, Place, TraceContext, VisitorId

UNKNOWN_EPOCH = 0
"""The epoch in a message about a visitor of whom the sending gateway has no connection."""


class VisitorMessage(Struct, frozen=True, array_like=True, gc=False):
    """A message to the visitor `to` about `match`. It changes nothing unless that is their current match.

    `epoch` and `gateway` are the place of the visitor whom the message is about, mostly the partner of `to`.
    """

    to: VisitorId
    match: MatchId
    epoch: int
    gateway: GatewayId

    @property
    def place(self) -> Place:
        return Place(self.epoch, self.gateway)


class Accept(VisitorMessage, frozen=True, tag=1):
    """The partner's gateway has reserved its ticket for this match, and describes its visitor.

    `address_hash` and `device` (a key, 0 if unknown) go into passes. `trace` is that of the proposal.
    """

    languages: list[str]
    country: str | None
    address_hash: bytes
    device: int = 0
    trace: TraceContext = UNTRACED


class Decline(VisitorMessage, frozen=True, tag=2):
    """The partner's ticket does not wait any more, or their gateway got no answer in time."""


class Relay(VisitorMessage, frozen=True, tag=3):
    """A frame of the partner's browser that the partner's gateway has validated.

    The browser acknowledges a `numbered` one with `received`. For `forwarded` see `Forwardable`. `digest` is
    that of a line of chat (`contract.line_digests`), and empty for any other frame. `sent` is in Unix
    microseconds, for a metric, and only the first message of a batch has it.
    """

    frame: bytes
    numbered: bool = False
    forwarded: bool = False
    digest: bytes = b""
    sent: int = 0


class PartnerLeft(VisitorMessage, frozen=True, tag=4):
    """The partner is no longer in this match."""

    reason: EndReason
    forwarded: bool = False


class LocatePartner(VisitorMessage, frozen=True, tag=5):
    """The visitor `sender` resumes this match at this place, and asks where `to` is.

    `PartnerLocation` answers it. It goes to the gateway that the pass names, and to the match's own subject.
    """

    sender: VisitorId
    address_hash: bytes
    forwarded: bool = False


class PartnerLocation(VisitorMessage, frozen=True, tag=6):
    """The partner `sender` is at this gateway, `connected` or not.

    It is sent at every change, as an answer, and every few seconds to confirm that the match is alive. The
    answer to `LocatePartner` brings the digests of the last lines of chat, which the new gateway lacks.
    """

    sender: VisitorId
    address_hash: bytes
    connected: bool
    lines: bytes = b""


class PartnerNotHere(VisitorMessage, frozen=True, tag=7):
    """The partner is not at `gateway`, where they were believed to be.

    The epoch is `UNKNOWN_EPOCH` if `gateway` knows nothing of the match.
    """


class Takeover(VisitorMessage, frozen=True, tag=8):
    """The visitor `to` has a newer connection, at this place, where `match` goes on if it is not empty.

    It is repeated until `TakeoverAck` answers it.
    """


class TakeoverAck(VisitorMessage, frozen=True, tag=9):
    """`gateway` has no connection of `to` any more that is older than the takeover, whose epoch it repeats.

    `partner` is the last known place of the partner in `match`. `other` is another connection of the visitor
    that this gateway knows, and that must be taken over, too.
    """

    partner: Place | None = None
    other: Place | None = None


class Superseded(VisitorMessage, frozen=True, tag=10):
    """The visitor `to` has a newer connection, at this place, than the one that a message came from."""


class RequestRewind(VisitorMessage, frozen=True, tag=11):
    """The partner `sender` asks to go back to a match that ended by `next`."""

    sender: VisitorId
    forwarded: bool = False


class DeclineRewind(VisitorMessage, frozen=True, tag=12):
    """The partner cannot go back to this match."""


SessionMessage: TypeAlias = (
    Accept | Decline | PartnerLeft | LocatePartner | PartnerLocation | PartnerNotHere | TakeoverAck
    | RequestRewind | DeclineRewind
)  # fmt: skip
"""These are events of a session. A `Relay` needs no event, and the hub handles where a visitor is."""

Forwardable: TypeAlias = Relay | PartnerLeft | LocatePartner | RequestRewind
"""A gateway that a visitor has left forwards these to the next one, but once only, so none circles."""

GatewayMessage: TypeAlias = Relay | SessionMessage | Takeover | Superseded

_encoder = msgspec.msgpack.Encoder()
_lists = msgspec.msgpack.Decoder(list[GatewayMessage])
_raw_lists = msgspec.msgpack.Decoder(list[msgspec.Raw])
_message = msgspec.msgpack.Decoder(GatewayMessage)


def pack(messages: list[GatewayMessage]) -> bytes:
    """Encode a list of messages as msgpack."""
    return _encoder.encode(messages)


def unpack(payload: bytes) -> tuple[list[GatewayMessage], int]:
    """Return the messages in `payload`, and how many cannot be read because a newer gateway wrote them.

    Raise `msgspec.DecodeError` (a `ValueError`) if it is not a list.
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
