"""What the visitors of one gateway look for, and from how many networks they come. Pure.

One network, however many visitors it brings, counts once: who opens many pages makes nothing popular.
"""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from typing import TypeVar

from msgspec import Struct

from services.contract.ids import VisitorId
from services.contract.presence import MOST_WANTED, Wanted

from ..search.wishes import fold_tag, spell
from .popular import may_be_shown

_Key = TypeVar("_Key", str, bytes)

MOST_TAGS = 20_000
"""Different interests that are counted at once; while there are so many, further ones are not."""


class _Looks(Struct, frozen=True):
    """What one visitor counts for: interests as they are compared, and as this visitor spells them."""

    network: bytes
    spelled: dict[str, str]


class _Tag:
    """Who looks for one interest: visitors by network, and by how they spell it."""

    __slots__ = ("networks", "spellings")

    def __init__(self) -> None:
        self.networks = Counter[bytes]()
        self.spellings = Counter[str]()

    def wanted(self) -> Wanted:
        spelling = min(self.spellings.items(), key=lambda spelled: (-spelled[1], spelled[0]))[0]
        return Wanted(spelling, len(self.networks))


class Interests:
    """Of those who are here and have looked for somebody. Nothing is kept of who is gone."""

    def __init__(self, counting: bool = True) -> None:
        self._counting = counting
        self._visitors: dict[VisitorId, _Looks] = {}
        self._tags: dict[str, _Tag] = {}

    def looks(self, visitor: VisitorId, network: bytes, typed: Iterable[str]) -> None:
        """The visitor, of a network that has this hash, looks for these interests now and for no others."""
        if not self._counting:
            return
        spellings = [spelling for spelling in map(spell, typed) if may_be_shown(spelling)]
        spelled = {fold_tag(spelling): spelling for spelling in spellings}
        looks = _Looks(network, {tag: spelled[tag] for tag in spelled if self._takes(tag)})
        if looks == self._visitors.get(visitor):
            return
        self.left(visitor)
        if looks.spelled:
            self._visitors[visitor] = looks
        for tag, spelling in looks.spelled.items():
            counted = self._tags.setdefault(tag, _Tag())
            counted.networks[network] += 1
            counted.spellings[spelling] += 1

    def left(self, visitor: VisitorId) -> None:
        """They are here no more. Safe to call of anybody."""
        looks = self._visitors.pop(visitor, None)
        if looks is None:
            return
        for tag, spelling in looks.spelled.items():
            counted = self._tags[tag]
            _one_less(counted.networks, looks.network)
            _one_less(counted.spellings, spelling)
            if not counted.networks:
                del self._tags[tag]

    def most(self) -> list[Wanted]:
        """Those that most networks want, at most `MOST_WANTED`."""
        first = nsmallest(MOST_WANTED, self._tags.items(), key=lambda one: (-len(one[1].networks), one[0]))
        return [tag.wanted() for _, tag in first]

    def _takes(self, tag: str) -> bool:
        return tag in self._tags or len(self._tags) < MOST_TAGS


def _one_less(counts: Counter[_Key], key: _Key) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


NOT_COUNTED = Interests(counting=False)
"""For a gateway that tells nobody of them."""
