"""Bounds the bytes that visitors send, for all together and for each network."""

from collections.abc import Callable
from time import monotonic

from services.contract.rate_limit import Rate, gcra
from services.runtime.network_rate_limit import NetworkRateLimiter

Charge = Callable[[int], float]
"""Takes a number of bytes and returns 0, or returns the seconds until they are allowed."""


class InboundBytes:
    """The bytes that a gateway reads from sockets. Who sends more is read more slowly, and loses nothing."""

    def __init__(self, total: Rate, of_network: Rate) -> None:
        self._total = total
        self._tat = 0.0
        self._networks = NetworkRateLimiter(of_network)

    def meter(self, address: str) -> Charge:
        """Return what charges the bytes of a socket from this address."""
        allowance = self._networks.allowance(address)

        def charge(amount: int) -> float:
            now = monotonic()
            wait, tat = gcra(self._tat, self._total, now, amount)
            if not wait:
                wait = allowance.take(now, amount)
                if not wait:
                    self._tat = tat
            return wait

        return charge
