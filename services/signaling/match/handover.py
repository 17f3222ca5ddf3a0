"""What a gateway tells the one where its visitor is now: whom they met, and how far their conversation is.

Times are told as ages in seconds: the clocks of two machines have nothing to do with each other.
"""

import msgspec
from msgspec import Struct

from services.contract.envelopes import Heard, decoded

from ..memories import Memory
from ..messages import find_in
from ..search.wishes import fold
from .encounters import Encounter


class Conversed(Struct, frozen=True, array_like=True):
    """How far a conversation is: the arguments of an `Outgoing` and an `Incoming`."""

    encounter: Encounter
    outgoing: tuple[str, int, list[bytes], list[bytes]]
    incoming: tuple[Heard, list[bytes]]


class Handover(Struct, frozen=True, array_like=True):
    """What is known of one visitor. `find` is their wish as a message, `searched` how long they look."""

    parted: list[tuple[int, float]] = []
    blocked: list[int] = []
    find: bytes = b""
    searched: float = 0.0
    conversed: Conversed | None = None


def handover_of(memory: Memory, find: bytes, conversed: Conversed | None, now: float) -> Handover:
    """All that is known of a visitor who is elsewhere now."""
    acquaintances, search = memory.acquaintances, memory.interrupted
    return Handover(
        [(key, now - parted) for key, parted in acquaintances.partners],
        list(acquaintances.blocked),
        find or (search.find if search else b""),
        now - search.since if search else 0.0,
        conversed,
    )


def learn(memory: Memory, handover: Handover, now: float) -> bool:
    """Remember what another gateway knew; whether whom the visitor must not meet is news."""
    find = find_in(handover.find)
    if handover.searched and find is not None:
        memory.interrupt(handover.find, fold(find), now - handover.searched, now)
    parted = [(key, now - age) for key, age in handover.parted]
    return memory.acquaintances.learn(parted, handover.blocked)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Handover)


def pack_handover(handover: Handover) -> bytes:
    """The msgpack bytes."""
    return _encoder.encode(handover)


def unpack_handover(body: bytes) -> Handover:
    """The handover in `body`; raises `msgspec.DecodeError` (a `ValueError`)."""
    return decoded(_decoder, body)
