"""The waiting room: wishes come in, pairs come out. Pure: the time is given to it."""

from collections.abc import Iterable, Mapping
from itertools import islice
from math import inf

from services.contract.ids import GatewayId, TicketId

from .deadline_queue import DeadlineQueue
from .deferred_scans import DeferredScans
from .partner_scan import INCONCLUSIVE, PartnerScan, quick_scan
from .pool_state import EXPLAIN, PoolState
from .stages import INTEREST, LANGUAGE, REPEATS, Stages
from .ticket_queue import WaitingTicket
from .tickets import POOLS, Pairing, Pool, StageChange, SupersededTicket, Ticket

SCAN = 32
"""How many waiting tickets one look compares at a time; a look that needs more goes on later."""

STEPS = 200
"""Steps of unfinished looks in one turn: some milliseconds of work."""
_REST = 0.016
"""Seconds from turn to turn, which leave most of the time to those who come."""

_WIDEN = 250
"""Tickets that widen in one turn: some milliseconds of work."""

_SWEEP_EVERY = 1.0
"""Seconds between two sweeps of what is left of those who went."""

_EXPLAIN_AFTER = 1.0
"""Seconds before the first hint for a ticket in a large market."""


class WaitingRoom:
    """Holds the waiting tickets of all pools and pairs two as soon as each is acceptable to the other.

    Of one visitor at most one ticket waits. What is known of their places goes with it.
    """

    def __init__(self, stages: Stages, scan: int = SCAN, steps: int = STEPS) -> None:
        self._stages = stages
        self._first_age = stages.ages[0]
        self._scan = scan
        self._markets = {pool: PoolState(stages) for pool in POOLS.values()}
        self._tickets: dict[GatewayId, dict[TicketId, WaitingTicket]] = {}
        self._visitors: dict[int, WaitingTicket] = {}
        self._looks = DeferredScans(steps)
        self._timers: DeadlineQueue[WaitingTicket] = DeadlineQueue(lambda entry: entry.waiting)
        self._rested_at = -inf
        self._swept = -inf
        self._pairings: list[Pairing] = []
        self._new: list[WaitingTicket] = []
        self._changed: list[WaitingTicket] = []

    # --- coming and going --------------------------------------------------------------------------

    def offer(self, ticket: Ticket, now: float) -> SupersededTicket | None:
        """Pair the ticket at once if somebody fits, else let it wait. It replaces one of the same number.

        Of two tickets of one visitor only that of the newer place may wait, and of one place the later.
        Returns the other if its gateway is to be told so: this ticket, or the one that has waited.
        """
        superseded = None
        if ticket.visitor_key in self._visitors:
            superseded = self._supersede(ticket)
            if superseded is not None and superseded.ticket is ticket:
                return superseded
        market = self._markets[ticket.pool]
        if now < market.busy_until and now - ticket.since < self._first_age and not ticket.nearby:
            stage = INTEREST if ticket.interests else LANGUAGE  # as the market would say, sooner
        else:
            market.see(ticket, now)
            stage = market.stage(ticket, now)
        found = quick_scan(ticket, stage, market.shelves, self._scan)
        if type(found) is WaitingTicket:
            self._pair(ticket, found, market, now)
            return superseded
        entry = WaitingTicket(ticket, stage)
        self._enlist(entry)
        market.waiting += 1
        market.shelves.put(entry)
        self._new.append(entry)  # most are gone before anything else is worth while
        if found is INCONCLUSIVE:
            self._look(entry, now)
        return superseded

    def expect(self, tickets: Iterable[Ticket], now: float) -> None:
        """These are about to be offered: the first of a crowd is not treated as if nobody else came."""
        for ticket in tickets:
            market = self._markets[ticket.pool]
            if market.busy_until <= now:
                market.see(ticket, now)

    def withdraw(self, gateway: GatewayId, number: TicketId) -> None:
        """Forget a ticket; one that does not wait (it was paired meanwhile) is no error."""
        entry = self._tickets.get(gateway, {}).get(number)
        if entry is not None:
            self._remove(entry).mark_changed()

    def waits(self, gateway: GatewayId, number: TicketId) -> bool:
        """Whether the ticket waits."""
        return number in self._tickets.get(gateway, {})

    def searches(self, visitor_key: int) -> bool:
        """Whether a ticket of the visitor waits."""
        return visitor_key in self._visitors

    def forget(self, gateway: GatewayId) -> None:
        """Forget all tickets of a gateway."""
        for number in list(self._tickets.get(gateway, {})):
            self.withdraw(gateway, number)
        self._tickets.pop(gateway, None)

    def waiting(self) -> Mapping[Pool, int]:
        """How many wait in each pool."""
        return {pool: market.waiting for pool, market in self._markets.items()}

    # --- as time passes ----------------------------------------------------------------------------

    def advance(self, now: float) -> list[Pairing]:
        """See to those who are due or are few, and hand over the pairs since the last time."""
        self._settle_in()
        self.go_on(now)
        self._attend(now)
        self._tidy(now)
        pairings, self._pairings = self._pairings, []
        return pairings

    def go_on(self, now: float) -> None:
        """Widen what is due, and now and then let unfinished looks go on; `advance` hands over the pairs."""
        for entry in islice(self._timers.due(now), _WIDEN):
            if entry.due <= now:
                self._widen(entry, now)
        if self._rested_at <= now and self._looks:
            self._rested_at = now + _REST
            for look, partner in self._looks.turn():
                self._found(look.entry, partner, now, look.again)

    @property
    def goes_on_at(self) -> float:
        """When there is something to `go_on` with; infinite when never."""
        return min(self._timers.next(), self._rested_at if self._looks else inf)

    def stage_changes(self, now: float) -> list[StageChange]:
        """The stage and the hint of each ticket of which either changed, and which waits still."""
        self._settle_in()
        changed, self._changed = self._changed, []
        left = EXPLAIN
        changes: list[StageChange] = []
        for entry in dict.fromkeys(changed):  # some for two reasons
            if entry.waiting:
                market = self._markets[entry.ticket.pool]
                worth = market.few or now - entry.ticket.since >= _EXPLAIN_AFTER
                if worth and left and entry.told.at < now:
                    left -= 1
                    market.explain(entry, now)
                changes.append(self._stage_change(entry, now))
        return changes

    @property
    def has_news(self) -> bool:
        """Whether there are pairs or stage changes to hand over."""
        return bool(self._pairings or self._changed or self._new)

    def next_due(self, now: float) -> float:
        """When `advance` is wanted next though nothing comes in; infinite when never."""
        if self._new:
            return now
        times = [market.refresh_at for market in self._markets.values() if market.few]
        if any(market.untidy for market in self._markets.values()):
            times.append(self._swept + _SWEEP_EVERY)
        return min([self.goes_on_at, *times])

    def _settle_in(self) -> None:
        """See to those who came since the last time and were not paired at once."""
        new, self._new = self._new, []
        for entry in new:
            if entry.waiting:
                self._wake(entry)
                self._markets[entry.ticket.pool].everybody.add(entry)
                self._changed.append(entry)

    def _attend(self, now: float) -> None:
        """See to one small market that is due, and to what those were told who wait in the others."""
        for market in self._markets.values():
            if not market.few:
                self._changed += market.retract_hints()
            elif self._pairings or self._changed:
                market.mark_changed()
        for market in self._markets.values():
            if market.few and market.refresh_at <= now:
                before = market.waiting
                for entry in market.due_to_widen(now):
                    self._widen(entry, now)
                if market.waiting < before:
                    market.mark_changed()
                self._changed += market.refresh_hints(now)
                return

    def _tidy(self, now: float) -> None:
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            for market in self._markets.values():
                if market.untidy:
                    market.sweep()

    # --- one ticket --------------------------------------------------------------------------------

    def _widen(self, entry: WaitingTicket, now: float) -> None:
        market = self._markets[entry.ticket.pool]
        before = entry.stage
        entry.stage = max(before, market.stage(entry.ticket, now))
        entry.due = inf
        if entry.stage != before:
            self._changed.append(entry)
        found = quick_scan(entry.ticket, entry.stage, market.shelves, self._scan)
        if found is INCONCLUSIVE:
            self._look(entry, now)
        else:
            self._found(entry, found, now)
        if entry.waiting:
            market.shelves.put(entry, before)

    def _look(self, entry: WaitingTicket, now: float) -> None:
        shelves = self._markets[entry.ticket.pool].shelves
        look = PartnerScan(entry, shelves, now, self._stages.parted, self._scan)
        self._found(entry, look.go_on(), now, look.again)
        if not look.finished:
            self._looks.add(look)

    def _found(
        self, entry: WaitingTicket, partner: WaitingTicket | None, now: float, again: float = inf
    ) -> None:
        """Pair the entry if there is somebody; else see to it when it widens, or `again`."""
        if partner is not None:
            market = self._remove(entry)
            self._pair(entry.ticket, partner, market, now)
        elif entry.waiting:
            self._wake(entry, again)

    def _wake(self, entry: WaitingTicket, again: float = inf) -> None:
        """See to it when it widens, or `again`."""
        when = min(entry.ticket.since + self._stages.widens_at(entry.stage), again)
        if when < entry.due:
            entry.due = when
            self._timers.add(when, entry)

    def _supersede(self, ticket: Ticket) -> SupersededTicket | None:
        """Let the waiting ticket of the same visitor go, unless it is from a newer place than `ticket`."""
        entry = self._visitors[ticket.visitor_key]
        waiting = entry.ticket
        if ticket.place < waiting.place:
            return SupersededTicket(ticket, waiting.place)
        self._remove(entry).mark_changed()
        replaced = waiting.gateway == ticket.gateway and waiting.number == ticket.number
        return None if replaced or waiting.place == ticket.place else SupersededTicket(waiting, ticket.place)

    def _enlist(self, entry: WaitingTicket) -> None:
        """Make the entry known by its number, in the place of one that has the same, and by its visitor."""
        ticket = entry.ticket
        tickets = self._tickets.get(ticket.gateway)
        if tickets is None:
            tickets = self._tickets[ticket.gateway] = {}
        elif ticket.number in tickets:
            self._remove(tickets[ticket.number])
        tickets[ticket.number] = self._visitors[ticket.visitor_key] = entry

    def _pair(self, one: Ticket, partner: WaitingTicket, market: PoolState, now: float) -> None:
        other = partner.ticket
        partner.waiting = False
        market.waiting -= 1
        del self._tickets[other.gateway][other.number]
        del self._visitors[other.visitor_key]
        self._pairings.append(Pairing(one, other, now))

    def _remove(self, entry: WaitingTicket) -> PoolState:
        ticket = entry.ticket
        market = self._markets[ticket.pool]
        market.waiting -= 1
        entry.waiting = False
        del self._tickets[ticket.gateway][ticket.number]
        del self._visitors[ticket.visitor_key]
        return market

    def _stage_change(self, entry: WaitingTicket, now: float) -> StageChange:
        ticket, stage = entry.ticket, entry.stage
        widens_in = max(0.0, ticket.since + self._stages.widens_at(stage) - now) if stage < REPEATS else 0.0
        return StageChange(ticket, stage, widens_in, entry.told.hint)
