"""A rate limit for each network that asks, in a table of fixed size."""

import hashlib
from array import array
from os import urandom

from services.contract.rate_limit import Rate, gcra

from .client_address import network

_SLOTS = 1 << 14


class NetworkRateLimiter:
    """Limits how often each network (/24, or /64 of IPv6) may ask.

    Networks share the slots of a table, so that it never grows. A secret of this process decides which slot a
    network gets, so nobody can choose to share one with somebody else.
    """

    __slots__ = ("_rate", "_secret", "_tats")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._tats = array("d", bytes(8 * _SLOTS))
        self._secret = urandom(16)

    def wait(self, address: str, now: float) -> float:
        """Take one request and return 0, or return the seconds until one is free (`now` is monotonic)."""
        slot = self._slot(address)
        wait, self._tats[slot] = gcra(self._tats[slot], self._rate, now)
        return wait

    def _slot(self, address: str) -> int:
        digest = hashlib.blake2b(network(address).encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS
