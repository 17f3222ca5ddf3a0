"""A rate limit for each network, in tables of fixed size."""

import hashlib
from array import array
from os import urandom

from services.contract.rate_limit import Rate, gcra

from .client_address import IPV4_SHARES, IPV6_SHARES, enclosing_networks

_SLOTS = 1 << 14


class NetworkAllowance:
    """The rights of one address: what the networks around it have left."""

    __slots__ = ("_shares", "_tats")

    def __init__(self, tats: "array[float]", shares: list[tuple[int, Rate]]) -> None:
        self._tats = tats
        self._shares = shares

    def take(self, now: float, amount: float = 1) -> float:
        """Take `amount` and return 0, or return the seconds until it is free (`now` is monotonic)."""
        charged = [(slot, *gcra(self._tats[slot], rate, now, amount)) for slot, rate in self._shares]
        longest = max(wait for _, wait, _ in charged)
        if not longest:
            for slot, _, tat in charged:
                self._tats[slot] = tat
        return longest


class NetworkRateLimiter:
    """Limits how much each network may do: a /24 or /64 as `rate` says, those around it some times as much.

    Networks share the slots of tables, so that these never grow. A secret of this process decides which slot
    a network gets, so nobody can choose to share one with somebody else.
    """

    __slots__ = ("_rates", "_secret", "_tats")

    def __init__(self, rate: Rate) -> None:
        self._rates = {
            share: Rate(rate.per_second * share, rate.burst * share)
            for _, share in (*IPV4_SHARES, *IPV6_SHARES)
        }
        self._tats = array("d", bytes(8 * _SLOTS * len(IPV6_SHARES)))
        self._secret = urandom(16)

    def wait(self, address: str, now: float) -> float:
        """Take one request and return 0, or return the seconds until one is free (`now` is monotonic)."""
        return self.allowance(address).take(now)

    def allowance(self, address: str) -> NetworkAllowance:
        """Return the allowance of the networks that the address is in. It stays valid."""
        shares = [
            (level * _SLOTS + self._slot(network), self._rates[share])
            for level, (network, share) in enumerate(enclosing_networks(address))
        ]
        return NetworkAllowance(self._tats, shares)

    def _slot(self, network: str) -> int:
        digest = hashlib.blake2b(network.encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS
