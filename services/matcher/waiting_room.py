"""The waiting room: wishes come in, pairs come out. Pure: time and match ids are given to it."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from math import inf
from typing import cast

from services.contract.ids import GatewayId, MatchId, TicketId

from .hints import FEW, explain
from .queues import Entry, Queue
from .search import Look, glance
from .shelves import LEVELS, Shelves
from .stages import INTEREST, LANGUAGE, REPEATS, Crowd, Stages
from .tickets import POOLS, Pairing, Pool, StageChange, Ticket
from .timers import Timers

SCAN = 32
"""How many waiting tickets one look compares; a look that needs more goes on later."""

STEPS = 300
_DUE = 200
"""Steps of unfinished looks, and tickets that are due, in one turn: some milliseconds of work."""
_REST = 0.008
"""Seconds from turn to turn, so that those who come are served between two."""

_LANGUAGES = 16
"""Shelves that a glance of whoever named no language passes; where there are more it is a look."""

_ATTEND_EVERY = 1.0
_SWEEP_EVERY = 1.0
_EXPLAIN_EVERY = 2.0
_EXPLAIN_AFTER = 1.0
"""Seconds between two turns to a small pool, two sweeps of what is left of those who went, two hints for a
ticket, and before its first in a large pool."""
_EXPLAIN = 30
"""How many are explained at a time."""


class WaitingRoom:
    """Holds the waiting tickets of all pools and pairs two as soon as each is acceptable to the other."""

    def __init__(
        self, new_match: Callable[[], str], stages: Stages, scan: int = SCAN, steps: int = STEPS
    ) -> None:
        self._new_match = cast("Callable[[], MatchId]", new_match)
        self._stages = stages
        self._first_age = stages.ages[0]
        self._scan = scan
        self._steps = steps
        self._pools = {pool: Shelves(Crowd(stages.ages[2], stages.thin)) for pool in POOLS.values()}
        self._swept = -inf
        self._to_tidy = cycle(self._pools.values())
        self._tickets: dict[GatewayId, dict[TicketId, Entry]] = {}
        self._timers: Timers[Entry] = Timers()
        self._most_timers = 1024
        self._walkers: deque[Entry] = deque()
        self._walks: dict[Entry, Iterator[Entry | None]] = {}
        self._rested = -inf
        self._pairings: list[Pairing] = []
        self._new: list[Entry] = []
        self._changed: list[Entry] = []

    def offer(self, ticket: Ticket, now: float) -> None:
        """Pair the ticket at once if somebody fits, else let it wait. It replaces one of the same number."""
        tickets = self._tickets.get(ticket.gateway)
        if tickets is None:
            tickets = self._tickets[ticket.gateway] = {}
        elif ticket.number in tickets:
            self._remove(tickets[ticket.number])
        shelves = self._pools[ticket.pool]
        look = None
        if (
            (ticket.languages or len(shelves.standing) <= _LANGUAGES)
            and now - ticket.since < self._first_age
            and now < shelves.crowd.full_until
            and not ticket.nearby
        ):
            stage = INTEREST if ticket.interests else LANGUAGE
            found = glance(ticket, stage, shelves.standing)
        else:
            shelves.crowd.see(ticket.visitor_key, now)
            stage = self._stage(ticket, shelves, now)
            found = shelves.everybody
        if type(found) is Queue:
            look = Look(ticket, stage, now, self._stages.parted, self._scan)
            look.around(shelves)
            found = look.partner
        if found is not None:
            self._pair(ticket, found, now)
            return
        entry = Entry(ticket, stage)
        shelves.waiting += 1
        tickets[ticket.number] = entry
        for level in LEVELS[stage]:
            shelves.put(entry, level)
        self._new.append(entry)  # most are gone before anything else is worth while
        if look is not None:
            self._look_on(entry, look, shelves)

    def withdraw(self, gateway: GatewayId, number: TicketId) -> None:
        """Forget a ticket; one that does not wait (it was paired meanwhile) is no error."""
        entry = self._tickets.get(gateway, {}).get(number)
        if entry is not None:
            self._remove(entry)
            self._stir(self._pools[entry.ticket.pool])

    def waits(self, gateway: GatewayId, number: TicketId) -> bool:
        """Whether the ticket waits."""
        return number in self._tickets.get(gateway, {})

    def forget(self, gateway: GatewayId) -> None:
        """Forget all tickets of a gateway."""
        for entry in list(self._tickets.get(gateway, {}).values()):
            self._remove(entry)
            self._stir(self._pools[entry.ticket.pool])
        self._tickets.pop(gateway, None)

    def advance(self, now: float) -> list[Pairing]:
        """See to those who are due or are few, and hand over the pairs since the last time."""
        self._settle_in()
        self.go_on(now)
        for shelves in self._pools.values():
            if 0 < shelves.waiting <= FEW:
                if self._pairings or self._changed:
                    self._stir(shelves)
                if shelves.attend_at <= now:
                    self._attend(shelves, now)
        self._tidy(now)
        pairings, self._pairings = self._pairings, []
        return pairings

    def go_on(self, now: float) -> None:
        """If it is time, widen what is due and go on with unfinished looks; `advance` hands over the pairs.

        The newest look and the oldest go on by turns, each until it ends: whoever has just come does not wait
        for a crowd of hopeless ones, and nobody for ever.
        """
        if now < self._rested:
            return
        self._rested = now + _REST
        for entry in self._timers.pop(now, _DUE):
            if entry.waiting and entry.due <= now:
                self._widen(entry, now)
        for step in range(self._steps):
            if not self._walkers:
                return
            end = -(step % 2)
            if self._walk_on(self._walkers[end], now):
                del self._walkers[end]

    @property
    def goes_on_at(self) -> float | None:
        """When there are looks to `go_on` with; None when never."""
        due = -inf if self._walkers else self._timers.next()
        return None if due is None else max(due, self._rested)

    def stage_changes(self, now: float) -> list[StageChange]:
        """The stage and the hint of each ticket of which either changed, and which waits still."""
        self._settle_in()
        changed, self._changed = self._changed, []
        left = _EXPLAIN
        changes: list[StageChange] = []
        for entry in dict.fromkeys(changed):  # some for two reasons
            if entry.waiting:
                shelves = self._pools[entry.ticket.pool]
                worth = shelves.waiting <= FEW or now - entry.ticket.since >= _EXPLAIN_AFTER
                if worth and left and entry.explained < now:
                    left -= 1
                    explain(entry, shelves, now, self._stages.parted)
                changes.append(self._stage_change(entry, now))
        return changes

    @property
    def has_news(self) -> bool:
        """Whether there are pairs or stage changes to hand over."""
        return bool(self._pairings or self._changed or self._new)

    def next_due(self, now: float) -> float | None:
        """When `advance` is wanted next though nothing comes in; None when never."""
        if self._new:
            return now
        times = [shelves.attend_at for shelves in self._pools.values() if 0 < shelves.waiting <= FEW]
        if any(shelves.untidy for shelves in self._pools.values()):
            times.append(self._swept + _SWEEP_EVERY)
        times.append(inf if (due := self.goes_on_at) is None else due)
        return None if min(times) == inf else min(times)

    def waiting(self) -> Mapping[Pool, int]:
        """How many wait in each pool."""
        return {pool: shelves.waiting for pool, shelves in self._pools.items()}

    def _stage(self, ticket: Ticket, shelves: Shelves, now: float) -> int:
        waiting = shelves.waiting
        crowd = waiting if waiting >= self._stages.thin else max(waiting, shelves.crowd.size(now))
        picky = bool(ticket.interests) or (ticket.nearby and bool(ticket.country))
        return self._stages.stage(now - ticket.since, picky, crowd)

    def _settle_in(self) -> None:
        """See to those who came since the last time and were not paired at once."""
        new, self._new = self._new, []
        for entry in new:
            if entry.waiting:
                ticket = entry.ticket
                self._look_again(entry, ticket.since + self._stages.widens_at(entry.stage))
                self._pools[ticket.pool].everybody.add(entry)
                self._changed.append(entry)

    def _tidy(self, now: float) -> None:
        next(self._to_tidy).tidy()
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            for shelves in self._pools.values():
                if shelves.untidy:
                    shelves.sweep()
        if len(self._timers) > self._most_timers:
            self._timers.keep(lambda entry: entry.waiting)
            self._most_timers = 2 * len(self._timers) + 1024

    def _stir(self, shelves: Shelves) -> None:
        """Somebody came or left: see soon what that means for the others, where they are few."""
        shelves.stirred = True
        shelves.attend_at = min(shelves.attend_at, shelves.attended + _ATTEND_EVERY)

    def _attend(self, shelves: Shelves, now: float) -> None:
        """Widen those for whom the market became too thin to wait, and tell anew what keeps each waiting."""
        stirred, shelves.stirred = shelves.stirred, False
        shelves.attended, shelves.attend_at = now, inf
        left = _EXPLAIN
        entries = list(shelves.everybody.walk())
        for entry in entries:
            if entry.waiting and self._stage(entry.ticket, shelves, now) > entry.stage:
                self._widen(entry, now)
        remaining = [entry for entry in entries if entry.waiting]
        stirred = stirred or len(remaining) < len(entries)
        for entry in remaining:
            entry.stale = entry.stale or stirred
            if left and entry.stale and now - entry.explained >= _EXPLAIN_EVERY:
                left -= 1
                if explain(entry, shelves, now, self._stages.parted):
                    self._changed.append(entry)
            if entry.stale or entry.stage < REPEATS:
                shelves.attend_at = now + _ATTEND_EVERY

    def _widen(self, entry: Entry, now: float) -> None:
        ticket = entry.ticket
        shelves = self._pools[ticket.pool]
        stage = max(entry.stage, self._stage(ticket, shelves, now))
        before = LEVELS[entry.stage]
        if stage != entry.stage:
            entry.stage = stage
            self._changed.append(entry)
        look = Look(ticket, stage, now, self._stages.parted, self._scan)
        look.around(shelves)
        if look.partner is not None:
            self._remove(entry)
            self._pair(ticket, look.partner, now)
            return
        for level in LEVELS[stage][len(before) :]:
            shelves.put(entry, level)
        entry.due = inf
        self._look_again(entry, ticket.since + self._stages.widens_at(stage))
        self._look_on(entry, look, shelves)

    def _look_on(self, entry: Entry, look: Look, shelves: Shelves) -> None:
        """See to what a look left open."""
        self._look_again(entry, look.again)
        if not look.finished:
            if entry not in self._walks:
                self._walkers.append(entry)
            self._walks[entry] = shelves.walk(entry.ticket, entry.stage)

    def _look_again(self, entry: Entry, when: float) -> None:
        if when < entry.due:
            entry.due = when
            self._timers.add(when, entry)

    def _walk_on(self, entry: Entry, now: float) -> bool:
        """Let an unfinished look take a step; whether that was the last."""
        walk = self._walks[entry]
        if entry.waiting:
            look = Look(entry.ticket, entry.stage, now, self._stages.parted, self._scan)
            look.further(walk)
            self._look_again(entry, look.again)
            if look.partner is not None:
                self._remove(entry)
                self._pair(entry.ticket, look.partner, now)
            elif not look.finished:
                return False
        del self._walks[entry]
        return True

    def _pair(self, one: Ticket, partner: Entry, now: float) -> None:
        other = partner.ticket
        partner.waiting = False
        del self._tickets[other.gateway][other.number]
        self._pools[other.pool].waiting -= 1
        shared = one.interests & other.interests
        interests = tuple(sorted(shared)) if len(shared) > 1 else tuple(shared)  # one needs no sorting
        self._pairings.append(Pairing(self._new_match(), one, other, interests, now))

    def _remove(self, entry: Entry) -> None:
        ticket = entry.ticket
        entry.waiting = False
        del self._tickets[ticket.gateway][ticket.number]
        self._pools[ticket.pool].waiting -= 1

    def _stage_change(self, entry: Entry, now: float) -> StageChange:
        ticket, stage = entry.ticket, entry.stage
        widens_in = max(0.0, ticket.since + self._stages.widens_at(stage) - now) if stage < REPEATS else 0.0
        return StageChange(ticket, stage, widens_in, entry.hint)
