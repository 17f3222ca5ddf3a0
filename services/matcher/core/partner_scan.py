"""The search for the best partner of one ticket. A long scan pauses, so that others have their turn."""

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import chain
from math import inf
from typing import NamedTuple

from .compatibility_buckets import CompatibilityBuckets
from .rules import is_excluded, last_parted_at, same_country_preferred
from .stages import ANYONE, INTEREST, LANGUAGE, REPEATS
from .ticket_index import ANY_LANGUAGE, LEVELS, TicketIndex, lookup_keys
from .ticket_queue import QueuedTicket
from .tickets import Ticket

_MANY_LANGUAGES = 16
"""A quick scan of a ticket that names no language does not search more languages than this."""

_GROUP_STEP = (None,)
"""Comes before the tickets of a group: entering a group counts as one step, too."""


class Inconclusive(Enum):
    """The result of a quick scan that would have to look at more tickets than it may."""

    INCONCLUSIVE = 0


INCONCLUSIVE = Inconclusive.INCONCLUSIVE


class SearchedIndex(NamedTuple):
    """Tickets to search, and the least stage of those that may be found there.

    Of several indexes the first is preferred within a level, and a better level in any of them is preferred.
    """

    indexes: Sequence[TicketIndex]
    least_stage: int = INTEREST


class PartnerScan:
    """A search that goes on, `size` steps at a time, until it has found a partner or has seen every ticket.

    It searches several places, one after the other, and in each only tickets of a stage and above. Of two
    tickets from one crowded network each must accept anyone.

    It finds the best partner of the first place, level and index that have any: the one with the highest
    score (shared interests, and the country if that is wished), and of equals the one who has waited longest.
    If it pauses within a level, it finds the best of those that it has seen in this turn.
    """

    __slots__ = ("_ended", "_number", "_steps", "entry", "retry_at")

    def __init__(
        self, entry: QueuedTicket, places: Sequence[SearchedIndex], now: float, cooldown: float, size: int
    ) -> None:
        entry.scan_number += 1
        self.entry = entry
        self.retry_at = inf
        """When the cooldown ends of a former partner who was refused for that reason alone."""
        self._ended = False
        self._number = entry.scan_number
        self._steps = self._run(places, now, cooldown, size)

    @property
    def is_finished(self) -> bool:
        """Also true when its ticket has left or has begun another scan."""
        return self._ended or not self.entry.waiting or self.entry.scan_number != self._number

    def resume(self) -> QueuedTicket | None:
        """Take the next steps, and return the partner if they have found one."""
        for found in self._steps:
            self._ended = found is not None
            return found
        self._ended = True
        return None

    def _run(
        self, places: Sequence[SearchedIndex], now: float, cooldown: float, size: int
    ) -> Iterator[QueuedTicket | None]:
        """Yield the best partner of a level, or None at a pause after `size` steps."""
        ticket, stage = self.entry.ticket, self.entry.stage
        crowd, refused_crowd = self.entry.crowd, b"" if stage >= ANYONE else self.entry.crowd
        left = size
        former: list[QueuedTicket] = []
        levels = LEVELS[stage]
        for index, level, least_stage in (
            (index, level, place.least_stage)
            for place in places
            for level in levels
            for index in place.indexes
        ):
            best: QueuedTicket | None = None
            best_score = -1
            enough = _sufficient_score(ticket, level)
            for group in index.candidates(ticket, level, refused_crowd):
                for other in chain(_GROUP_STEP, group):
                    if left <= 0:
                        yield best
                        left = size
                    left -= 1
                    if other is None or not other.waiting:  # it may have left during a pause
                        continue
                    theirs = other.ticket
                    if is_excluded(ticket, theirs) or other.stage < least_stage:
                        continue
                    if crowd and crowd == other.crowd and (refused_crowd or other.stage < ANYONE):
                        continue
                    score = len(ticket.interests & theirs.interests) + same_country_preferred(ticket, theirs)
                    if stage == INTEREST and not score:
                        continue
                    if theirs.visitor_key in ticket.partners or ticket.visitor_key in theirs.partners:
                        if stage == REPEATS == other.stage:
                            meets_again_at = last_parted_at(ticket, theirs) + cooldown
                            if now < meets_again_at:
                                self.retry_at = min(self.retry_at, meets_again_at)
                            else:
                                former.append(other)
                        continue
                    if (
                        best is None
                        or score > best_score
                        or (score == best_score and theirs.since < best.ticket.since)
                    ):
                        best, best_score = other, score
                    if score >= enough:
                        break  # a group is in the order of the wait: nobody behind is better
            if best is not None:
                yield best
                return
        yield from [other for other in former if other.waiting][:1]


def _sufficient_score(ticket: Ticket, level: int) -> int:
    """Return the score that no later ticket of a group exceeds.

    At the level `LANGUAGE` a group holds equals: whoever shares an interest was found at the level before.
    """
    return 0 if level == LANGUAGE else len(ticket.interests) + bool(ticket.country)


def quick_scan(
    ticket: Ticket, stage: int, index: TicketIndex, size: int
) -> QueuedTicket | Inconclusive | None:
    """Return the partner that a whole scan would find, in half the time, or `INCONCLUSIVE`.

    Most buckets hold one ticket or none. Where they hold many, or after `size` tickets, it is inconclusive.
    """
    buckets = index.buckets
    languages, interests = ticket.languages, ticket.interests
    if stage >= ANYONE or ticket.nearby:
        return INCONCLUSIVE
    if stage == LANGUAGE and interests:
        found = quick_scan(ticket, INTEREST, index, size)
        if found is not None:
            return found
    if not languages:
        if len(buckets) > _MANY_LANGUAGES:
            return INCONCLUSIVE
        languages = tuple(buckets)
    elif ANY_LANGUAGE in buckets and not ticket.strict_language:
        languages = (*languages, ANY_LANGUAGE)
    mine = ticket.visitor_key
    best: QueuedTicket | None = None
    keys = interests if stage == INTEREST else lookup_keys(ticket, LANGUAGE)
    for language in languages:
        by_key = buckets.get(language)
        if by_key is None:
            continue
        for key in keys:
            bucket = by_key.get(key)
            if bucket is None or not bucket.waiting:
                continue
            others = bucket.few_candidates(ticket) if type(bucket) is CompatibilityBuckets else (bucket,)
            if others is None:
                return INCONCLUSIVE
            for other in others:
                if not size:
                    return INCONCLUSIVE
                size -= 1
                if other is best:
                    continue
                theirs = other.ticket
                if (
                    theirs.visitor_key in ticket.partners
                    or mine in theirs.partners
                    or is_excluded(ticket, theirs)
                ):
                    continue
                if best is None or _is_better(ticket, theirs, best.ticket):
                    best = other
    return best


def _is_better(ticket: Ticket, one: Ticket, other: Ticket) -> bool:
    """Tell whether `one` has more in common with the ticket than `other`, or as much and a longer wait."""
    score = len(ticket.interests & one.interests) + same_country_preferred(ticket, one)
    others = len(ticket.interests & other.interests) + same_country_preferred(ticket, other)
    return score > others or (score == others and one.since < other.since)
