"""One look of a ticket at those who wait: whoever fits best. A long look rests, and others have a turn."""

from collections.abc import Iterator
from enum import Enum
from itertools import chain
from math import inf

from .kinds import Kinds
from .queues import Entry
from .rules import near, never, parted
from .shelves import ANY, LEVELS, Shelves, looks_at
from .stages import ANYONE, INTEREST, LANGUAGE, REPEATS
from .tickets import Ticket

_CROWDED = 16
"""Languages that are more than a glance takes in."""

_PLACE = (None,)
"""Before the entries of a place: to pass it counts, too."""


class Unsure(Enum):
    """A glance was not enough: there is more to see."""

    UNSURE = 0


UNSURE = Unsure.UNSURE


class Look:
    """A look that goes on until it found somebody or has seen all."""

    __slots__ = ("_ended", "_number", "_steps", "again", "entry")

    def __init__(self, entry: Entry, shelves: Shelves, now: float, parted_for: float, scan: int) -> None:
        entry.looks += 1
        self.entry = entry
        self.again = inf
        """When somebody may be met who was refused for having parted too recently."""
        self._ended = False
        self._number = entry.looks
        self._steps = self._through(shelves, now, parted_for, scan)

    @property
    def finished(self) -> bool:
        """Also when its entry left, or began another look."""
        return self._ended or not self.entry.waiting or self.entry.looks != self._number

    def go_on(self) -> Entry | None:
        """The partner, if the next few compared have one."""
        for found in self._steps:
            self._ended = found is not None
            return found
        self._ended = True
        return None

    def _through(self, shelves: Shelves, now: float, parted_for: float, scan: int) -> Iterator[Entry | None]:
        """Yields the best of a level, or None where it rests after `scan` places and entries."""
        ticket, stage = self.entry.ticket, self.entry.stage
        left = scan
        repeats: list[Entry] = []
        for level in LEVELS[stage]:
            best: Entry | None = None
            most = -1
            # Whoever shares more stands in a better place than that of the rest.
            enough = len(ticket.interests) + ticket.nearby if level == INTEREST else 0
            for place in shelves.at(ticket, level):
                for other in chain(_PLACE, place):
                    if left <= 0:
                        yield best
                        left = scan
                    left -= 1
                    if other is None or not other.waiting:  # or no longer, after a rest
                        continue
                    theirs = other.ticket
                    if never(ticket, theirs):
                        continue
                    rank = len(ticket.interests & theirs.interests) + near(ticket, theirs)
                    if stage == INTEREST and not rank:
                        continue
                    if theirs.visitor_key in ticket.partners or ticket.visitor_key in theirs.partners:
                        if stage == REPEATS == other.stage:
                            again = parted(ticket, theirs) + parted_for
                            if now < again:
                                self.again = min(self.again, again)
                            else:
                                repeats.append(other)
                        continue
                    if best is None or rank > most or (rank == most and theirs.since < best.ticket.since):
                        best, most = other, rank
                    if rank >= enough:
                        break  # a queue is in the order of the wait: nobody behind is better
            if best is not None:
                yield best
                return
        yield from [repeat for repeat in repeats if repeat.waiting][:1]


def glance(ticket: Ticket, stage: int, shelves: Shelves, scan: int) -> Entry | Unsure | None:
    """The partner of a ticket: the same as a look would find, in half the time.

    Most places hold one ticket or none, and few hold many. Where that is not so, it is `UNSURE`.
    """
    standing = shelves.standing
    languages, interests = ticket.languages, ticket.interests
    if stage >= ANYONE or ticket.nearby:
        return UNSURE
    if stage == LANGUAGE and interests:
        found = glance(ticket, INTEREST, shelves, scan)
        if found is not None:
            return found
    if not languages:
        if len(standing) > _CROWDED:
            return UNSURE
        languages = tuple(standing)
    elif ANY in standing and not ticket.strict_language:
        languages = (*languages, ANY)
    mine = ticket.visitor_key
    best: Entry | None = None
    keys = interests if stage == INTEREST else looks_at(ticket, LANGUAGE)
    for language in languages:
        shelf = standing.get(language)
        if shelf is None:
            continue
        for key in keys:
            there = shelf.get(key)
            if there is None or not there.waiting:
                continue
            others = there.few(ticket) if type(there) is Kinds else (there,)
            if others is None:
                return UNSURE
            for other in others:
                if not scan:
                    return UNSURE
                scan -= 1
                if other is best:
                    continue
                theirs = other.ticket
                if theirs.visitor_key in ticket.partners or mine in theirs.partners or never(ticket, theirs):
                    continue
                if best is None or _better(ticket, theirs, best.ticket):
                    best = other
    return best


def _better(ticket: Ticket, one: Ticket, other: Ticket) -> bool:
    """Whether one has more in common with the ticket than the other, or as much, and waits longer."""
    more = len(ticket.interests & one.interests) + near(ticket, one)
    less = len(ticket.interests & other.interests) + near(ticket, other)
    return more > less or (more == less and one.since < other.since)
