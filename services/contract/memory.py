"""Memories: sealed records that a browser keeps, so that gateways need not remember who has left."""

from collections.abc import Sequence
from struct import error as struct_error
from struct import pack, unpack

import msgspec

from .errors import MemoryRefused, PassRefused
from .ids import Place, VisitorId
from .keys import Key
from .sealing import Sealer

LIFETIME = 24 * 3600.0
"""Seconds for which a memory is accepted: as long as a token."""

SEARCH_RESUME_WINDOW = 15.0
"""Seconds after sealing in which an interrupted search goes on with its age."""

_MAX_AGE_MS = 2**32 - 1
"""The longest age of a parting that fits, in milliseconds: 49 days."""


class MemoryContent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A visitor's browser remembers this. Visitors are named by their keys (`contract.ids.visitor_key`).

    `device` is the key of the visitor's device, 0 if unknown. `blocked` has keys of visitors and of devices.
    `places` begin with the place of the last `welcome`; older ones follow that have not acknowledged a
    takeover. `sealed_at` is in Unix seconds. `pack_partners` packed `partners`, and `pack_keys` `blocked`.
    `present` is the partner of the running match, or 0. `find` and `searched` (seconds) describe a search
    that a drain interrupted.
    """

    visitor: VisitorId
    places: tuple[Place, ...]
    sealed_at: float
    partners: bytes = b""
    blocked: bytes = b""
    present: int = 0
    find: bytes = b""
    searched: float = 0.0
    device: int = 0


def pack_keys(keys: Sequence[int]) -> bytes:
    """Pack keys as eight bytes each."""
    return pack(f"<{len(keys)}Q", *keys)


def unpack_keys(packed: bytes) -> tuple[int, ...]:
    """Unpack what `pack_keys` packed; raise `ValueError`."""
    try:
        return unpack(f"<{len(packed) // 8}Q", packed)
    except struct_error as error:
        raise ValueError(str(error)) from None


def pack_partners(partners: Sequence[tuple[int, float]], now: float) -> bytes:
    """Pack partners as twelve bytes each: the key, and how many milliseconds before `now` they parted."""
    count = len(partners)
    ages = [int((now - parted) * 1000) for _, parted in partners]
    if ages and (max(ages) > _MAX_AGE_MS or min(ages) < 0):
        ages = [min(max(age, 0), _MAX_AGE_MS) for age in ages]
    return pack(f"<{count}Q{count}I", *[key for key, _ in partners], *ages)


def unpack_partners(packed: bytes) -> list[tuple[int, float]]:
    """Unpack keys with seconds since the parting, as `pack_partners` packed them; raise `ValueError`."""
    count = len(packed) // 12
    try:
        numbers = unpack(f"<{count}Q{count}I", packed)
    except struct_error as error:
        raise ValueError(str(error)) from None
    return [(key, ago / 1000) for key, ago in zip(numbers[:count], numbers[count:], strict=True)]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(MemoryContent)


class MemorySealer:
    """Seals and opens memories with the key ring that gateways share."""

    def __init__(self, ring: Sequence[Key]) -> None:
        self._sealer = Sealer(ring, b"zufall memory 1")

    def seal(self, content: MemoryContent) -> str:
        return self._sealer.seal(_encoder.encode(content))

    def open(self, sealed: str, visitor: VisitorId, wall_now: float, device: int = 0) -> MemoryContent:
        """Open the memory; raise `MemoryRefused` unless it is this visitor's and at most `LIFETIME` old.

        One of another visitor is opened if both have this `device`, which is not 0.
        """
        try:
            content = _decoder.decode(self._sealer.open(sealed))
        except PassRefused:
            raise MemoryRefused("the memory is not one of ours") from None
        if content.visitor != visitor and (not device or content.device != device):
            raise MemoryRefused("the memory belongs to somebody else")
        if wall_now - content.sealed_at > LIFETIME:
            raise MemoryRefused("the memory is too old")
        return content
