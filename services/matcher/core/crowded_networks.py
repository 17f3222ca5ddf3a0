"""Tells which networks are crowded in one pool: those with many tickets from visitors who hurry.

A provider may put thousands of people behind a few addresses, and a machine may run many bots. Both have many
tickets, but people look at each other for a while. So the tickets of each visitor count, too.
"""

from collections.abc import Set
from dataclasses import dataclass
from math import inf

from msgspec import Struct

from .tickets import Ticket

WINDOW = 60.0
"""Seconds over which tickets are counted. A network is crowded for the rest of a window and for the next."""

REFRESH_EVERY = 1.0
"""Seconds between two looks at what was counted."""

MAX_COUNTED = 100_000
"""Networks that are counted in one window, and visitors of large ones, in some 20 MB each."""

_TO_STAY = 0.5
"""The part of the limits with which a network stays crowded."""

_FEW = 0.125
"""The part of the limit of tickets from which on the visitors of a network are told apart."""


@dataclass(frozen=True, slots=True)
class CrowdLimits:
    """The tickets in a minute that make a pool busy, and those that make a network in it crowded.

    A network becomes crowded with more than `tickets`, if it has for each of its visitors more than `hurry`
    times as many as each smaller network has. Half of both is enough for it to stay so, because bots that
    meet nobody have fewer tickets. With `tickets` 0 no network is crowded. The default is more than two
    people make who press Next every second.
    """

    tickets: int = 150
    hurry: float = 2.5
    busy: int = 300


DEFAULT_LIMITS = CrowdLimits()


class _LargeNetwork(Struct):
    """The visitors of a network that has more than a few tickets in this window, and their tickets."""

    tickets: int
    visitors: set[int]


class CrowdedNetworks:
    """The networks of one pool, each by its keyed hash. An empty hash is no network and is never crowded."""

    def __init__(self, limits: CrowdLimits, most: int = MAX_COUNTED) -> None:
        self.crowded: Set[bytes] = frozenset()
        """The crowded networks. It is empty unless the pool is busy."""
        self.is_busy = False
        """Whether this window or the one before has so many tickets that some may be deferred."""
        self._limits = limits
        self._least = limits.tickets or inf
        self._few = self._least * _FEW
        self._most = most
        self._window_ends = -inf
        self._tickets_before = 0
        self._counts: dict[bytes, int] = {}
        self._large: dict[bytes, _LargeNetwork] = {}
        self._visitors = 0
        """The visitors of all large networks."""
        self._crowded_now: set[bytes] = set()
        self._crowded_before: set[bytes] = set()

    def record(self, ticket: Ticket) -> None:
        """Count a new ticket."""
        counts, network = self._counts, ticket.network
        counts[network] = count = counts.get(network, 0) + 1
        if count > self._few:
            self._record_visitor(ticket)

    def refresh(self, now: float) -> None:
        """Judge what was counted. Call this about once a second."""
        self._judge()
        tickets = sum(self._counts.values())
        if now >= self._window_ends:
            self._begin_window(now, tickets)
            tickets = 0
        elif len(self._counts) > self._most:
            self._counts = {name: self._counts[name] for name in self._large}
        self.is_busy = max(tickets, self._tickets_before) >= self._limits.busy
        self.crowded = self._crowded_now | self._crowded_before if self.is_busy else frozenset()

    def _record_visitor(self, ticket: Ticket) -> None:
        if not ticket.network:
            return
        large = self._large.get(ticket.network)
        if large is None:
            large = self._large[ticket.network] = _LargeNetwork(0, set())
        visitor = ticket.identity_key
        if visitor not in large.visitors:
            if self._visitors >= self._most:
                return  # the others are a sample
            self._visitors += 1
            large.visitors.add(visitor)
        large.tickets += 1

    def _judge(self) -> None:
        """Compare the tickets of each visitor of the large networks with those of each other network."""
        counts = self._counts
        large = [name for name in self._large if counts[name] > self._least * self._ease(name)]
        others = len(counts) - len(large) - (b"" in counts)
        of_others = sum(counts.values()) - counts.get(b"", 0) - sum(counts[name] for name in large)
        for name in large:
            network = self._large[name]
            most = self._limits.hurry * self._ease(name) * of_others * len(network.visitors)
            if others and network.tickets * others > most:
                self._crowded_now.add(name)

    def _ease(self, network: bytes) -> float:
        """Return the part of the limits that is enough for this network."""
        return _TO_STAY if network in self._crowded_before else 1.0

    def _begin_window(self, now: float, tickets: int) -> None:
        follows = now < self._window_ends + WINDOW
        self._window_ends = (self._window_ends if follows else now) + WINDOW
        self._tickets_before = tickets if follows else 0
        self._crowded_before, self._crowded_now = (self._crowded_now if follows else set()), set()
        self._counts, self._large, self._visitors = {}, {}, 0
