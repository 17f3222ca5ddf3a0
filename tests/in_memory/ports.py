"""Fakes of what a hub is connected to besides gateways, and the keys that seal what browsers keep."""

from collections.abc import Callable
from itertools import count
from math import inf

from msgspec import Struct

from services.contract.ids import GatewayId, TicketId, VisitorId
from services.contract.invitations import InvitationSealer
from services.contract.keys import new_key, parse_ring
from services.contract.line_digests import LineDigester
from services.contract.memory import MemorySealer
from services.contract.passes import PassSealer
from services.contract.rate_limit import UNLIMITED
from services.contract.standing_index import StandingIndex
from services.signaling.core.messages import Banned, Mode
from services.signaling.core.signal_filter import SignalFilter
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.adapters.standings_watcher import OnRestricted
from services.signaling.shell.ice import IceProvider
from services.signaling.shell.match_messages import MatchMessages
from services.signaling.shell.stats.minute_counters import MinuteCounters

RING = parse_ring(new_key())
PASSES, MEMORIES, LINES = PassSealer(RING), MemorySealer(RING), LineDigester(RING)
INVITATIONS = InvitationSealer(RING)
ICE = IceProvider("all")


def unscreened() -> SignalFilter:
    return SignalFilter("all", inf, UNLIMITED)


def match_messages(gateway: GatewayId, clock: Callable[[], float], ice: IceProvider = ICE) -> MatchMessages:
    return MatchMessages(gateway, PASSES, MEMORIES, MinuteCounters(), True, ice, clock, clock)


class FakeMatchmaker:
    """A `Matchmaker` that keeps the offers it gets."""

    def __init__(self) -> None:
        self.offers: dict[TicketId, tuple[SearchTicket, bool]] = {}
        self.ready = True
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

    def waiting_in_room(self, ticket: TicketId) -> int:
        mine, restricted = self.offers[ticket]
        rooms = [(each.wish.mode, audience, each.wish.room) for each, audience in self.offers.values()]
        return rooms.count((mine.wish.mode, restricted, mine.wish.room))

    def ticket_of(self, visitor: VisitorId) -> TicketId:
        return next(ticket.id for ticket, _ in self.offers.values() if ticket.visitor == visitor)


LEVELS = ("good", "watched", "restricted", "banned")


class FakeDecision(Struct, frozen=True):
    """A decision that a test made. `until` is in Unix milliseconds, and 0 without an end."""

    visitor: VisitorId
    device: int
    level: int
    until: int
    sequence: int


class FakeStandings:
    """A `Standings` that a test sets. It reports losses once it is started."""

    known = True

    def __init__(self, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._decided: StandingIndex[FakeDecision] = StandingIndex(lambda decision: decision.until)
        self._sequences = count(1)
        self._on_restricted: OnRestricted = lambda visitor, device: None

    def start(self, on_restricted: OnRestricted) -> None:
        self._on_restricted = on_restricted

    def decide(self, visitor: VisitorId, level: str, seconds: float = inf, device: int = 0) -> None:
        """Set the standing of a visitor, who has the device, for `seconds`."""
        until = 0 if seconds == inf else int((self._wall_clock() + seconds) * 1000)
        self._decided.add(FakeDecision(visitor, device, LEVELS.index(level), until, next(self._sequences)))
        if level in ("banned", "restricted"):
            self._on_restricted(visitor, device)

    def ban(self, visitor: VisitorId, device: int) -> Banned | None:
        decision = self._in_force(visitor, device)
        if decision is None or LEVELS[decision.level] != "banned":
            return None
        return Banned("nudity", False, f"decision {decision.sequence}", f"appeal of {decision.visitor}")

    def restricted(self, visitor: VisitorId, device: int) -> bool:
        return self._is(visitor, device, "restricted")

    def watched(self, visitor: VisitorId, device: int) -> bool:
        return self._is(visitor, device, "watched")

    def _is(self, visitor: VisitorId, device: int, level: str) -> bool:
        decision = self._in_force(visitor, device)
        return decision is not None and LEVELS[decision.level] == level

    def _in_force(self, visitor: VisitorId, device: int) -> FakeDecision | None:
        return self._decided.strictest(visitor, device, int(self._wall_clock() * 1000))


class FakeMembership:
    """A `ClusterMembership` in which gateways live until a test adds them to `dead`."""

    def __init__(self) -> None:
        self.dead: set[GatewayId] = set()

    def is_suspected(self, gateway: GatewayId) -> bool:
        return gateway in self.dead

    def watch(self, gateway: GatewayId) -> None:
        """Do nothing, for every gateway is watched."""
