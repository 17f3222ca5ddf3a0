"""Heartbeats, with which gateways tell each other every second that they live and what they have counted.

A field may be added at the end if it has a default; older gateways ignore it.
"""

from math import ceil, log
from typing import Annotated

import msgspec
from msgspec import Meta

from .decoding import decode
from .ids import GatewayId

HEARTBEAT_INTERVAL = 1.0
"""Seconds between two heartbeats."""

ALLOWED_MISSES = 3
"""Heartbeats that a gateway may miss. After one more it is taken for dead, and partners are told."""

DEAD_AFTER = (ALLOWED_MISSES + 1) * HEARTBEAT_INTERVAL
"""Seconds without a heartbeat after which a gateway is taken for dead."""

SHORTEST_WAIT, BUCKET_GROWTH = 0.001, 1.25
"""The end of the first bucket of waits in seconds, and the ratio of each next end to the one before."""

WAIT_BUCKETS = 1 + ceil(log(600 / SHORTEST_WAIT, BUCKET_GROWTH))
"""The number of buckets. The last one also holds every wait above ten minutes."""

MAX_POOLS = 100
"""Named pools of one installation."""

_Count = Annotated[int, Meta(ge=0, lt=2**53)]


class MinuteCounts(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """The counts of one gateway in one minute of its wall clock so far.

    Counts only grow, so of two values for one minute the greater one is newer and replaces the other.
    """

    number: _Count  # minutes since 1970
    sides: _Count  # visitors who were matched: each match has two
    visitor_ms: _Count  # visitors online, times milliseconds
    repeats: _Count  # sides whose visitor remembers having met the partner before
    waits: Annotated[tuple[_Count, ...], Meta(max_length=WAIT_BUCKETS)]  # sides in each bucket of waits


class ModeCounts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The number of visitors who search or talk, by the mode of their wish."""

    video: _Count = 0
    audio: _Count = 0
    text: _Count = 0


class RoomCount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The number of visitors who search or talk in a room, and of those among them who search."""

    people: _Count = 0
    waiting: _Count = 0


class Heartbeat(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A gateway is alive. Heartbeats may be lost, doubled or late, for each repeats the recent minutes."""

    gateway: Annotated[GatewayId, Meta(min_length=1, max_length=64)]
    number: _Count  # counts from 1, so that a late heartbeat is recognised
    online: _Count  # visitors with a socket at this gateway
    waiting: _Count  # visitors among them who are searching
    minutes: Annotated[list[MinuteCounts], Meta(max_length=8)]  # this one, the one before, an older one
    leaving: bool = False  # the last heartbeat of a gateway that shuts down
    modes: ModeCounts = ModeCounts()
    pools: Annotated[dict[str, RoomCount], Meta(max_length=MAX_POOLS)] = {}  # named pools with visitors


class HistoryReply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One gateway's counts of the last hour, as another gateway knows them."""

    gateway: Annotated[GatewayId, Meta(min_length=1, max_length=64)]
    minutes: Annotated[list[MinuteCounts], Meta(max_length=64)]
    last: bool = False  # whether this is the last of the replies to one request


def wait_bucket(seconds: float) -> int:
    """Return the bucket of a wait. Bucket n ends at SHORTEST_WAIT · BUCKET_GROWTHⁿ seconds, inclusive."""
    if seconds <= SHORTEST_WAIT:
        return 0
    return min(ceil(log(seconds / SHORTEST_WAIT, BUCKET_GROWTH) - 1e-9), WAIT_BUCKETS - 1)


_encoder = msgspec.msgpack.Encoder()
_heartbeats = msgspec.msgpack.Decoder(Heartbeat)
_history_replies = msgspec.msgpack.Decoder(HistoryReply)


def pack(value: Heartbeat | HistoryReply) -> bytes:
    """Encode as msgpack."""
    return _encoder.encode(value)


def unpack_heartbeat(payload: bytes) -> Heartbeat:
    """Decode a heartbeat; raise `msgspec.DecodeError` (a `ValueError`)."""
    return decode(_heartbeats, payload)


def unpack_history_reply(payload: bytes) -> HistoryReply:
    """Decode a history reply; raise `msgspec.DecodeError` (a `ValueError`)."""
    return decode(_history_replies, payload)
