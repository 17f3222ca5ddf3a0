"""Where a request comes from, behind trusted proxies, and how often one network may ask."""

import hashlib
import ipaddress
from array import array
from os import urandom

from aiohttp import web

from services.contract import addresses
from services.contract.rates import Rate, drawn

LINK = 64
"""Bits of an IPv6 address that tell one link from another."""

_SLOTS = 1 << 14


def remote_address(request: web.Request, trusted_proxies: int) -> str:
    """Of who asks. Each trusted proxy has added one entry to X-Forwarded-For, the nearest last."""
    if trusted_proxies:
        # Some proxies add a line of their own.
        lines = ",".join(request.headers.getall("X-Forwarded-For", []))
        entries = [part.strip() for part in lines.split(",")]
        if len(entries) >= trusted_proxies and entries[-trusted_proxies]:
            return entries[-trusted_proxies]
    return request.remote or ""


def network(address: str, ipv6: int = LINK) -> str:
    """The /24 (IPv4) or /64 (`ipv6`) that the address is of; empty if it is none."""
    parsed = addresses.parsed(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((int(parsed), 24 if parsed.version == 4 else ipv6), strict=False))


class Networks:
    """One token bucket for each network that an address may be of (/24, or /64 of IPv6).

    Networks share the slots of a table, which so never grows: who of thousands that ask often shares one with
    another is chance, for the place of a network hangs on a secret of this process.
    """

    __slots__ = ("_full", "_rate", "_secret")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = array("d", bytes(8 * _SLOTS))  # when nothing of the bucket will be in use any more
        self._secret = urandom(16)

    def wait(self, address: str, now: float) -> float:
        """0 and one request less, or seconds until there is one; `now` in monotonic seconds."""
        slot = self._slot(address)
        wait, self._full[slot] = drawn(self._full[slot], self._rate, now)
        return wait

    def _slot(self, address: str) -> int:
        digest = hashlib.blake2b(network(address).encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS
