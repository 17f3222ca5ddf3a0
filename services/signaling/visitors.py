"""Where a visitor comes from: their address behind trusted proxies, and what a pass may say of it."""

import hashlib
import ipaddress

from aiohttp import web

from services.contract.keys import Key
from services.runtime import addresses

MONTH = 30 * 24 * 3600
"""Seconds."""

LINK, SUBSCRIBER = 64, 48
"""Bits of an IPv6 address: of one link, and of the most that a provider gives one subscriber (RFC 6177)."""


def remote_address(request: web.Request, trusted_proxies: int) -> str:
    """The visitor's address. Each trusted proxy has added one entry to X-Forwarded-For, the nearest last."""
    if trusted_proxies:
        # Some proxies add a line of their own.
        lines = ",".join(request.headers.getall("X-Forwarded-For", []))
        entries = [part.strip() for part in lines.split(",")]
        if len(entries) >= trusted_proxies and entries[-trusted_proxies]:
            return entries[-trusted_proxies]
    return request.remote or ""


def address_hash(address: str, key: Key, wall: float, ipv6: int = LINK) -> bytes:
    """8 bytes, equal for addresses of one /24 (IPv4) or /64 (IPv6) in one month (`wall`: Unix seconds).

    They say nothing without the key, and whoever has it cannot follow a network from month to month. `ipv6`:
    how many bits of an IPv6 address count.
    """
    prefix = network(address, ipv6)
    month = int(wall // MONTH).to_bytes(8, "little")
    digest = hashlib.blake2b(prefix.encode(), key=key.secret, salt=month, digest_size=8)
    return digest.digest() if prefix else b""


def network(address: str, ipv6: int = LINK) -> str:
    """The /24 (IPv4) or /64 (`ipv6`) that the address is of; empty if it is none."""
    parsed = addresses.parsed(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((int(parsed), 24 if parsed.version == 4 else ipv6), strict=False))
