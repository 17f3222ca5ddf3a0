"""The address that a request comes from, behind trusted proxies, and the network of an address."""

import ipaddress

from aiohttp import web

from services.contract import addresses

LINK = 64
"""Bits of an IPv6 address that name the link it is on."""


def remote_address(request: web.Request, trusted_proxies: int) -> str:
    """Return the client's address. Each trusted proxy adds one entry at the end of X-Forwarded-For."""
    if trusted_proxies:
        # Some proxies add a line of their own.
        lines = ",".join(request.headers.getall("X-Forwarded-For", []))
        entries = [part.strip() for part in lines.split(",")]
        if len(entries) >= trusted_proxies and entries[-trusted_proxies]:
            return entries[-trusted_proxies]
    return request.remote or ""


def network(address: str, ipv6: int = LINK) -> str:
    """Return the /24 of an IPv4 or the /64 (`ipv6` bits) of an IPv6 address; empty for other text."""
    parsed = addresses.parse_ip(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((int(parsed), 24 if parsed.version == 4 else ipv6), strict=False))
