"""Hashes of the network that a visitor's address belongs to."""

import hashlib

from services.contract.addresses import parse_ip
from services.contract.keys import Key, derive_secret
from services.runtime.client_address import LINK, is_private, network

MONTH = 30 * 24 * 3600
"""The period in seconds after which hashes change."""

IPV6_SUBSCRIBER_BITS = 48
"""The prefix of an IPv6 address in bits that one subscriber may have all of (RFC 6177)."""


def address_hash(address: str, key: Key, wall: float, ipv6: int = LINK) -> bytes:
    """Return 8 bytes that are equal for addresses of one /24 (IPv4) or /64 (IPv6) in one month.

    `wall` is the time in Unix seconds, `ipv6` the number of bits of an IPv6 address that count. Without the
    key a hash says nothing, and with it nobody can follow a network from month to month. Text that is no
    address has an empty hash.
    """
    prefix = network(address, ipv6)
    month = int(wall // MONTH).to_bytes(8, "little")
    digest = hashlib.blake2b(
        prefix.encode(), key=derive_secret(key, b"zufall network 1"), salt=month, digest_size=8
    )
    return digest.digest() if prefix else b""


def crowd_hash(address: str, key: Key, wall: float) -> bytes:
    """Return the `subscriber_hash`, or nothing for a private or local address.

    So visitors of one machine or one house are never counted as a crowd. All other networks are, also those
    for documentation.
    """
    parsed = parse_ip(address)
    return b"" if parsed is None or is_private(parsed) else subscriber_hash(address, key, wall)


def subscriber_hash(address: str, key: Key, wall: float) -> bytes:
    """Return 8 bytes that are equal for all addresses that one subscriber may have in one month.

    It tells those apart who count for each other's independence: who reports, and who names an interest.
    """
    return address_hash(address, key, wall, IPV6_SUBSCRIBER_BITS)
