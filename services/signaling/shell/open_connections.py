"""Counts the open connections of a gateway, in all and for each network."""

import asyncio
from collections import defaultdict
from time import monotonic

_COUNT_EVERY = 0.1
"""Seconds between two counts of the same full network. Counting thousands takes time."""


class OpenConnections:
    """The connections that were accepted and are still open, by the network of the peer.

    Nobody tells when a connection ends. So closed ones are sorted out only now and then, and when there seem
    to be too many.
    """

    def __init__(self, most: float, most_of_network: float) -> None:
        self._most = most
        self._most_of_network = most_of_network
        self._transports: defaultdict[str, list[asyncio.BaseTransport]] = defaultdict(list)
        self._length = 0
        self._count_at_length = 0
        self._full_at: dict[str, float] = {}
        """When a network was last found full, after its closed connections were sorted out."""
        self._all_full_at = 0.0

    def add(self, network: str, transport: asyncio.BaseTransport) -> None:
        self._transports[network].append(transport)
        self._length += 1
        if self._length >= self._count_at_length:  # so that not more than half are closed ones
            self._count_all()
            self._count_at_length = 2 * self._length + 64

    def is_full(self) -> bool:
        """Return whether there are as many connections as there may be."""
        if self._length >= self._most and monotonic() >= self._all_full_at + _COUNT_EVERY:
            self._count_all()
            self._all_full_at = monotonic()
        return self._length >= self._most

    def is_full_for(self, network: str) -> bool:
        """Return whether the network has as many connections as it may."""
        if self._has_too_many(network) and monotonic() >= self._full_at.get(network, 0.0) + _COUNT_EVERY:
            self._count(network)
            self._full_at[network] = monotonic()
        return self._has_too_many(network)

    def _has_too_many(self, network: str) -> bool:
        return len(self._transports.get(network, ())) >= self._most_of_network

    def _count_all(self) -> None:
        self._full_at.clear()
        for network in list(self._transports):
            self._count(network)

    def _count(self, network: str) -> None:
        """Sort out the closed connections of the network."""
        before = self._transports.pop(network)
        still_open = [transport for transport in before if not transport.is_closing()]
        self._length -= len(before) - len(still_open)
        if still_open:
            self._transports[network] = still_open
