"""One look of a ticket at those who wait: whoever fits best. A long look rests, and others have a turn."""

from collections.abc import Iterator
from enum import Enum
from itertools import chain
from math import inf

from .compatibility_buckets import CompatibilityBuckets
from .rules import is_excluded, last_parted_at, same_country_preferred
from .stages import ANYONE, INTEREST, LANGUAGE, REPEATS
from .ticket_index import ANY, LEVELS, TicketIndex, lookup_keys
from .ticket_queue import WaitingTicket
from .tickets import Ticket

_CROWDED = 16
"""Languages that are more than a quick_scan takes in."""

_PLACE = (None,)
"""Before the entries of a place: to pass it counts, too."""


class Inconclusive(Enum):
    """A quick_scan was not enough: there is more to see."""

    INCONCLUSIVE = 0


INCONCLUSIVE = Inconclusive.INCONCLUSIVE


class PartnerScan:
    """A look that goes on until it found somebody or has seen all."""

    __slots__ = ("_ended", "_number", "_steps", "again", "entry")

    def __init__(
        self, entry: WaitingTicket, shelves: TicketIndex, now: float, parted_for: float, scan: int
    ) -> None:
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

    def go_on(self) -> WaitingTicket | None:
        """The partner, if the next few compared have one."""
        for found in self._steps:
            self._ended = found is not None
            return found
        self._ended = True
        return None

    def _through(
        self, shelves: TicketIndex, now: float, parted_for: float, scan: int
    ) -> Iterator[WaitingTicket | None]:
        """Yields the best of a level, or None where it rests after `scan` places and entries."""
        ticket, stage = self.entry.ticket, self.entry.stage
        left = scan
        repeats: list[WaitingTicket] = []
        for level in LEVELS[stage]:
            best: WaitingTicket | None = None
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
                    if is_excluded(ticket, theirs):
                        continue
                    rank = len(ticket.interests & theirs.interests) + same_country_preferred(ticket, theirs)
                    if stage == INTEREST and not rank:
                        continue
                    if theirs.visitor_key in ticket.partners or ticket.visitor_key in theirs.partners:
                        if stage == REPEATS == other.stage:
                            again = last_parted_at(ticket, theirs) + parted_for
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


def quick_scan(
    ticket: Ticket, stage: int, shelves: TicketIndex, scan: int
) -> WaitingTicket | Inconclusive | None:
    """The partner of a ticket: the same as a look would find, in half the time.

    Most places hold one ticket or none, and few hold many. Where that is not so, it is `INCONCLUSIVE`.
    """
    standing = shelves.standing
    languages, interests = ticket.languages, ticket.interests
    if stage >= ANYONE or ticket.nearby:
        return INCONCLUSIVE
    if stage == LANGUAGE and interests:
        found = quick_scan(ticket, INTEREST, shelves, scan)
        if found is not None:
            return found
    if not languages:
        if len(standing) > _CROWDED:
            return INCONCLUSIVE
        languages = tuple(standing)
    elif ANY in standing and not ticket.strict_language:
        languages = (*languages, ANY)
    mine = ticket.visitor_key
    best: WaitingTicket | None = None
    keys = interests if stage == INTEREST else lookup_keys(ticket, LANGUAGE)
    for language in languages:
        shelf = standing.get(language)
        if shelf is None:
            continue
        for key in keys:
            there = shelf.get(key)
            if there is None or not there.waiting:
                continue
            others = there.few(ticket) if type(there) is CompatibilityBuckets else (there,)
            if others is None:
                return INCONCLUSIVE
            for other in others:
                if not scan:
                    return INCONCLUSIVE
                scan -= 1
                if other is best:
                    continue
                theirs = other.ticket
                if (
                    theirs.visitor_key in ticket.partners
                    or mine in theirs.partners
                    or is_excluded(ticket, theirs)
                ):
                    continue
                if best is None or _better(ticket, theirs, best.ticket):
                    best = other
    return best


def _better(ticket: Ticket, one: Ticket, other: Ticket) -> bool:
    """Whether one has more in common with the ticket than the other, or as much, and waits longer."""
    more = len(ticket.interests & one.interests) + same_country_preferred(ticket, one)
    less = len(ticket.interests & other.interests) + same_country_preferred(ticket, other)
    return more > less or (more == less and one.since < other.since)
