"""What a pass may say of where a visitor comes from."""

import hashlib

from services.contract.keys import Key
from services.runtime.client_address import LINK, network

MONTH = 30 * 24 * 3600
"""Seconds."""

IPV6_SUBSCRIBER_BITS = 48
"""Bits of an IPv6 address: the most that a provider gives one subscriber (RFC 6177)."""


def address_hash(address: str, key: Key, wall: float, ipv6: int = LINK) -> bytes:
    """8 bytes, equal for addresses of one /24 (IPv4) or /64 (IPv6) in one month (`wall`: Unix seconds).

    They say nothing without the key, and whoever has it cannot follow a network from month to month. `ipv6`:
    how many bits of an IPv6 address count.
    """
    prefix = network(address, ipv6)
    month = int(wall // MONTH).to_bytes(8, "little")
    digest = hashlib.blake2b(prefix.encode(), key=key.secret, salt=month, digest_size=8)
    return digest.digest() if prefix else b""
