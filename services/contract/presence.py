"""What gateways tell each other about themselves: a heartbeat each second, with figures of the last minutes.

Fields may be added at the end, with a default: older gateways pass over them.
"""

from math import ceil, log
from typing import Annotated

import msgspec
from msgspec import Meta

from .decoding import decode
from .ids import GatewayId

HEARTBEAT_INTERVAL = 1.0
"""Seconds between two beats."""

ALLOWED_MISSES = 3
"""Beats that a gateway may miss; after one more it is taken for dead, and its visitors' partners are told."""

DEAD_AFTER = (ALLOWED_MISSES + 1) * HEARTBEAT_INTERVAL
"""Seconds without a beat after which a gateway no longer counts."""

SHORTEST_WAIT, BUCKET_GROWTH = 0.001, 1.25
"""Seconds that the first class of waits ends at, and how many times longer each next one is."""

WAIT_BUCKETS = 1 + ceil(log(600 / SHORTEST_WAIT, BUCKET_GROWTH))
"""The last class holds whatever took longer, too: ten minutes and above."""

_Count = Annotated[int, Meta(ge=0, lt=2**53)]


class MinuteCounts(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """What one gateway counted in one minute of its wall clock, from the minute's beginning until now.

    Counts only grow, so of two tellings of one minute the greater is the later, and it alone is true.
    """

    number: _Count  # minutes since 1970
    sides: _Count  # visitors who met somebody: a match has two
    visitor_ms: _Count  # visitors online, times milliseconds
    repeats: _Count  # of the sides, those who knew that they had met before
    waits: Annotated[tuple[_Count, ...], Meta(max_length=WAIT_BUCKETS)]  # sides by the class of their wait


class Heartbeat(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A gateway lives. Beats may be lost, come twice or late: the next one repeats what counts."""

    gateway: Annotated[GatewayId, Meta(min_length=1, max_length=64)]
    number: _Count  # from 1, so that a late one is known
    online: _Count  # visitors whose socket it holds
    waiting: _Count  # of those, who look for somebody now
    minutes: Annotated[list[MinuteCounts], Meta(max_length=8)]  # this one, the one before, an older one
    leaving: bool = False  # its last beat: it goes in good order


class HistoryReply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of one gateway's last hour."""

    gateway: Annotated[GatewayId, Meta(min_length=1, max_length=64)]
    minutes: Annotated[list[MinuteCounts], Meta(max_length=64)]
    last: bool = False  # of one answer: now the asker knows everything


def wait_bucket(seconds: float) -> int:
    """The class of a wait, from 0 to CLASSES - 1: class n ends at SHORTEST · STEPⁿ seconds, inclusive."""
    if seconds <= SHORTEST_WAIT:
        return 0
    return min(ceil(log(seconds / SHORTEST_WAIT, BUCKET_GROWTH) - 1e-9), WAIT_BUCKETS - 1)


_encoder = msgspec.msgpack.Encoder()
_beat_decoder = msgspec.msgpack.Decoder(Heartbeat)
_past_decoder = msgspec.msgpack.Decoder(HistoryReply)


def pack(value: Heartbeat | HistoryReply) -> bytes:
    """The msgpack bytes."""
    return _encoder.encode(value)


def unpack_heartbeat(payload: bytes) -> Heartbeat:
    """The beat in `payload`; raises `msgspec.DecodeError` (a `ValueError`)."""
    return decode(_beat_decoder, payload)


def unpack_history_reply(payload: bytes) -> HistoryReply:
    """The past in `payload`; raises `msgspec.DecodeError` (a `ValueError`)."""
    return decode(_past_decoder, payload)
