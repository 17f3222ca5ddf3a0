"""One look of a ticket at those that wait: whoever fits best of a bounded number."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import inf

from msgspec import Struct

from .queues import Entry, Queue
from .rules import near, never, parted
from .shelves import ANY, LEVELS, Key, Place, Shelves, looks_at
from .stages import INTEREST, REPEATS
from .tickets import Ticket

_CROWDED = 16
"""Entries of a queue, tombstones included, that are more than a glance takes in."""


_NOBODY: dict[Key, Place] = {}


class Look(Struct, gc=False, eq=False):
    """What a look of `ticket` found."""

    ticket: Ticket
    stage: int
    now: float
    parted: float
    """Seconds for which two who parted do not meet again."""
    left: int
    """How many it may still compare."""
    partner: Entry | None = None
    """The best seen; a former partner only if nobody else was."""
    again: float = inf
    """The time from which somebody may be met who was refused for having parted too recently."""
    finished: bool = True
    """Whether all were seen."""
    _rank: int = -1
    _repeat: Entry | None = None

    def around(self, shelves: Shelves) -> None:
        """Look in each place, the best first, until one level has somebody."""
        ticket = self.ticket
        for level in LEVELS[self.stage]:
            # Whoever shares more stands in a better place than that of the rest.
            enough = len(ticket.interests) + ticket.nearby if level == INTEREST else 0
            for place in shelves.at(ticket, level):
                self._among((place,) if isinstance(place, Entry) else place.candidates(), enough)
            if self.partner is not None:
                return
            if shelves.too_many(ticket, level):
                self.finished = False
        self.partner = self._repeat

    def further(self, walk: Iterator[Entry | None]) -> None:
        """Look at the next candidates of a walk that a bounded look made necessary."""
        step = list(islice(walk, self.left))
        self.finished = len(step) < self.left
        self._among((entry for entry in step if entry is not None), inf)
        self.partner = self.partner or self._repeat

    def _among(self, candidates: Iterable[Entry], enough: float) -> None:
        """Compare candidates, those who wait longest first, until one shares `enough` or no more may be."""
        mine = self.ticket
        for other in candidates:
            if not other.waiting or other is self.partner:
                continue
            if not self.left:
                self.finished = False
                return
            self.left -= 1
            theirs = other.ticket
            if never(mine, theirs):
                continue
            rank = len(mine.interests & theirs.interests) + near(mine, theirs)
            if self.stage == INTEREST and not rank:
                continue
            if theirs.visitor_key in mine.partners or mine.visitor_key in theirs.partners:
                self._consider_repeat(other)
                continue
            best = self.partner
            if best is None or rank > self._rank or (rank == self._rank and theirs.since < best.ticket.since):
                self.partner, self._rank = other, rank
            if rank >= enough:
                return  # a queue is in the order of the wait: nobody behind is better

    def _consider_repeat(self, other: Entry) -> None:
        if self.stage == REPEATS == other.stage:
            parted_at = parted(self.ticket, other.ticket)
            if self.now - parted_at < self.parted:
                self.again = min(self.again, parted_at + self.parted)
            elif self._repeat is None:
                self._repeat = other


def glance(ticket: Ticket, stage: int, standing: dict[str, dict[Key, Place]]) -> Place | None:
    """The partner whom a ticket finds in its first stage, if anybody.

    Most places hold one ticket or none, and few hold many. Then this finds the same one as a `Look` in half
    the time, for which it is here. Where it meets a longer queue it returns that, and a look is needed.
    """
    interests = ticket.interests
    mine = ticket.visitor_key
    best: Entry | None = None
    most, since = -1, 0.0
    candidates: Iterable[Entry]
    keys = interests if stage == INTEREST else looks_at(ticket, stage)
    for language in _languages(ticket, standing):
        shelf = standing.get(language, _NOBODY)
        for key in keys if shelf else ():
            there = shelf.get(key)
            if there is None or not there.waiting:
                continue
            if type(there) is Queue:
                if len(there.items) > _CROWDED:
                    return there
                candidates = there.candidates()
            else:
                candidates = (there,)
            for other in candidates:
                theirs = other.ticket
                if (
                    not other.waiting
                    or theirs.visitor_key in ticket.partners
                    or mine in theirs.partners
                    or never(ticket, theirs)
                ):
                    continue
                shared = len(interests & theirs.interests)
                if theirs.nearby:
                    shared += near(ticket, theirs)
                if shared > most or (shared == most and theirs.since < since):
                    best, most, since = other, shared, theirs.since
    return best


def _languages(ticket: Ticket, standing: dict[str, dict[Key, Place]]) -> tuple[str, ...]:
    if not ticket.languages:
        return tuple(standing)
    return (*ticket.languages, ANY) if ANY in standing and not ticket.strict_language else ticket.languages
