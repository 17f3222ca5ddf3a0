"""The waiting tickets of one pool, by what they accept: by language, interest and country."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from math import inf
from typing import Any

from .compatibility_buckets import CompatibilityBuckets
from .stages import ANYONE, INTEREST, LANGUAGE
from .ticket_queue import QueuedTicket
from .tickets import Ticket

LEVELS = (range(1), range(2), range(3), range(3))
"""For each stage the levels at which a ticket searches and is found, best first."""

BucketKey = str | tuple[str]
"""A key under one language: an interest, a country (in a tuple, to tell them apart), or `NO_PREFERENCE`."""
NO_PREFERENCE = ""

ANY_LANGUAGE = ""
"""The language of wishes that name none. It fits every other language."""

Bucket = QueuedTicket | CompatibilityBuckets
"""The tickets under one key. Nearly always this is a single ticket, which needs no queue."""

SPARE_BUCKETS = 256
"""Buckets that stay although they may be empty, because new tickets often need the same ones again."""

_SWEPT_AT_ONCE = 4096
"""Buckets that one sweep visits, which takes some milliseconds."""

_BUCKETS_PER_TICKET = 64
"""Buckets for each waiting ticket that may stay without a sweep."""


class TicketIndex:
    """Buckets by language and key, and one set of buckets for tickets that accept anyone.

    A ticket is filed under its interests from the beginning, and under its country if it wishes somebody
    nearby. From stage 1 it is also filed under `NO_PREFERENCE`, from stage 2 among those that accept anyone.
    So a ticket that is found under a key accepts what a search under that key offers, and no two tickets
    under one key may meet each other.
    """

    def __init__(self) -> None:
        self.buckets: dict[str, dict[BucketKey, Bucket]] = {}
        self._anyone = CompatibilityBuckets()
        self._rotation: deque[tuple[str, BucketKey]] = deque()

    def insert(self, entry: QueuedTicket, before: int = -1) -> None:
        """File the ticket under the keys of its stage. Those of stage `before` have it already."""
        ticket, stage = entry.ticket, entry.stage
        keys: Collection[BucketKey] = ticket.interests if before < INTEREST else ()
        if ticket.nearby and ticket.country and before < INTEREST:
            keys = (*keys, (ticket.country,))
        if stage > INTEREST:
            if before < LANGUAGE:
                keys = (*keys, NO_PREFERENCE)
            if before < ANYONE <= stage and not ticket.strict_language:
                self._anyone.add(entry)
        for language in ticket.languages or (ANY_LANGUAGE,) if keys else ():
            by_key = self.buckets.get(language)
            if by_key is None:
                by_key = self.buckets[language] = _table_with_hashes()
            for key in keys:
                bucket = by_key.get(key)
                if bucket is None or bucket.waiting:
                    self._add_to(bucket, entry, language, key)
                else:
                    by_key[key] = entry

    def candidates(self, ticket: Ticket, level: int, crowd: bytes = b"") -> Iterator[Iterable[QueuedTicket]]:
        """Yield groups of tickets that `ticket` may meet at `level`. The walk may pause at any point.

        `crowd` is a network from which it meets nobody, or empty.
        """
        if level == ANYONE:
            if not ticket.strict_language:
                yield from self._anyone.candidates(ticket, crowd)
            return
        keys = lookup_keys(ticket, level)
        for by_key in self._languages(ticket):
            for key in keys:
                bucket = by_key.get(key)
                if bucket is not None and bucket.waiting:
                    if type(bucket) is CompatibilityBuckets:
                        yield from bucket.candidates(ticket, crowd)
                    else:
                        yield (bucket,)
            if not ticket.languages:
                yield ()  # most languages may have nobody, and skipping one counts as a step

    def _languages(self, ticket: Ticket) -> Collection[dict[BucketKey, Bucket]]:
        buckets = self.buckets
        if not ticket.languages:
            return tuple(buckets.values())
        languages = ticket.languages if ticket.strict_language else (*ticket.languages, ANY_LANGUAGE)
        return [buckets[language] for language in languages if language in buckets]

    def needs_sweep(self, waiting: int) -> bool:
        """Tell whether it holds far more than `waiting` tickets need, or anything for none."""
        allowed = SPARE_BUCKETS + _BUCKETS_PER_TICKET * waiting if waiting else 0
        return self._anyone.is_overgrown(waiting) or len(self._rotation) > allowed

    def sweep(self, waiting: int) -> None:
        """Drop what tickets that left have left behind, even if no new ticket comes."""
        self._anyone.prune(waiting)
        self._prune_buckets(_SWEPT_AT_ONCE, waiting)

    def _add_to(self, bucket: Bucket | None, entry: QueuedTicket, language: str, key: BucketKey) -> None:
        """Add the ticket to a bucket that is new or in which a ticket waits."""
        if isinstance(bucket, CompatibilityBuckets):
            bucket.add(entry)
            return
        self.buckets[language][key] = entry if bucket is None else CompatibilityBuckets(bucket, entry)
        if bucket is None:
            self._rotation.append((language, key))
            if len(self._rotation) > SPARE_BUCKETS:
                self._prune_buckets(2, inf)  # each new bucket pays for two visits: empty ones stay a minority

    def _prune_buckets(self, number: int, waiting: float) -> None:
        """Visit the next few buckets and drop those in which no ticket waits."""
        for _ in range(min(number, len(self._rotation))):
            language, key = self._rotation.popleft()
            bucket = self.buckets[language][key]
            if bucket.waiting and not (isinstance(bucket, CompatibilityBuckets) and bucket.is_empty):
                self._rotation.append((language, key))
                if isinstance(bucket, CompatibilityBuckets):
                    bucket.prune(waiting)
                continue
            del self.buckets[language][key]
            if not self.buckets[language]:
                del self.buckets[language]


def _table_with_hashes() -> dict[BucketKey, Bucket]:
    """Return an empty dict that keeps the hash of each key beside it.

    CPython leaves the hashes out while all keys are strings. To pass a key that is in its way, a look-up then
    loads the hash from that key itself, which is in no cache of the processor when a million tickets wait.
    """
    table: dict[Any, Any] = {(): None}
    del table[()]
    return table


def lookup_keys(ticket: Ticket, level: int) -> Collection[BucketKey]:
    """Return the keys under which `ticket` searches at the level `INTEREST` or `LANGUAGE`.

    A neighbour who does not wish somebody nearby is filed under `NO_PREFERENCE`, one who does under the
    country.
    """
    if level != INTEREST:
        return (NO_PREFERENCE, (ticket.country,)) if ticket.country else (NO_PREFERENCE,)
    if ticket.nearby and ticket.country:
        return (*ticket.interests, (ticket.country,), NO_PREFERENCE)
    return ticket.interests
