"""The interests that visitors of most networks search for at this replica, by the offers it gets.

A network counts once, however many visitors it brings: nobody makes an interest popular with many pages.
"""

from collections.abc import Callable
from heapq import nsmallest
from itertools import islice
from math import inf
from typing import TypeVar

from msgspec import Struct

from .deadline_queue import DeadlineQueue

_Key = TypeVar("_Key", str, bytes)

COUNTED_FOR = 60.0
"""Seconds for which an offer counts. Most visitors are paired before anybody could be told of them."""

RECHECK_AFTER = 5.0
"""Seconds between two checks whether an older ticket still waits and therefore counts on."""

LONGEST_LIST = 64
"""The number of interests that gateways are told."""


class _CountedVisitor(Struct, gc=False, eq=False):
    """A visitor who counts: the interests as they are compared, each with the visitor's own spelling."""

    visitor_key: int
    network: bytes
    spellings: dict[str, str]
    until: float


class _InterestCount:
    """The visitors who search for one interest, by network and by spelling."""

    __slots__ = ("networks", "spellings")

    def __init__(self) -> None:
        self.networks: dict[bytes, int] = {}
        self.spellings: dict[str, int] = {}

    def commonest_spelling(self) -> str:
        """Return the spelling that most visitors use, and of equals the first in the alphabet."""
        return min(self.spellings.items(), key=lambda spelling: (-spelling[1], spelling[0]))[0]


class InterestCounts:
    """Counts the visitors who search, or did so within the last minute, by interest.

    `is_searching` tells whether a ticket of the visitor with this key waits. At most `max_visitors` and
    `max_interests` are counted at once, and further ones are not. 50,000 visitors take some 50 MB. `expire`
    handles at most `expired_at_once` visitors, which takes about a millisecond.
    """

    def __init__(
        self,
        is_searching: Callable[[int], bool],
        max_visitors: int = 50_000,
        max_interests: int = 20_000,
        expired_at_once: int = 500,
    ) -> None:
        self._is_searching = is_searching
        self._max_visitors = max_visitors
        self._max_interests = max_interests
        self._expired_at_once = expired_at_once
        self._visitors: dict[int, _CountedVisitor] = {}
        self._interests: dict[str, _InterestCount] = {}
        self._expiries: DeadlineQueue[_CountedVisitor] = DeadlineQueue(
            lambda counted: self._visitors.get(counted.visitor_key) is counted
        )
        self._changed = False

    def __contains__(self, visitor_key: int) -> bool:
        """Tell whether the visitor counts for some interest."""
        return visitor_key in self._visitors

    @property
    def is_full(self) -> bool:
        """Tell whether there is no room for a further visitor."""
        return len(self._visitors) >= self._max_visitors

    def record(self, visitor_key: int, network: bytes, spellings: dict[str, str], now: float) -> None:
        """Count the visitor for these interests, each with its spelling, and for no others any more.

        `network` is the hash of the visitor's network.
        """
        known = self._visitors.get(visitor_key)
        if known is not None:
            if known.network == network and known.spellings == spellings:
                known.until = now + COUNTED_FOR
                return
            self._remove(known)
        if spellings and not self.is_full:
            self._add(_CountedVisitor(visitor_key, network, self._with_room(spellings), now + COUNTED_FOR))

    def top(self, now: float) -> list[tuple[str, int]]:
        """Return the interests of most networks, at most `LONGEST_LIST`, each with its number of networks."""
        self.expire(now)
        self._changed = False
        first = nsmallest(
            LONGEST_LIST, self._interests.items(), key=lambda one: (-len(one[1].networks), one[0])
        )
        return [(interest.commonest_spelling(), len(interest.networks)) for _, interest in first]

    @property
    def changes_at(self) -> float:
        """When `top` may have something new. It is infinite when nothing is due."""
        return -inf if self._changed else self._expiries.next_at()

    def expire(self, now: float) -> None:
        """Drop the next few visitors whose minute is over and whose ticket waits no more. Call it often."""
        if self._expiries.next_at() > now:
            return
        for counted in islice(self._expiries.pop_due(now), self._expired_at_once):
            if counted.until <= now and self._is_searching(counted.visitor_key):
                counted.until = now + RECHECK_AFTER
            if counted.until > now:
                self._expiries.add(counted.until, counted)
            else:
                self._remove(counted)

    def _with_room(self, spellings: dict[str, str]) -> dict[str, str]:
        """Return those for whose interests there is room."""
        room = self._max_interests - len(self._interests)
        if len(spellings) <= room:
            return spellings
        new = set(islice((interest for interest in spellings if interest not in self._interests), room))
        return {
            interest: spelling
            for interest, spelling in spellings.items()
            if interest in self._interests or interest in new
        }

    def _add(self, counted: _CountedVisitor) -> None:
        self._changed = True
        self._visitors[counted.visitor_key] = counted
        self._expiries.add(counted.until, counted)
        for interest, spelling in counted.spellings.items():
            count = self._interests.get(interest)
            if count is None:
                count = self._interests[interest] = _InterestCount()
            count.networks[counted.network] = count.networks.get(counted.network, 0) + 1
            count.spellings[spelling] = count.spellings.get(spelling, 0) + 1

    def _remove(self, counted: _CountedVisitor) -> None:
        self._changed = True
        del self._visitors[counted.visitor_key]
        for interest, spelling in counted.spellings.items():
            count = self._interests[interest]
            _decrement(count.networks, counted.network)
            _decrement(count.spellings, spelling)
            if not count.networks:
                del self._interests[interest]


def _decrement(counts: dict[_Key, int], key: _Key) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
