"""Sessions against each other, under whatever Hypothesis thinks of: invariants 1, 2, 3 and 6."""

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.contract.ids import MatchId, visitor_key
from services.signaling.core import events
from services.signaling.core.messages import Banned, Find, Next, Stop, Typing

from .strangers import ScriptedVisitor, SessionNetwork

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "300"))

whom = st.integers(0, 2)
which = st.integers(0, 30)


class SessionMachine(RuleBasedStateMachine):
    """Three people press what they like; the matcher and the network do their worst."""

    def __init__(self) -> None:
        super().__init__()
        self.world = SessionNetwork()

    def _one(self, number: int) -> ScriptedVisitor:
        self.world.now += 0.25
        return self.world.strangers[number]

    @rule(number=whom)
    def find(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.world.says(who, Find("video"))

    @rule(number=whom)
    def next(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.world.says(who, Next())

    @rule(number=whom)
    def stop(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.world.says(who, Stop())

    @rule(number=whom, stale=st.booleans())
    def talk(self, number: int, stale: bool) -> None:
        who = self._one(number)
        match = MatchId("match-1") if stale else who.latest
        if match is not None:
            self.world.says(who, Typing(match), f"{who.visitor}|{match}".encode())

    @rule(number=whom, other=whom)
    def block(self, number: int, other: int) -> None:
        who, blocked = self._one(number), self.world.strangers[other].visitor
        who.blocked.add(visitor_key(blocked))
        self.world.happens(who, events.BlockRequested(MatchId("some match"), blocked))

    @rule(number=whom)
    def reconnect(self, number: int) -> None:
        who = self._one(number)
        self.world.happens(who, events.Disconnected())
        who.connect()

    @rule(number=whom)
    def ban(self, number: int) -> None:
        who = self._one(number)
        who.leaves()
        self.world.happens(who, events.VisitorBanned(Banned("spam", True, "decision", "appeal")))
        who.connect()

    @rule(one=whom, apart=st.integers(1, 2))
    def propose(self, one: int, apart: int) -> None:
        """Two tickets that wait, as far as the gateways know."""
        mine, theirs = self.world.strangers[one], self.world.strangers[(one + apart) % 3]
        its, yours = mine.session.summary, theirs.session.summary
        if its.phase == yours.phase == "searching":
            self.world.propose(mine, its.ticket, theirs, yours.ticket)

    @rule(parts=whom, one=whom, apart=st.integers(1, 2), steps=st.integers(0, 6))
    def meet(self, parts: int, one: int, apart: int, steps: int) -> None:
        """A calm in which all search and two are proposed: else most runs would see no match at all."""
        self.world.settle()
        self.next(parts)
        for number, who in enumerate(self.world.strangers):
            if who.session.summary.phase == "idle":
                self.find(number)
        self.world.settle()
        self.propose(one, apart)
        for _ in range(steps):
            self.deliver(0, 1)

    @rule(one=whom, other=whom, its=which, theirs=which)
    def propose_the_past(self, one: int, other: int, its: int, theirs: int) -> None:
        mine, yours = self.world.strangers[one], self.world.strangers[other]
        if mine.past and yours.past:
            self.world.propose(
                mine, mine.past[-1 - its % len(mine.past)], yours, yours.past[-1 - theirs % len(yours.past)]
            )

    @rule(queue=which, times=st.integers(1, 6))
    def deliver(self, queue: int, times: int) -> None:
        for _ in range(times):
            if self.world.queues:
                self.world.deliver(self._queue(queue))

    @precondition(lambda self: self.world.queues)
    @rule(queue=which)
    def lose(self, queue: int) -> None:
        self.world.lose(self._queue(queue))

    @rule(number=whom)
    def time_out(self, number: int) -> None:
        who = self._one(number)
        if who.timers:
            self.world.time_out(who)

    @rule()
    def settle(self) -> None:
        self.world.settle()

    def teardown(self) -> None:
        self.world.settle()

    def _queue(self, number: int) -> Any:
        waiting = sorted(self.world.queues)
        return waiting[number % len(waiting)]


SessionMachine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, print_blob=True
)
TestSessions = SessionMachine.TestCase
