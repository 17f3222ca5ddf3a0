"""The waiting tickets of one pool by what they accept: each stands where its stage lets others find it."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from math import inf

from .compatibility_buckets import CompatibilityBuckets
from .stages import ANYONE, INTEREST, LANGUAGE
from .ticket_queue import WaitingTicket
from .tickets import Ticket

LEVELS = (range(1), range(2), range(3), range(3))
"""By stage: the levels at which one looks and stands, the best first."""

Key = str | tuple[str]
"""On the shelf of a language: an interest, a country (in a tuple, so that it is no interest), or the rest."""
REST = ""

ANY = ""
"""The language of wishes that name none: it fits every other."""

Place = WaitingTicket | CompatibilityBuckets
"""Who stands under one key: nearly always a single ticket, which then needs no queue around it."""

SPARE = 256
"""Places that are kept even if empty, because those who come next often need the same ones."""

_SWEEP = 4096
"""Places that one turn passes by, and in a sweep: some milliseconds of work."""

_PLACES = 64
"""Places for each who waits that may be kept without a sweep."""


class TicketIndex:
    """A shelf for each language, with places for interests, countries and the rest; and one queue for all.

    A ticket stands in the places of its interests from its beginning, and in that of its country if it would
    rather stay nearby; in that of the rest from stage 1; among all from stage 2. So whoever is found in a
    place accepts what is looked for there.
    """

    def __init__(self) -> None:
        self.standing: dict[str, dict[Key, Place]] = {}
        self._all = CompatibilityBuckets()
        self._rotation: deque[tuple[str, Key]] = deque()

    def put(self, entry: WaitingTicket, before: int = -1) -> None:
        """Let others find the entry as its stage wants; as of stage `before` they do already."""
        ticket, stage = entry.ticket, entry.stage
        keys: Collection[Key] = ticket.interests if before < INTEREST else ()
        if ticket.nearby and ticket.country and before < INTEREST:
            keys = (*keys, (ticket.country,))
        if stage > INTEREST:
            if before < LANGUAGE:
                keys = (*keys, REST)
            if before < ANYONE <= stage and not ticket.strict_language:
                self._all.add(entry)
        for language in ticket.languages or (ANY,) if keys else ():
            shelf = self.standing.get(language)
            if shelf is None:
                shelf = self.standing[language] = {}
            for key in keys:
                there = shelf.get(key)
                if there is None or there.waiting:
                    self._share(entry, there, language, key)
                else:
                    shelf[key] = entry

    def at(self, ticket: Ticket, level: int) -> Iterator[Iterable[WaitingTicket]]:
        """Those who may be met at `level`, place by place; the walk through them may rest."""
        if level == ANYONE:
            if not ticket.strict_language:
                yield from self._all.fitting(ticket)
            return
        keys = lookup_keys(ticket, level)
        for shelf in self._shelves(ticket):
            for key in keys:
                there = shelf.get(key)
                if there is not None and there.waiting:
                    if type(there) is CompatibilityBuckets:
                        yield from there.fitting(ticket)
                    else:
                        yield (there,)
            if not ticket.languages:
                yield ()  # of so many shelves most may have nobody: to pass one counts

    def _shelves(self, ticket: Ticket) -> Collection[dict[Key, Place]]:
        standing = self.standing
        if not ticket.languages:
            return tuple(standing.values())
        languages = ticket.languages if ticket.strict_language else (*ticket.languages, ANY)
        return [standing[language] for language in languages if language in standing]

    def untidy(self, waiting: int) -> bool:
        """Whether far more is kept than is needed for those who wait, or anything for nobody."""
        places = SPARE + _PLACES * waiting if waiting else 0
        return self._all.overgrown(waiting) or len(self._rotation) > places

    def sweep(self, waiting: int) -> None:
        """Throw out what is kept of those who left, though nobody comes any more."""
        self._all.prune(waiting)
        self._visit(_SWEEP, waiting)

    def _share(self, entry: WaitingTicket, there: Place | None, language: str, key: Key) -> None:
        """Put the entry into a place that is new or in which somebody waits."""
        if isinstance(there, CompatibilityBuckets):
            there.add(entry)
            return
        self.standing[language][key] = entry if there is None else CompatibilityBuckets(there, entry)
        if there is None:
            self._rotation.append((language, key))
            if len(self._rotation) > SPARE:
                self._visit(2, inf)  # each new place pays for two, so that empty ones never are the most

    def _visit(self, places: int, waiting: float) -> None:
        """Throw away those of the next few places in which nobody waits."""
        for _ in range(min(places, len(self._rotation))):
            language, key = self._rotation.popleft()
            there = self.standing[language][key]
            if there.waiting and not (isinstance(there, CompatibilityBuckets) and there.empty):
                self._rotation.append((language, key))
                if isinstance(there, CompatibilityBuckets):
                    there.prune(waiting)
                continue
            del self.standing[language][key]
            if not self.standing[language]:
                del self.standing[language]


def lookup_keys(ticket: Ticket, level: int) -> Collection[Key]:
    """Neighbours who are not picky stand with the rest; those who are stand under their country."""
    if level != INTEREST:
        return (REST, (ticket.country,)) if ticket.country else (REST,)
    if ticket.nearby and ticket.country:
        return (*ticket.interests, (ticket.country,), REST)
    return ticket.interests
