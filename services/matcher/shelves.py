"""The waiting tickets of one pool by what they accept: each stands where its stage lets others find it."""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from math import inf

from .queues import Entry, Queue
from .stages import ANYONE, INTEREST, Crowd
from .tickets import Ticket

LEVELS = (range(1), range(2), range(3), range(3))
"""By stage: the levels at which one looks and stands, the best first."""

Key = str | tuple[str]
"""On the shelf of a language: an interest, a country (in a tuple, so that it is no interest), or the rest."""
REST = ""

ANY = ""
"""The language of wishes that name none: it fits every other."""

Place = Entry | Queue
"""Who stands under one key: nearly always a single ticket, which then needs no queue around it."""

SPARE = 256
"""Places that are kept even if empty, because those who come next often need the same ones."""

_ROUND = 16
_SWEEP = 4096
"""Places that one turn passes by, and in a sweep: some milliseconds of work."""

_KEPT = 4
_FEW_KEPT = 64
_PLACES = 64
"""What may be kept without a sweep: items of a queue for each who waits and besides; places for each."""

_MANY = 256
"""Languages among which whoever named none looks at once; among more the look goes on later."""


class Shelves:
    """A shelf for each language, with places for interests, countries and the rest; and one queue for all.

    A ticket stands in the places of its interests from its beginning, and in that of its country if it would
    rather stay nearby; in that of the rest from stage 1; among all from stage 2. So whoever is found in a
    place accepts what is looked for there.
    """

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.waiting = 0
        self.everybody = Queue()
        """All who wait, but for those who came a moment ago."""
        self.attended = -inf
        self.attend_at = inf
        """When those who wait are attended to, if they are few, and when they were last."""
        self.stirred = False
        """Whether somebody has come or left since."""
        self.standing: dict[str, dict[Key, Place]] = {}
        self._languages: dict[Key, dict[str, None]] = {}
        """The shelves that have a place for a key, for those who named no language."""
        self._all = Queue()
        self._rotation: deque[tuple[str, Key]] = deque()

    def put(self, entry: Entry, level: int) -> None:
        """Let others of stage `level` find the entry."""
        ticket = entry.ticket
        if level == ANYONE:
            if not ticket.strict_language:
                self._all.add(entry)
            return
        keys = _stands_at(ticket) if level == INTEREST else (REST,)
        if not keys:
            return
        for language in ticket.languages or (ANY,):
            shelf = self.standing.get(language)
            if shelf is None:
                shelf = self.standing[language] = {}
            for key in keys:
                there = shelf.get(key)
                if there is None or there.waiting:
                    self._share(entry, there, language, key)
                else:
                    shelf[key] = entry

    def at(self, ticket: Ticket, level: int) -> Sequence[Place]:
        """Where somebody may wait who may be met at `level`; not all if there are `too_many` languages."""
        if level == ANYONE:
            return () if ticket.strict_language else (self._all,)
        found: list[Place] = []
        for key in looks_at(ticket, level):
            for language in _wanted(ticket) or (ANY, *islice(self._languages.get(key, ()), _MANY)):
                shelf = self.standing.get(language)
                if shelf is not None:
                    there = shelf.get(key)
                    if there is not None and there.waiting:
                        found.append(there)
        return found

    def too_many(self, ticket: Ticket, level: int) -> bool:
        """Whether `at` looks at only some of the languages."""
        keys = () if ticket.languages or level == ANYONE else looks_at(ticket, level)
        return any(len(self._languages.get(key, ())) > _MANY for key in keys)

    def walk(self, ticket: Ticket, stage: int) -> Iterator[Entry | None]:
        """All that may be met in a stage, however many; None after each language, of which many take long."""
        for level in LEVELS[stage]:
            if level == ANYONE:
                yield from () if ticket.strict_language else self._all.walk()
                continue
            for key in looks_at(ticket, level):
                for language in _wanted(ticket) or tuple(self._languages.get(key, ())):
                    there = self.standing.get(language, {}).get(key)
                    if isinstance(there, Queue):
                        yield from there.walk()
                    elif there is not None and there.waiting:
                        yield there
                    yield None

    def tidy(self) -> None:
        """Now and then: pass by some places, so that nothing that somebody typed stays for ever."""
        self._visit(_ROUND if len(self._rotation) > SPARE else 1)

    @property
    def untidy(self) -> bool:
        """Whether far more is kept than is needed for those who wait, or anything for nobody."""
        if not self.waiting:
            return bool(self._rotation or self.everybody.items or self._all.items)
        places = SPARE + _PLACES * self.waiting
        return self._overgrown(self.everybody) or self._overgrown(self._all) or len(self._rotation) > places

    def sweep(self) -> None:
        """Throw out what is kept of those who left, though nobody comes any more."""
        for queue in (self.everybody, self._all):
            if self._overgrown(queue):
                queue.compact()
        self._visit(_SWEEP)

    def _overgrown(self, queue: Queue) -> bool:
        return len(queue.items) > (_KEPT * self.waiting + _FEW_KEPT if self.waiting else 0)

    def _share(self, entry: Entry, there: Place | None, language: str, key: Key) -> None:
        """Put the entry into a place that is new or in which somebody waits."""
        if isinstance(there, Queue):
            there.add(entry)
            return
        self.standing[language][key] = entry if there is None else Queue(there, entry)
        if there is None:
            self._languages.setdefault(key, {})[language] = None
            self._rotation.append((language, key))
            if len(self._rotation) > SPARE:
                self._visit(2)  # each new place pays for two, so that empty ones never are the most

    def _visit(self, places: int) -> None:
        """Throw away those of the next few places in which nobody waits."""
        for _ in range(min(places, len(self._rotation))):
            language, key = self._rotation.popleft()
            there = self.standing[language][key]
            if there.waiting and not (isinstance(there, Queue) and there.empty):
                self._rotation.append((language, key))
                if isinstance(there, Queue) and self._overgrown(there):
                    there.compact()
                continue
            del self.standing[language][key]
            if not self.standing[language]:
                del self.standing[language]
            del self._languages[key][language]
            if not self._languages[key]:
                del self._languages[key]


def _stands_at(ticket: Ticket) -> Collection[Key]:
    return (*ticket.interests, (ticket.country,)) if ticket.nearby and ticket.country else ticket.interests


def looks_at(ticket: Ticket, level: int) -> Collection[Key]:
    """Neighbours who are not picky stand with the rest; those who are stand under their country."""
    if level != INTEREST:
        return (REST, (ticket.country,)) if ticket.country else (REST,)
    if ticket.nearby and ticket.country:
        return (*ticket.interests, (ticket.country,), REST)
    return ticket.interests


def _wanted(ticket: Ticket) -> tuple[str, ...]:
    """The languages to look under; none means all."""
    return ticket.languages if ticket.strict_language or not ticket.languages else (*ticket.languages, ANY)
