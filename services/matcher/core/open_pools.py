"""The pools that are open: those of everybody always, and that of a room while somebody searches in it."""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf

from .crowded_networks import WINDOW, CrowdLimits
from .pool_state import PoolState
from .stages import Stages
from .ticket_queue import QueuedTicket
from .tickets import POOLS, Pool

ROOM_KEPT = 2 * WINDOW
"""Seconds for which the pool of a room stays open after its last ticket has left.

Then nobody has searched there lately, and no network is crowded there any more.
"""

EMPTY_ROOMS_KEPT = 1000
"""The most rooms that stay open without a ticket. Each takes some 7 kB."""

_SWEEP_EVERY = 1.0
"""Seconds between two sweeps of what tickets that left have left behind."""


class OpenPools:
    """The states of all open pools.

    There may be a room for each ticket. So nothing here walks through all pools: the owner adds to `changed`
    each pool in which a ticket came, widened or left, and only those are looked at.
    """

    def __init__(self, stages: Stages, limits: CrowdLimits) -> None:
        self.states = {pool: PoolState(stages, limits) for pool in POOLS.values()}
        self.changed: set[Pool] = set()
        self._stages = stages
        self._limits = limits
        self._empty: dict[Pool, float] = {}
        """The rooms without a ticket, the longest empty one first, and since when they are."""
        self._unswept: set[Pool] = set()
        self._swept_at = -inf
        self._due: list[tuple[float, int, PoolState]] = []
        """A heap of the pools that are to be refreshed, by time."""
        self._scheduled: set[PoolState] = set()
        self._order = count()

    def open(self, pool: Pool, now: float) -> PoolState:
        """Open the pool of a room."""
        self.changed.add(pool)
        state = self.states[pool] = PoolState(self._stages, self._limits)
        state.networks.refresh(now)
        return state

    def note_changes(self) -> Iterator[QueuedTicket]:
        """Look at the pools that have changed. Yield the tickets whose hint is retracted."""
        for pool in self.changed:
            state = self.states[pool]
            if state.is_small:
                state.mark_changed()
                self.schedule(state)
            else:
                yield from state.retract_hints()

    def due(self, now: float) -> Iterator[PoolState]:
        """Take out the small pools that are to be refreshed, one by one. Those not taken stay due."""
        while self._due and self._due[0][0] <= now:
            _, _, state = heappop(self._due)
            self._scheduled.discard(state)
            if state.is_small:
                yield state

    def schedule(self, state: PoolState) -> None:
        """Let a small pool come up when it is to be refreshed next."""
        if state.refresh_at < inf and state not in self._scheduled:
            self._scheduled.add(state)
            heappush(self._due, (state.refresh_at, next(self._order), state))

    def sweep(self, now: float) -> None:
        """Drop what tickets that left have left behind, once a second. This ends the changes."""
        for pool in self.changed:
            self._note_size(pool, self.states[pool], now)
        self.changed.clear()
        self._forget_rooms(now)
        if self._unswept and now - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = now
            for pool in tuple(self._unswept):
                self._sweep(pool)

    def next_at(self) -> float:
        """Return when something is due next. It is infinite when nothing is."""
        refresh_at = self._due[0][0] if self._due else inf
        sweep_at = self._swept_at + _SWEEP_EVERY if self._unswept else inf
        forget_at = next(iter(self._empty.values()), inf) + ROOM_KEPT
        return min(refresh_at, sweep_at, forget_at)

    def _sweep(self, pool: Pool) -> None:
        state = self.states[pool]
        state.sweep()
        if not state.needs_sweep:
            self._unswept.remove(pool)

    def _note_size(self, pool: Pool, state: PoolState, now: float) -> None:
        if state.needs_sweep:
            self._unswept.add(pool)
        self._empty.pop(pool, None)  # it changed, so it was in use since the last sweep
        if pool.room and not state.waiting:
            self._empty[pool] = now

    def _forget_rooms(self, now: float) -> None:
        """Close rooms that have been empty for long, and the longest empty ones if there are many."""
        while self._empty:
            pool, since = next(iter(self._empty.items()))
            if len(self._empty) <= EMPTY_ROOMS_KEPT and now - since < ROOM_KEPT:
                return
            del self._empty[pool], self.states[pool]
            self._unswept.discard(pool)
