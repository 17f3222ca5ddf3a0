"""Fakes of what a hub is connected to besides gateways, and the keys that seal what browsers keep."""

from collections.abc import Callable
from math import inf

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.contract.keys import new_key, parse_ring
from services.contract.line_digests import LineDigester
from services.contract.memory import MemorySealer
from services.contract.passes import PassSealer
from services.contract.rate_limit import UNLIMITED
from services.signaling.core.messages import Banned, Mode
from services.signaling.core.signal_filter import SignalFilter
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.ice import IceProvider
from services.signaling.shell.match_messages import MatchMessages
from services.signaling.shell.stats.minute_counters import MinuteCounters

RING = parse_ring(new_key())
PASSES, MEMORIES, LINES = PassSealer(RING), MemorySealer(RING), LineDigester(RING)
ICE = IceProvider("all")


def unscreened() -> SignalFilter:
    return SignalFilter("all", inf, UNLIMITED)


def match_messages(gateway: GatewayId, clock: Callable[[], float], ice: IceProvider = ICE) -> MatchMessages:
    return MatchMessages(gateway, PASSES, MEMORIES, MinuteCounters(), True, ice, clock, clock)


class FakeMatchmaker:
    """A `Matchmaker` that keeps the offers it gets."""

    def __init__(self) -> None:
        self.offers: dict[TicketId, tuple[SearchTicket, bool]] = {}
        self.withdrawn: list[TicketId] = []
        self.tickets: list[SearchTicket] = []
        """All tickets that were offered, also former ones."""

    def offer(self, ticket: SearchTicket, restricted: bool) -> None:
        assert ticket.id not in self.offers
        self.offers[ticket.id] = (ticket, restricted)
        self.tickets.append(ticket)

    def withdraw(self, ticket: TicketId) -> None:
        del self.offers[ticket]
        self.withdrawn.append(ticket)

    def waiting(self, mode: Mode, restricted: bool) -> int:
        return sum(
            (ticket.wish.mode, audience) == (mode, restricted) for ticket, audience in self.offers.values()
        )

    def ticket_of(self, visitor: VisitorId) -> TicketId:
        return next(ticket.id for ticket, _ in self.offers.values() if ticket.visitor == visitor)


class FakeStandings:
    """A `Standings` that a test sets. It reports losses once it is started."""

    known = True

    def __init__(self, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._decided: dict[VisitorId, tuple[str, float]] = {}
        self._on_restricted: Callable[[VisitorId], None] = lambda visitor: None

    def start(self, on_restricted: Callable[[VisitorId], None]) -> None:
        self._on_restricted = on_restricted

    def decide(self, visitor: VisitorId, level: str, seconds: float = inf) -> None:
        """Set the standing of a visitor for `seconds`."""
        self._decided[visitor] = (level, self._wall_clock() + seconds)
        if level in ("banned", "restricted"):
            self._on_restricted(visitor)

    def ban(self, visitor: VisitorId) -> Banned | None:
        return Banned("nudity", False, "decision", "appeal") if self._is(visitor, "banned") else None

    def restricted(self, visitor: VisitorId) -> bool:
        return self._is(visitor, "restricted")

    def _is(self, visitor: VisitorId, level: str) -> bool:
        decided, until = self._decided.get(visitor, ("good", inf))
        return decided == level and self._wall_clock() < until


class FakeMembership:
    """A `ClusterMembership` in which gateways live until a test adds them to `dead`."""

    def __init__(self) -> None:
        self.dead: set[GatewayId] = set()

    def is_suspected(self, gateway: GatewayId) -> bool:
        return gateway in self.dead

    def watch(self, gateway: GatewayId) -> None:
        """Do nothing, for every gateway is watched."""
