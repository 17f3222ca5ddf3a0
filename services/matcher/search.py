"""One look of a ticket at those that wait: whoever fits best of a bounded number."""

from collections.abc import Iterable, Iterator
from itertools import islice

from .queues import Entry
from .rules import NEVER_PARTED, PARTED, never, parted
from .shelves import LEVELS, Shelves
from .stages import LANGUAGE, REPEATS


class Look:
    """What a look found.

    `partner`: the best seen; a former partner only if nobody else was. `again`: the time from which somebody
    may be met who was refused for having parted too recently. `finished`: whether all were seen.
    """

    __slots__ = ("_entry", "_left", "_now", "_repeat", "_shared", "again", "partner")

    def __init__(self, entry: Entry, now: float, scan: int) -> None:
        self._entry = entry
        self._now = now
        self._left = scan
        self._shared = -1
        self._repeat: Entry | None = None
        self.partner: Entry | None = None
        self.again = float("inf")

    @property
    def finished(self) -> bool:
        return self._left > 0

    def around(self, shelves: Shelves) -> None:
        """Look on each shelf, the best first, until one has somebody."""
        ticket = self._entry.ticket
        for level in LEVELS[self._entry.stage]:
            # Whoever shares a language and an interest stands on a better shelf than that of the language.
            enough = 0 if level == LANGUAGE else len(ticket.interests)
            for queue in shelves.queues(ticket, level, self._left + 1):
                self._among(queue.candidates(), enough)
            if self.partner is not None:
                return
        self.partner = self._repeat

    def further(self, walk: Iterator[Entry]) -> None:
        """Look at the next candidates of a walk that a bounded look made necessary."""
        self._among(islice(walk, self._left), 0)
        self.partner = self.partner or self._repeat

    def _among(self, candidates: Iterable[Entry], enough: int) -> None:
        entry, mine = self._entry, self._entry.ticket
        for other in candidates:
            if not self._left:
                return
            self._left -= 1
            theirs = other.ticket
            if other is self.partner or never(mine, theirs):
                continue
            since_parting = parted(mine, theirs)
            if since_parting != NEVER_PARTED:
                if entry.stage == REPEATS == other.stage:
                    self._consider_repeat(other, since_parting)
                continue
            shared = len(mine.interests & theirs.interests) if mine.interests else 0
            best = self.partner
            if (
                best is None
                or shared > self._shared
                or (shared == self._shared and theirs.since < best.ticket.since)
            ):
                self.partner, self._shared = other, shared
            if shared >= enough:
                return  # a queue is in the order of the wait: nobody behind is better

    def _consider_repeat(self, other: Entry, parted_at: float) -> None:
        if self._now - parted_at < PARTED:
            self.again = min(self.again, parted_at + PARTED)
        else:
            self._repeat = self._repeat or other
