"""Gateways and matcher replicas in one process, on a network and with a clock that a test drives.

Hubs, matchmakers, waiting rooms and what they say to each other are the real ones. Nothing happens by itself:
messages arrive when the test delivers them, and timers fire when it moves the clock.
"""

from functools import partial
from itertools import count

from services.contract.gateway_messages import Accept, GatewayMessage
from services.contract.ids import GatewayId, MatchId, VisitorId, random_id
from services.contract.log_hashes import LogHasher
from services.contract.passes import PassContent
from services.contract.rate_limit import UNLIMITED, Rate
from services.runtime.logs import Logger
from services.runtime.tracer import NoTracer, Tracer
from services.signaling.core.conduct import ConductLimits, Conducts
from services.signaling.core.events import Event
from services.signaling.core.match_side import MatchProposal
from services.signaling.shell.adapters.matcher_client import MatcherClient
from services.signaling.shell.call_follower import CallFollower
from services.signaling.shell.hub import Hub
from services.signaling.shell.ice import IceProvider
from services.signaling.shell.meeting_registry import MeetingRegistry
from services.signaling.shell.meeting_service import MeetingService
from services.signaling.shell.pending_tickets import PendingTickets
from services.signaling.shell.pools.named_pool import NamedPools
from services.signaling.shell.pools.pool_admission import PoolAdmission, RulesConfirmed
from services.signaling.shell.ports import Bus, RoomAdmission
from services.signaling.shell.sealed_requests import SealedRequests
from services.signaling.shell.stats.popular_interests import PopularInterests

from .matcher import Link, Replica
from .network import QueuedBus, QueuedNetwork
from .page import Page
from .ports import (
    ICE,
    INVITATIONS,
    PASSES,
    RING,
    FakeMatchmaker,
    FakeMembership,
    FakeStandings,
    match_messages,
)
from .pub_sub import FakePubSub

TICK = 0.1


class InMemoryCluster:
    """Some gateways, replicas and a clock. Without replicas the test is the matcher and proposes matches."""

    def __init__(
        self,
        replicas: int = 0,
        searches: Rate = UNLIMITED,
        ice: IceProvider = ICE,
        hub_type: type[Hub] = Hub,
        tabs_meet: bool = False,
        tracer: Tracer | None = None,
        log: Logger | None = None,
    ) -> None:
        self.now = 1000.0
        self.tabs_meet = tabs_meet
        self.admission: RoomAdmission = PoolAdmission(NamedPools(), RulesConfirmed(), self.clock)
        self.tracer = tracer or NoTracer()
        self.log = log
        self.searches = searches
        self.ice = ice
        self.hub_type = hub_type
        self.network = QueuedNetwork()
        self.hubs: dict[GatewayId, Hub] = {}
        """The gateways that live."""
        self.standings = FakeStandings(self.clock)
        self.conducts = Conducts(ConductLimits(8, 40, UNLIMITED))
        self.pub_sub = FakePubSub()
        self.registries: dict[Hub, MeetingRegistry] = {}
        self.matchmakers: dict[Hub, FakeMatchmaker] = {}
        """The matchmakers of gateways without replicas. They keep the offers."""
        self.accepted: set[tuple[str, VisitorId]] = set()
        """Accepted matches, each with the visitor to whom that was told."""
        self._membership: dict[GatewayId, FakeMembership] = {}
        matches = count(1)
        self.replicas = [
            Replica(self.network, self.clock, f"replica-{number}", matches) for number in range(replicas)
        ]

    def clock(self) -> float:
        return self.now

    @property
    def links(self) -> list[Link]:
        return [link for replica in self.replicas for link in replica.links.values()]

    # --- gateways ----------------------------------------------------------------------------------

    def hub(self, name: str, bus: Bus | None = None) -> Hub:
        """Start a gateway on the network in memory, or on another `bus`."""
        gateway = GatewayId(name)
        matchmaker = MatcherClient(gateway, [], PopularInterests()) if self.replicas else FakeMatchmaker()
        membership = self._membership[gateway] = FakeMembership()
        messages, registry = match_messages(gateway, self.clock, self.ice), MeetingRegistry(self.pub_sub)
        hub = self.hub_type(
            gateway,
            PendingTickets(
                matchmaker, self.standings, self.conducts, registry, self.admission, self.tabs_meet
            ),
            bus or QueuedBus(self.network, gateway),
            self.standings,
            messages,
            SealedRequests(messages, MeetingService(PASSES, INVITATIONS, registry, self.clock)).open,
            membership,
            CallFollower(gateway, LogHasher(RING), self.tracer, self.log),
            self.clock,
            searches=self.searches,
        )
        self.registries[hub] = registry
        self.hubs[gateway] = self.network.listeners[gateway] = hub
        if isinstance(matchmaker, FakeMatchmaker):
            self.matchmakers[hub] = matchmaker
        else:
            matchmaker._on_event = hub.on_matcher_event
            for replica in self.replicas:
                Link(gateway, matchmaker, replica).open()
        self._observe(hub)
        return hub

    def _observe(self, hub: Hub) -> None:
        """Record every acceptance, also within one gateway, and let no fault in a timer pass."""
        tell = hub._send_to_gateway

        def noting(gateway: GatewayId, message: GatewayMessage) -> None:
            if isinstance(message, Accept):
                self.accepted.add((message.match, message.to))
            tell(gateway, message)

        def failing(visitor: VisitorId, event: Event) -> None:
            if (client := hub.clients.get(visitor)) is not None:
                hub._on_event(client, event)

        hub._send_to_gateway = noting  # type: ignore[method-assign]
        hub._on_timer = failing  # type: ignore[method-assign]

    def kill(self, hub: Hub) -> None:
        """Kill the gateway with all that is on its way to or from it. The others are not told."""
        del self.hubs[hub.gateway]
        self.network.kill(hub.gateway)
        for replica in self.replicas:
            replica.links[hub.gateway].end()

    def report_silence(self, hub: Hub) -> None:
        """Let each other gateway notice, when it is delivered, that this one is silent."""
        for name, other in self.hubs.items():
            self.network.put("presence", name, partial(self._lose_gateway, other, hub.gateway))

    def notice(self, hub: Hub) -> None:
        """Let the other gateways notice now that this one is silent."""
        self.report_silence(hub)
        self.network.deliver_all()

    def _lose_gateway(self, hub: Hub, lost: GatewayId) -> None:
        self._membership[hub.gateway].dead.add(lost)
        hub.on_gateway_lost(lost)

    def cut_off(self, hub: Hub) -> None:
        """Take NATS from the gateway: nothing reaches or leaves it."""
        self.network.cut_off.add(hub.gateway)

    def reconnect(self, hub: Hub) -> None:
        """Give NATS back to the gateway, which sees that."""
        self.network.reconnect(hub.gateway)

    def pause(self, hub: Hub) -> None:
        """Stop the process of the gateway. What is sent to it waits in its buffers."""
        self.network.paused.add(hub.gateway)

    def unpause(self, hub: Hub) -> None:
        """Let the process go on: its clock comes first, and then what lies in its buffers."""
        self.network.paused.discard(hub.gateway)
        hub.tick()
        self.network.deliver_all()

    # --- time --------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Move the clock, and let all that is due happen. Nothing arrives meanwhile."""
        self.now += seconds
        for name, hub in list(self.hubs.items()):
            if name not in self.network.paused:
                hub.tick()
        for replica in self.replicas:
            replica.advance()

    def run(self, seconds: float) -> None:
        """Let time pass as in a real cluster: gateways tick, and everything arrives."""
        for _ in range(round(seconds / TICK)):
            self.wait(TICK)
            self.network.deliver_all()

    def fire_timer(self, hub: Hub) -> bool:
        """Let the next timer of a session fire, although it is not due. Return False if there is none."""
        queues = [queue for queue in hub._timers._queues.values() if queue]
        if queues:
            _, visitor, event = min(queues, key=lambda queue: queue[0][0]).popleft()
            hub._on_timer(visitor, event)
        return bool(queues)

    # --- visitors ----------------------------------------------------------------------------------

    def page(self, hub: Hub, device: int = 0) -> Page:
        page = Page(hub, VisitorId(random_id()), device=device)
        assert page.types() == ["welcome"]
        return page

    def searching(self, hub: Hub, device: int = 0, once: bool = False) -> Page:
        page = self.page(hub, device=device)
        page.find(languages=["de"], once=once)
        page.take()
        return page

    def proposals(self, one: Page, other: Page) -> tuple[MatchProposal, MatchProposal]:
        """Return what a matcher would propose to the gateways of two who search."""
        match = MatchId(random_id())
        tickets = [self.matchmakers[page.hub].ticket_of(page.visitor) for page in (one, other)]
        return (
            MatchProposal(match, tickets[0], other.visitor, other.hub.gateway, other.epoch, True, ("music",)),
            MatchProposal(match, tickets[1], one.visitor, one.hub.gateway, one.epoch, False, ("music",)),
        )

    def propose(self, page: Page, proposal: MatchProposal) -> None:
        """Propose a match to the hub. A paired ticket is offered no more."""
        self.matchmakers[page.hub].offers.pop(proposal.ticket, None)
        page.hub.on_matcher_event(proposal)

    def meet(self, one: Page, other: Page) -> str:
        """Match the two, and return the match. Their frames are not taken yet."""
        first, second = self.proposals(one, other)
        self.propose(one, first)
        self.propose(other, second)
        self.network.deliver_all()
        return first.match

    def pass_of(self, page: Page) -> PassContent:
        """Open the newest pass of the page's match."""
        return PASSES.open(page.sealed_pass, page.visitor, self.now)
