"""Sessions keep invariants 1, 2, 3 and 6 in every order of events that Hypothesis finds."""

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.contract.ids import MatchId, visitor_key
from services.signaling.core import events
from services.signaling.core.messages import Banned, Find, Next, Stop, Typing

from .session_network import ScriptedVisitor, SessionNetwork

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "300"))

whom = st.integers(0, 2)
which = st.integers(0, 30)


class SessionMachine(RuleBasedStateMachine):
    """Three visitors act at random while the matcher and the network misbehave."""

    def __init__(self) -> None:
        super().__init__()
        self.network = SessionNetwork()

    def _one(self, number: int) -> ScriptedVisitor:
        self.network.now += 0.25
        return self.network.visitors[number]

    @rule(number=whom)
    def find(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.network.says(who, Find("video"))

    @rule(number=whom)
    def next(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.network.says(who, Next())

    @rule(number=whom)
    def stop(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.network.says(who, Stop())

    @rule(number=whom, stale=st.booleans())
    def talk(self, number: int, stale: bool) -> None:
        who = self._one(number)
        match = MatchId("match-1") if stale else who.latest
        if match is not None:
            self.network.says(who, Typing(match), f"{who.visitor}|{match}".encode())

    @rule(number=whom, other=whom)
    def block(self, number: int, other: int) -> None:
        who, blocked = self._one(number), self.network.visitors[other].visitor
        who.blocked.add(visitor_key(blocked))
        self.network.happens(who, events.BlockRequested(MatchId("some match"), blocked))

    @rule(number=whom)
    def reconnect(self, number: int) -> None:
        who = self._one(number)
        self.network.happens(who, events.Disconnected())
        who.connect()

    @rule(number=whom)
    def ban(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.network.happens(who, events.VisitorBanned(Banned("spam", True, "decision", "appeal")))
        who.connect()

    @rule(one=whom, apart=st.integers(1, 2))
    def propose(self, one: int, apart: int) -> None:
        """Propose two tickets that wait as far as the gateways know."""
        mine, theirs = self.network.visitors[one], self.network.visitors[(one + apart) % 3]
        its, yours = mine.session.summary, theirs.session.summary
        if its.phase == yours.phase == "searching":
            self.network.propose(mine, its.ticket, theirs, yours.ticket)

    @rule(parts=whom, one=whom, apart=st.integers(1, 2), steps=st.integers(0, 6))
    def meet(self, parts: int, one: int, apart: int, steps: int) -> None:
        """Make two meet in a calm network, because most runs would see no match otherwise."""
        self.network.settle()
        self.next(parts)
        for number, who in enumerate(self.network.visitors):
            if who.session.summary.phase == "idle":
                self.find(number)
        self.network.settle()
        self.propose(one, apart)
        for _ in range(steps):
            self.deliver(0, 1)

    @rule(one=whom, other=whom, its=which, theirs=which)
    def propose_the_past(self, one: int, other: int, its: int, theirs: int) -> None:
        mine, yours = self.network.visitors[one], self.network.visitors[other]
        if mine.past and yours.past:
            self.network.propose(
                mine, mine.past[-1 - its % len(mine.past)], yours, yours.past[-1 - theirs % len(yours.past)]
            )

    @rule(queue=which, times=st.integers(1, 6))
    def deliver(self, queue: int, times: int) -> None:
        for _ in range(times):
            if self.network.queues:
                self.network.deliver(self._queue(queue))

    @precondition(lambda self: self.network.queues)
    @rule(queue=which)
    def lose(self, queue: int) -> None:
        self.network.lose(self._queue(queue))

    @rule(number=whom)
    def time_out(self, number: int) -> None:
        who = self._one(number)
        if who.timers:
            self.network.time_out(who)

    @rule()
    def settle(self) -> None:
        self.network.settle()

    def teardown(self) -> None:
        self.network.settle()

    def _queue(self, number: int) -> Any:
        waiting = sorted(self.network.queues)
        return waiting[number % len(waiting)]


SessionMachine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, print_blob=True
)
TestSessions = SessionMachine.TestCase
