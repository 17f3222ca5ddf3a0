"""Which interests most networks look for at this replica, from the offers that it sees. Pure.

One network, however many visitors it brings, counts once: who opens many pages makes nothing popular.
"""

from collections.abc import Callable
from heapq import nsmallest
from itertools import islice
from math import inf
from typing import TypeVar

from msgspec import Struct

from .deadline_queue import DeadlineQueue

_Key = TypeVar("_Key", str, bytes)

KEPT = 60.0
"""Seconds for which an offer counts: most who come are paired before anybody could be told of them."""

WAITING = 5.0
"""Seconds after which it is seen again whether a ticket still waits that was offered before that."""

MOST_VISITORS = 50_000
"""Visitors who are counted at once; while there are so many, further ones are not. They take some 50 MB."""

MOST_TAGS = 20_000
"""Different interests that are counted at once; while there are so many, further ones are not."""

MOST_TOLD = 64
"""Interests that gateways are told of."""

FORGOTTEN = 500
"""Visitors that are forgotten in one turn at most: about a millisecond of work."""


class _Look(Struct, gc=False, eq=False):
    """One visitor counts for this: interests as they are compared, and as this visitor spells them."""

    visitor: int
    network: bytes
    spelled: dict[str, str]
    until: float


class _Tag:
    """The visitors who look for one interest, counted by network and by spelling."""

    __slots__ = ("networks", "spellings")

    def __init__(self) -> None:
        self.networks: dict[bytes, int] = {}
        self.spellings: dict[str, int] = {}

    def most_used(self) -> str:
        """The spelling that most use; of equals the first in the alphabet."""
        return min(self.spellings.items(), key=lambda spelled: (-spelled[1], spelled[0]))[0]


class InterestCounts:
    """Counts who looks for somebody, or did so within the last minute. Visitors are named by their keys.

    `searches` tells whether a ticket of the visitor waits.
    """

    def __init__(self, searches: Callable[[int], bool]) -> None:
        self._searches = searches
        self._looks: dict[int, _Look] = {}
        self._tags: dict[str, _Tag] = {}
        self._timers: DeadlineQueue[_Look] = DeadlineQueue(lambda look: self._looks.get(look.visitor) is look)
        self._changed = False

    def __contains__(self, visitor: int) -> bool:
        """Whether the visitor counts for something."""
        return visitor in self._looks

    @property
    def full(self) -> bool:
        """Whether there is no room for a further visitor."""
        return len(self._looks) >= MOST_VISITORS

    def looks(self, visitor: int, network: bytes, spelled: dict[str, str], now: float) -> None:
        """The visitor, of a network that has this hash, looks for these interests now and for no others.

        `spelled`: the interests, as this visitor spells them.
        """
        known = self._looks.get(visitor)
        if known is not None:
            if known.network == network and known.spelled == spelled:
                known.until = now + KEPT
                return
            self._end(known)
        if spelled and not self.full:
            self._begin(_Look(visitor, network, self._taken(spelled), now + KEPT))

    def most(self, now: float) -> list[tuple[str, int]]:
        """The interests that most networks look for, at most `MOST_TOLD`, and from how many those come."""
        self.forget(now)
        self._changed = False
        first = nsmallest(MOST_TOLD, self._tags.items(), key=lambda one: (-len(one[1].networks), one[0]))
        return [(tag.most_used(), len(tag.networks)) for _, tag in first]

    @property
    def changes_at(self) -> float:
        """When `most` may have something new; infinite when never."""
        return -inf if self._changed else self._timers.next()

    def forget(self, now: float) -> None:
        """See to the next few whose minute is over: they count on while their ticket waits. Call it often."""
        if self._timers.next() > now:
            return
        for look in islice(self._timers.due(now), FORGOTTEN):
            if look.until <= now and self._searches(look.visitor):
                look.until = now + WAITING
            if look.until > now:
                self._timers.add(look.until, look)
            else:
                self._end(look)

    def _taken(self, spelled: dict[str, str]) -> dict[str, str]:
        """Take as many of them as there is room for."""
        room = MOST_TAGS - len(self._tags)
        if len(spelled) <= room:
            return spelled
        new = set(islice((tag for tag in spelled if tag not in self._tags), room))
        return {tag: spelled[tag] for tag in spelled if tag in self._tags or tag in new}

    def _begin(self, look: _Look) -> None:
        self._changed = True
        self._looks[look.visitor] = look
        self._timers.add(look.until, look)
        for tag, spelling in look.spelled.items():
            counted = self._tags.get(tag)
            if counted is None:
                counted = self._tags[tag] = _Tag()
            counted.networks[look.network] = counted.networks.get(look.network, 0) + 1
            counted.spellings[spelling] = counted.spellings.get(spelling, 0) + 1

    def _end(self, look: _Look) -> None:
        self._changed = True
        del self._looks[look.visitor]
        for tag, spelling in look.spelled.items():
            counted = self._tags[tag]
            _one_less(counted.networks, look.network)
            _one_less(counted.spellings, spelling)
            if not counted.networks:
                del self._tags[tag]


def _one_less(counts: dict[_Key, int], key: _Key) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
