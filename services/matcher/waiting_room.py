"""The waiting room: wishes come in, pairs come out. Pure: time and match ids are given to it."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from math import inf

from services.contract.ids import GatewayId, MatchId, TicketId

from .queues import Entry
from .search import Look
from .shelves import LEVELS, Shelves
from .stages import Crowd, Stages
from .tickets import POOLS, Pairing, Pool, StageChange, Ticket
from .timers import Timers

SCAN = 32
"""How many waiting tickets one look compares; a look that needs more goes on later."""

_DUE = 1000
_WALKS = 30
"""How many due tickets and unfinished looks one advance handles: a few milliseconds of work."""


class WaitingRoom:
    """Holds the waiting tickets of all pools and pairs two as soon as each is acceptable to the other."""

    def __init__(self, new_match: Callable[[], str], stages: Stages, scan: int = SCAN) -> None:
        self._new_match = new_match
        self._stages = stages
        self._scan = scan
        self._shelves = {pool: Shelves(Crowd(stages.ages[2], stages.thin)) for pool in POOLS.values()}
        self._tickets: dict[GatewayId, dict[TicketId, Entry]] = {}
        self._timers: Timers[Entry] = Timers()
        self._walkers: deque[Entry] = deque()
        self._pairings: list[Pairing] = []
        self._changed: list[Entry] = []

    def offer(self, ticket: Ticket, now: float) -> None:
        """Pair the ticket at once if somebody fits, else let it wait. It replaces one of the same number."""
        tickets = self._tickets.get(ticket.gateway)
        if tickets is not None and ticket.number in tickets:
            self._remove(tickets[ticket.number])
        shelves = self._shelves[ticket.pool]
        shelves.crowd.see(ticket.visitor_key, now)
        entry = Entry(ticket, self._stage(ticket, shelves, now))
        if self._look(entry, shelves, now):
            return
        shelves.waiting += 1
        tickets = self._tickets.get(ticket.gateway)
        if tickets is None:
            tickets = self._tickets[ticket.gateway] = {}
        tickets[ticket.number] = entry
        for level in LEVELS[entry.stage]:
            shelves.put(entry, level)
        self._changed.append(entry)

    def withdraw(self, gateway: GatewayId, number: TicketId) -> None:
        """Forget a ticket; one that does not wait (it was paired meanwhile) is no error."""
        tickets = self._tickets.get(gateway)
        if tickets is not None and number in tickets:
            self._remove(tickets[number])

    def forget(self, gateway: GatewayId) -> None:
        """Forget all tickets of a gateway."""
        for entry in list(self._tickets.get(gateway, {}).values()):
            self._remove(entry)

    def advance(self, now: float) -> list[Pairing]:
        """Widen what is due, go on with unfinished looks, and hand over the pairs since the last time."""
        for entry in self._timers.pop(now, _DUE):
            if entry.waiting and entry.due <= now:
                self._widen(entry, now)
        for _ in range(min(_WALKS, len(self._walkers))):
            self._walk_on(self._walkers.popleft(), now)
        for shelves in self._shelves.values():
            shelves.tidy()
        pairings, self._pairings = self._pairings, []
        return pairings

    def stage_changes(self, now: float) -> list[StageChange]:
        """The stage of each ticket that began to wait or widened since the last time, and waits still."""
        changed, self._changed = self._changed, []
        return [self._stage_change(entry, now) for entry in changed if entry.waiting]

    @property
    def has_news(self) -> bool:
        """Whether there are pairs or stage changes to hand over."""
        return bool(self._pairings or self._changed)

    def next_due(self, now: float) -> float | None:
        """When `advance` is wanted next though nothing comes in; None when never."""
        return now if self._walkers else self._timers.next()

    def waits(self, gateway: GatewayId, number: TicketId) -> bool:
        """Whether this ticket waits here."""
        return number in self._tickets.get(gateway, ())

    def waiting(self) -> Mapping[Pool, int]:
        """How many wait in each pool."""
        return {pool: shelves.waiting for pool, shelves in self._shelves.items()}

    def _stage(self, ticket: Ticket, shelves: Shelves, now: float) -> int:
        waiting = shelves.waiting
        crowd = waiting if waiting >= self._stages.thin else max(waiting, shelves.crowd.size(now))
        return self._stages.stage(now - ticket.since, bool(ticket.interests), crowd)

    def _widen(self, entry: Entry, now: float) -> None:
        shelves = self._shelves[entry.ticket.pool]
        stage = max(entry.stage, self._stage(entry.ticket, shelves, now))
        before = LEVELS[entry.stage]
        if stage != entry.stage:
            entry.stage = stage
            self._changed.append(entry)
        if not self._look(entry, shelves, now):
            for level in LEVELS[stage][len(before) :]:
                shelves.put(entry, level)

    def _look(self, entry: Entry, shelves: Shelves, now: float) -> bool:
        """Pair the entry with the best that a bounded look finds, or see to it that it looks again."""
        look = Look(entry, now, self._scan)
        look.around(shelves)
        if look.partner is not None:
            self._pair(entry, look.partner, now)
            return True
        entry.due = inf
        self._look_again(entry, look.again)
        self._look_again(entry, entry.ticket.since + self._stages.widens_at(entry.stage))
        if not look.finished:
            if entry.walk is None:
                self._walkers.append(entry)
            entry.walk = _everybody(entry, shelves)
        return False

    def _look_again(self, entry: Entry, when: float) -> None:
        if when < entry.due:
            entry.due = when
            self._timers.add(when, entry)

    def _walk_on(self, entry: Entry, now: float) -> None:
        if not entry.waiting or entry.walk is None:
            return
        look = Look(entry, now, self._scan)
        look.further(entry.walk)
        self._look_again(entry, look.again)
        if look.partner is not None:
            self._pair(entry, look.partner, now)
        elif look.finished:
            entry.walk = None
        else:
            self._walkers.append(entry)

    def _pair(self, newer: Entry, older: Entry, now: float) -> None:
        for entry in (newer, older):
            if entry.queues:
                self._remove(entry)
        one, other = newer.ticket, older.ticket
        newer.waiting = False
        shared = tuple(sorted(one.interests & other.interests)) if one.interests else ()
        self._pairings.append(Pairing(MatchId(self._new_match()), one, other, shared, now))

    def _remove(self, entry: Entry) -> None:
        ticket = entry.ticket
        entry.waiting = False
        entry.walk = None
        tickets = self._tickets[ticket.gateway]
        del tickets[ticket.number]
        if not tickets:
            del self._tickets[ticket.gateway]
        self._shelves[ticket.pool].remove(entry)

    def _stage_change(self, entry: Entry, now: float) -> StageChange:
        widens_at = entry.ticket.since + self._stages.widens_at(entry.stage)
        return StageChange(entry.ticket, entry.stage, max(0.0, widens_at - now) if widens_at < inf else 0.0)


def _everybody(entry: Entry, shelves: Shelves) -> Iterator[Entry]:
    """All that the entry may meet in its stage, however many; the walk may rest between any two."""
    for level in LEVELS[entry.stage]:
        for queue in shelves.queues(entry.ticket, level, None):
            yield from queue.walk()
