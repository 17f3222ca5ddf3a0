"""Limits how much each network has at a time, such as sockets."""

from collections import Counter

from services.runtime.client_address import enclosing_networks


class NetworkQuota:
    """At most `most` places for a /24 or a /64, and some times as many for the networks around it."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Take a place, and return whether there was one in all networks of the address."""
        shares = enclosing_networks(address)
        if any(self._taken[network] >= self._most * share for network, share in shares):
            return False
        self._taken.update(network for network, _ in shares)
        return True

    def give_back(self, address: str) -> None:
        """Free a place that was taken."""
        for network, _ in enclosing_networks(address):
            self._taken[network] -= 1
            if not self._taken[network]:
                del self._taken[network]
