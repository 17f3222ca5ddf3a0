"""Sessions keep invariants 1, 2, 3 and 6 in every order of events that Hypothesis finds.

Here the matcher misbehaves: it proposes any two tickets, also old ones. `tests/unit/test_cluster_machine.py`
has the real matcher, and faults of processes.
"""

import os
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bench.client.events import ClientEvent
from services.contract.gateway_messages import Accept, Relay
from services.contract.ids import MatchId, TicketId, VisitorId, random_id, visitor_key
from services.contract.memory import unpack_keys, unpack_partners
from services.signaling.core.events import ProposalTimedOut
from services.signaling.core.match_side import MatchProposal
from services.signaling.core.messages import Chat, Matched, Memory
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.network import Path
from ...in_memory.ports import MEMORIES
from ..browsers import Browser, Storage

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "300"))
VISITORS = 3
MATCHER = "matcher"

whom = st.integers(0, VISITORS - 1)
which = st.integers(0, 30)


class RememberingBrowser(Browser):
    """A browser that checks the memories and tickets of its visitor, who may meet a former partner again."""

    rematch_seconds = 0.0

    def _on_event(self, event: ClientEvent) -> None:
        super()._on_event(event)
        if isinstance(event, Matched | Memory):
            content = MEMORIES.open(event.memory, self.visitor, self.cluster.now)
            partners = {key for key, _ in unpack_partners(content.partners)}
            self.check_history(partners, unpack_keys(content.blocked))
            assert content.present == (visitor_key(self.partner) if self.match else 0)

    def check_history(self, partners: set[int], blocked: tuple[int, ...]) -> None:
        assert partners == set(map(visitor_key, self.storage.parted)), "a partner is forgotten"
        assert set(blocked) == set(map(visitor_key, self.blocked)), "a block is forgotten"


class SessionMachine(RuleBasedStateMachine):
    """Three visitors, each at their own gateway, act at random. The matcher and the network misbehave."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = InMemoryCluster()
        self.network = self.cluster.network
        self.browsers: list[RememberingBrowser] = []
        for number in range(VISITORS):
            hub, storage = self.cluster.hub(f"gateway-{number}"), Storage()
            self.browsers.append(RememberingBrowser(self.cluster, hub, VisitorId(random_id()), storage))
        self.matches = 0
        self.checked: set[tuple[VisitorId, TicketId]] = set()
        """The tickets that were right when they were offered. A later block does not change them."""

    # --- visitors ----------------------------------------------------------------------------------

    @rule(number=whom)
    def find(self, number: int) -> None:
        self._one(number).find()

    @rule(number=whom)
    def next(self, number: int) -> None:
        self._one(number).next()

    @rule(number=whom)
    def stop(self, number: int) -> None:
        self._one(number).stop()

    @rule(number=whom)
    def talk(self, number: int) -> None:
        self._one(number).talk()

    @rule(number=whom, former=st.integers(0, 3))
    def talk_in_another_match(self, number: int, former: int) -> None:
        browser, match = self._one(number), f"match-{max(self.matches - former, 0)}"
        if match != browser.match:
            browser.says(Chat(match, 1, "a line in another match", "1"))

    @rule(number=whom, match=which)
    def block(self, number: int, match: int) -> None:
        browser = self._one(number)
        browser.flush()  # a search that begins now does not know of the block yet
        self.nobody_is_stranded()
        browser.block(match)

    @rule(number=whom)
    def reconnect(self, number: int) -> None:
        """Let a visitor lose their socket and come back without a pass and a memory."""
        self._one(number).loses_socket()
        self._start_anew(number)

    @rule(number=whom)
    def ban(self, number: int) -> None:
        browser = self._one(number)
        self.cluster.standings.decide(browser.visitor, "banned")
        browser.hub.on_standing(browser.visitor, 0)
        self.cluster.standings.decide(browser.visitor, "good")
        assert browser.closed
        self._start_anew(number)

    def _start_anew(self, number: int) -> None:
        former = self.browsers[number]
        storage = Storage(epoch=former.storage.epoch)
        self.browsers[number] = RememberingBrowser(self.cluster, former.hub, former.visitor, storage)

    # --- the matcher -------------------------------------------------------------------------------

    @rule(one=whom, apart=st.integers(1, 2))
    def propose(self, one: int, apart: int) -> None:
        """Propose two tickets that wait as far as the gateways know."""
        mine, theirs = self._one(one), self.browsers[(one + apart) % VISITORS]
        if mine.summary.phase == theirs.summary.phase == "searching":
            self._propose(mine, mine.summary.ticket, theirs, theirs.summary.ticket)

    @rule(one=whom, other=whom, its=which, theirs=which)
    def propose_the_past(self, one: int, other: int, its: int, theirs: int) -> None:
        """Propose any two tickets, whether they still wait or not."""
        mine, yours = self.browsers[one], self.browsers[other]
        former, others = self._tickets(mine.hub), self._tickets(yours.hub)
        if former and others:
            self._propose(mine, former[-1 - its % len(former)], yours, others[-1 - theirs % len(others)])

    def _propose(self, one: Browser, its: TicketId, other: Browser, theirs: TicketId) -> None:
        self.matches += 1
        match = MatchId(f"match-{self.matches}")
        for me, ticket, partner, polite in ((one, its, other, True), (other, theirs, one, False)):
            proposal = MatchProposal(
                match, ticket, partner.visitor, partner.hub.gateway, partner.epoch, polite, ()
            )
            self.network.put(MATCHER, me.hub.gateway, partial(self.cluster.propose, me, proposal))

    def _tickets(self, hub: Hub) -> list[TicketId]:
        return [ticket.id for ticket in self.cluster.matchmakers[hub].tickets]

    @rule(parts=whom, one=whom, apart=st.integers(1, 2), steps=st.integers(0, 6))
    def meet(self, parts: int, one: int, apart: int, steps: int) -> None:
        """Make two meet in a calm network, because most runs would see no match otherwise."""
        self.settle()
        self.next(parts)
        for browser in self.browsers:
            if browser.summary.phase == "idle":
                browser.find()
        self.settle()
        self.propose(one, apart)
        for _ in range(steps):
            self.deliver(0, 1)

    # --- the network -------------------------------------------------------------------------------

    @rule(queue=which, times=st.integers(1, 6))
    def deliver(self, queue: int, times: int) -> None:
        for _ in range(times):
            if waiting := self.network.waiting():
                self.network.deliver(waiting[queue % len(waiting)])

    @precondition(lambda self: self._lossy())
    @rule(queue=which)
    def lose(self, queue: int) -> None:
        lossy = self._lossy()
        self.network.lose(lossy[queue % len(lossy)])

    def _lossy(self) -> list[Path]:
        """Return the queues whose next item may be lost without a repair after some seconds."""
        return [
            path
            for path in self.network.waiting()
            if path[0] == MATCHER or isinstance(self.network.next_message(path), Accept | Relay)
        ]

    @rule(number=whom)
    def time_out(self, number: int) -> None:
        """Let a timer fire too early."""
        self.cluster.fire_timer(self._one(number).hub)

    @rule()
    def settle(self) -> None:
        """Let everything arrive and every timer fire. Then all agree, without any confirmation."""
        self.network.deliver_all()
        while any(self.cluster.fire_timer(browser.hub) for browser in self.browsers):
            self.network.deliver_all()
        for browser in self.browsers:
            summary = browser.summary
            assert summary.phase != "reserved", "a reservation without an end"
            assert summary.match == browser.match
            if browser.match:
                (partner,) = [other for other in self.browsers if other.visitor == summary.partner]
                theirs = partner.summary
                assert (theirs.match, theirs.partner) == (browser.match, browser.visitor), "a ghost"

    def teardown(self) -> None:
        self.settle()

    # --- what must be true -------------------------------------------------------------------------

    @invariant()
    def nobody_is_stranded(self) -> None:
        """Check that a ticket is offered for each visitor who searches, and for nobody else."""
        for browser in self.browsers:
            summary, hub = browser.summary, browser.hub
            offers = self.cluster.matchmakers[hub].offers
            assert list(offers) == ([summary.ticket] if summary.phase == "searching" else [])
            for ticket, _ in offers.values():
                if (browser.visitor, ticket.id) not in self.checked:
                    self.checked.add((browser.visitor, ticket.id))
                    browser.check_history({key for key, _ in ticket.partners}, ticket.blocked)
            if summary.phase == "reserved":
                timers = [event for queue in hub._timers._queues.values() for _, _, event in queue]
                assert any(isinstance(event, ProposalTimedOut) for event in timers)

    def _one(self, number: int) -> RememberingBrowser:
        self.cluster.wait(0.25)
        self.nobody_is_stranded()
        return self.browsers[number]


SessionMachine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, print_blob=True
)
pytestmark = pytest.mark.no_cover
TestSessions = SessionMachine.TestCase
