"""The waiting room: wishes come in, pairs come out. Pure: it takes the time as an argument."""

from collections.abc import Mapping, Sequence
from itertools import islice
from math import inf

from services.contract.ids import GatewayId, TicketId
from services.contract.lanes import OVERFLOW_AFTER

from .crowded_networks import DEFAULT_LIMITS, REFRESH_EVERY, CrowdLimits
from .deadline_queue import DeadlineQueue
from .deferred_scans import DeferredScans
from .open_pools import OpenPools
from .partner_scan import INCONCLUSIVE, Inconclusive, PartnerScan, quick_scan
from .pool_state import MAX_HINTS, PoolState
from .stages import INTEREST, LANGUAGE, REPEATS, Stages
from .ticket_queue import QueuedTicket
from .tickets import POOLS, Advance, Pairing, Pool, StageChange, SupersededTicket, Ticket, TicketKind

SCAN_SIZE = 32
"""The number of waiting tickets that a scan compares before it pauses."""

SCANS_PER_TURN = 200
"""The number of times that deferred scans are resumed in one turn, which takes some milliseconds."""
_SCAN_PAUSE = 0.016
"""Seconds between two such turns, which leaves most of the time to new tickets."""

_WIDENED_AT_ONCE = 250
_OVERFLOW_AT_ONCE = 1000
"""The number of tickets that widen, and that overflow, in one advance."""

_RELEASE_EVERY = 5.0
"""Seconds after which a ticket that is not released in the last stage tries again."""

_HINT_AFTER = 1.0
"""Seconds of waiting before a ticket in a large pool gets its first hint."""


class WaitingRoom:
    """Holds the waiting tickets of all pools and pairs two tickets as soon as each accepts the other.

    Four methods change it: `offer`, `withdraw`, `forget` and `advance`. Only `advance` tells what happened.

    **Which pair is made.** Tickets of one pool may meet unless a rule excludes it (`rules.py`). A ticket
    begins at the stage that its wish and its pool call for and widens with age (`stages.py`). Two tickets are
    paired as soon as the stage of each accepts the other. A ticket that arrives or widens takes the best of
    those who accept it: first by level (interest and language, then language, then anyone), then by what both
    have in common, then by the longest wait. It takes a former partner only if nobody else is left.

    **Regions.** A ticket whose gateway names a region first waits for others of that region (`regions.py`).
    Two of different regions meet once one of them has reached stage 2, or if one of them has no preference.

    **Kinds.** In a busy pool a ticket that its gateway defers, or whose network is crowded, waits apart until
    the last stage (`pool_state.py`, `crowded_networks.py`).

    **Structure.** Each pool has an index (`ticket_index.py`) of buckets by language and key. A ticket is
    filed only where it accepts whoever searches there. So of two tickets under one key at least one rule
    excludes that they meet, or they would be paired already. Nearly every bucket therefore holds one ticket.
    Where many wait under one key, they are split by compatibility class (country, avoided countries, strict
    language), and a search skips each class that is excluded as a whole.

    **Offer.** A quick scan looks up at most (languages + 1) × (interests + 2) buckets and compares at most 32
    tickets. Its cost does not depend on the number of waiting tickets. Where 32 are not enough, a whole scan
    begins, which pauses after every 32 steps. Paused scans share turns of 200 resumptions every 16 ms: half
    go to the oldest scan and half to a young one. So a new ticket gets past 6,400 others, or as many classes,
    within two turns, and no scan waits for ever. A scan that pauses misses no ticket that was there when it
    began, because queues never move a ticket towards their front.

    **When a search happens.** On arrival, whenever the ticket widens, and when the cooldown ends of a former
    partner who was refused for that reason alone. Of two tickets that come to accept each other, the one that
    changed last searches and finds the other. So nothing is scanned periodically, with one exception: a pool
    of at most 64 tickets is refreshed once a second while it changes, because its tickets also widen when
    visitors leave.

    **Rooms.** The pool of a room opens with its first ticket and is forgotten two minutes after its last
    one left (`open_pools.py`). There may be as many as tickets. So no step walks through all of them, except
    the one that looks for crowded networks once a second.

    **Deadlines.** Widening and overflow are kept in slots of 50 ms, which costs O(1) a ticket. A ticket in a
    side lane that found nobody for one second overflows: it leaves, and belongs in lane 0.

    **Leaving.** A ticket that leaves is only marked, in O(1). Such a tombstone is overwritten by the next
    ticket with the same key, dropped by the next walk, or removed when a queue has doubled. Each new bucket
    pays for a visit to two old ones, and a sweep once a second drops what is left. Memory therefore stays
    within a constant factor of the waiting tickets (and 256 buckets a pool).

    **Cost.** Offer, withdrawal and pairing take O(1) expected time, widening O(1) amortized, `forget` O(k)
    for k tickets of the gateway, `advance` O(1) apart from the work that is due, which each call bounds.

    Of one visitor at most one ticket waits, that of the newest place. Nothing is remembered of a visitor
    after their ticket has left.
    """

    def __init__(
        self,
        stages: Stages,
        limits: CrowdLimits = DEFAULT_LIMITS,
        scan_size: int = SCAN_SIZE,
        scans_per_turn: int = SCANS_PER_TURN,
    ) -> None:
        self._stages = stages
        self._first_age = stages.ages[0]
        self._scan_size = scan_size
        self._open = OpenPools(stages, limits)
        self._pools = self._open.states
        self._changed_pools = self._open.changed
        self._by_number: dict[GatewayId, dict[TicketId, QueuedTicket]] = {}
        self._by_visitor: dict[int, QueuedTicket] = {}
        self._scans = DeferredScans(scans_per_turn)
        self._widening: DeadlineQueue[QueuedTicket] = DeadlineQueue(_is_waiting)
        self._side_lanes: DeadlineQueue[QueuedTicket] = DeadlineQueue(_is_waiting)
        self._next_turn = -inf
        self._networks_refreshed_at = -inf
        self._pairings: list[Pairing] = []
        self._arrived: list[QueuedTicket] = []
        self._changed: list[QueuedTicket] = []

    # --- the four methods --------------------------------------------------------------------------

    def offer(self, tickets: Sequence[Ticket], now: float) -> list[SupersededTicket]:
        """Pair each ticket at once if somebody fits, else let it wait.

        A ticket replaces a waiting one with the same number. Of two tickets of one visitor only that of the
        newer place may wait, and of one place the later. The result holds the tickets whose gateways must
        hear that their visitor is elsewhere: an offered one, or one that has waited until now.
        """
        self._refresh_networks(now)
        for ticket in tickets:  # before any is paired: the first of many is not treated as if it were alone
            state = self._pools.get(ticket.pool) or self._open.open(ticket.pool, now)
            state.networks.record(ticket)
            if state.saturated_until <= now:
                state.record_visitor(ticket, now)
        superseded: list[SupersededTicket] = []
        for ticket in tickets:
            if ticket.visitor_key in self._by_visitor:
                older = self._supersede(ticket)
                if older is not None:
                    superseded.append(older)
                    if older.ticket is ticket:
                        continue
            self._offer(ticket, now)
        return superseded

    def withdraw(self, gateway: GatewayId, number: TicketId) -> None:
        """Remove a ticket. It is not an error if it is not waiting: it may have been paired meanwhile."""
        entry = self._by_number.get(gateway, {}).get(number)
        if entry is not None:
            self._remove(entry)

    def forget(self, gateway: GatewayId) -> None:
        """Remove all tickets of a gateway."""
        for number in list(self._by_number.get(gateway, {})):
            self.withdraw(gateway, number)
        self._by_number.pop(gateway, None)

    def advance(self, now: float) -> Advance:
        """Do the work that is due, and return what has changed since the last call."""
        self._refresh_networks(now)
        self._settle_arrivals()
        self._widen_due(now)
        self._resume_scans(now)
        overflow = [
            self._overflow(entry) for entry in islice(self._side_lanes.pop_due(now), _OVERFLOW_AT_ONCE)
        ]
        self._refresh_pools(now)  # after all that leave, so that no hint counts them
        self._open.sweep(now)
        pairings, self._pairings = self._pairings, []
        return Advance(pairings, self._stage_changes(now), overflow, self._next_at())

    # --- what others may ask -----------------------------------------------------------------------

    def waiting(self) -> Mapping[Pool, int]:
        """Return the number of waiting tickets in each open pool."""
        return {pool: state.waiting for pool, state in self._pools.items()}

    def sizes(self) -> Mapping[Pool, int]:
        """Return the number of waiting tickets in each pool of everybody."""
        return {pool: self._pools[pool].waiting for pool in POOLS.values()}

    def crowded_networks(self) -> Mapping[Pool, int]:
        """Return the number of crowded networks in each open pool."""
        return {pool: len(state.networks.crowded) for pool, state in self._pools.items()}

    def is_waiting(self, gateway: GatewayId, number: TicketId) -> bool:
        return number in self._by_number.get(gateway, {})

    def is_searching(self, visitor_key: int) -> bool:
        """Tell whether a ticket of the visitor waits."""
        return visitor_key in self._by_visitor

    # --- a ticket arrives --------------------------------------------------------------------------

    def _offer(self, ticket: Ticket, now: float) -> None:
        state = self._pools[ticket.pool]
        if now < state.saturated_until and now - ticket.since < self._first_age and not ticket.nearby:
            stage = INTEREST if ticket.interests else LANGUAGE  # what `state.stage` would return, but faster
        else:
            stage = state.stage(ticket, now)
        crowded = state.networks.crowded
        if ticket.deferred or (crowded and ticket.network in crowded):
            kind = state.kind(ticket)
            if kind is not TicketKind.USUAL:
                self._offer_of_kind(ticket, stage, kind, now)
                return
        if ticket.region:
            self._offer_of_region(ticket, stage, state, now)
            return
        found = quick_scan(ticket, stage, state.index, self._scan_size)
        if type(found) is QueuedTicket:
            self._pair(ticket, found, state, now)
            return
        entry = QueuedTicket(ticket, stage)
        self._wait(entry, state, now)
        state.index.insert(entry)
        if found is INCONCLUSIVE or state.regions.indexes:
            self._scan(entry, now)

    def _offer_of_region(self, ticket: Ticket, stage: int, state: PoolState, now: float) -> None:
        """Pair a usual ticket of a region, or let it wait: first there, then with those of any region."""
        region = state.regions.record(ticket, now)
        has_one_level = stage == INTEREST or not ticket.interests
        found: QueuedTicket | Inconclusive | None = INCONCLUSIVE
        if region and has_one_level:
            found = quick_scan(ticket, stage, state.regions.indexes[region], self._scan_size)
            if found is None:
                found = quick_scan(ticket, stage, state.index, self._scan_size)
        if type(found) is QueuedTicket:
            self._pair(ticket, found, state, now)
            return
        entry = QueuedTicket(ticket, stage, region=region)
        self._wait(entry, state, now)
        state.insert(entry)
        if found is INCONCLUSIVE:
            self._scan(entry, now)

    def _offer_of_kind(self, ticket: Ticket, stage: int, kind: TicketKind, now: float) -> None:
        """Let a ticket that is not usual wait, and search."""
        state = self._pools[ticket.pool]
        entry = QueuedTicket(
            ticket, stage, kind=kind, crowd=ticket.network if kind is TicketKind.CROWDED else b""
        )
        self._wait(entry, state, now)
        state.insert(entry)
        if state.try_to_release(entry):
            state.index.insert(entry)
        self._scan(entry, now)

    def _wait(self, entry: QueuedTicket, state: PoolState, now: float) -> None:
        ticket = entry.ticket
        self._register(entry)
        state.waiting += 1
        self._changed_pools.add(ticket.pool)
        self._arrived.append(entry)  # most are paired before the next advance and need no more work
        if ticket.side_lane:
            self._side_lanes.add(now + OVERFLOW_AFTER, entry)

    def _supersede(self, ticket: Ticket) -> SupersededTicket | None:
        """Remove the waiting ticket of the same visitor, unless its place is newer than that of `ticket`."""
        entry = self._by_visitor[ticket.visitor_key]
        waiting = entry.ticket
        if ticket.place < waiting.place:
            return SupersededTicket(ticket, waiting.place)
        self._remove(entry)
        replaced = waiting.gateway == ticket.gateway and waiting.number == ticket.number
        return None if replaced or waiting.place == ticket.place else SupersededTicket(waiting, ticket.place)

    def _register(self, entry: QueuedTicket) -> None:
        """Make the ticket known by its number, in place of one with the same number, and by its visitor."""
        ticket = entry.ticket
        tickets = self._by_number.get(ticket.gateway)
        if tickets is None:
            tickets = self._by_number[ticket.gateway] = {}
        elif ticket.number in tickets:
            self._remove(tickets[ticket.number])
        tickets[ticket.number] = self._by_visitor[ticket.visitor_key] = entry

    # --- time passes -------------------------------------------------------------------------------

    def _settle_arrivals(self) -> None:
        """Give a deadline and a first stage change to the new tickets that were not paired at once."""
        arrived, self._arrived = self._arrived, []
        for entry in arrived:
            if entry.waiting:
                self._set_deadline(entry)
                self._pools[entry.ticket.pool].queue.add(entry)
                self._changed.append(entry)

    def _widen_due(self, now: float) -> None:
        for entry in islice(self._widening.pop_due(now), _WIDENED_AT_ONCE):
            if entry.due_at <= now:
                self._widen(entry, now)

    def _refresh_networks(self, now: float) -> None:
        if now - self._networks_refreshed_at >= REFRESH_EVERY:
            self._networks_refreshed_at = now
            for state in self._pools.values():
                state.networks.refresh(now)

    def _resume_scans(self, now: float) -> None:
        if self._next_turn <= now and self._scans:
            self._next_turn = now + _SCAN_PAUSE
            for scan, partner in self._scans.run_turn():
                self._conclude(scan.entry, partner, now, scan.retry_at)

    def _refresh_pools(self, now: float) -> None:
        """Refresh small pools that are due, and retract hints that are wrong in pools that have grown."""
        self._changed += self._open.note_changes()
        left = MAX_HINTS
        for state in self._open.due(now):
            left -= state.waiting
            self._refresh(state, now)
            if left <= 0:
                break

    def _refresh(self, state: PoolState, now: float) -> None:
        before = state.waiting
        for entry in state.due_to_widen(now):
            self._widen(entry, now)
        if state.waiting < before:
            state.mark_changed()
        self._changed += state.refresh_hints(now)
        self._open.schedule(state)

    def _overflow(self, entry: QueuedTicket) -> Ticket:
        self._remove(entry)
        return entry.ticket

    def _next_at(self) -> float:
        scans = self._next_turn if self._scans else inf
        return min(self._widening.next_at(), self._side_lanes.next_at(), self._open.next_at(), scans)

    def _stage_changes(self, now: float) -> list[StageChange]:
        """Return the stage and the hint of each waiting ticket of which either has changed."""
        changed, self._changed = self._changed, []
        left = MAX_HINTS
        changes: list[StageChange] = []
        for entry in dict.fromkeys(changed):  # some changed twice
            if entry.waiting:
                state = self._pools[entry.ticket.pool]
                may_have_hint = state.is_small or now - entry.ticket.since >= _HINT_AFTER
                if may_have_hint and left and entry.hinted.at < now:
                    left -= 1
                    state.update_hint(entry, now)
                changes.append(self._stage_change(entry, now))
        return changes

    def _stage_change(self, entry: QueuedTicket, now: float) -> StageChange:
        ticket, stage = entry.ticket, entry.stage
        widens_in = max(0.0, ticket.since + self._stages.widens_at(stage) - now) if stage < REPEATS else 0.0
        return StageChange(ticket, stage, widens_in, entry.hinted.hint, self._pools[ticket.pool].waiting)

    # --- one ticket --------------------------------------------------------------------------------

    def _widen(self, entry: QueuedTicket, now: float) -> None:
        """Move the ticket to its stage of now, and search again."""
        state = self._pools[entry.ticket.pool]
        self._changed_pools.add(entry.ticket.pool)
        before = entry.stage
        entry.stage = max(before, state.stage(entry.ticket, now))
        entry.due_at = inf
        if entry.stage != before:
            self._changed.append(entry)
        released = state.try_to_release(entry)
        found: QueuedTicket | Inconclusive | None = INCONCLUSIVE
        if entry.kind is TicketKind.USUAL and not state.regions.indexes:
            found = quick_scan(entry.ticket, entry.stage, state.index, self._scan_size)
        if found is INCONCLUSIVE:
            self._scan(entry, now)
        else:
            self._conclude(entry, found, now)
        if entry.waiting:
            state.insert(entry, before)
            if released:
                state.index.insert(entry)

    def _scan(self, entry: QueuedTicket, now: float) -> None:
        """Begin a whole scan, which is deferred if it does not end at once."""
        places = self._pools[entry.ticket.pool].searched_by(entry)
        scan = PartnerScan(entry, places, now, self._stages.rematch_cooldown, self._scan_size)
        self._conclude(entry, scan.resume(), now, scan.retry_at)
        if not scan.is_finished:
            self._scans.add(scan)

    def _conclude(
        self, entry: QueuedTicket, partner: QueuedTicket | None, now: float, retry_at: float = inf
    ) -> None:
        """Pair the ticket with its partner. Without one it searches again when it widens or at `retry_at`."""
        if partner is not None:
            state = self._remove(entry)
            self._pair(entry.ticket, partner, state, now)
        elif entry.waiting:
            if entry.kind is not TicketKind.USUAL and not entry.released and entry.stage == REPEATS:
                retry_at = min(retry_at, now + _RELEASE_EVERY)
            self._set_deadline(entry, retry_at)

    def _set_deadline(self, entry: QueuedTicket, retry_at: float = inf) -> None:
        when = min(entry.ticket.since + self._stages.widens_at(entry.stage), retry_at)
        if when < entry.due_at:
            entry.due_at = when
            self._widening.add(when, entry)

    def _pair(self, polite: Ticket, partner: QueuedTicket, state: PoolState, now: float) -> None:
        other = partner.ticket
        partner.waiting = False
        state.waiting -= 1
        self._changed_pools.add(other.pool)
        del self._by_number[other.gateway][other.number]
        del self._by_visitor[other.visitor_key]
        self._pairings.append(Pairing(polite, other, now))

    def _remove(self, entry: QueuedTicket) -> PoolState:
        ticket = entry.ticket
        state = self._pools[ticket.pool]
        state.waiting -= 1
        self._changed_pools.add(ticket.pool)
        entry.waiting = False
        del self._by_number[ticket.gateway][ticket.number]
        del self._by_visitor[ticket.visitor_key]
        return state


def _is_waiting(entry: QueuedTicket) -> bool:
    return entry.waiting
