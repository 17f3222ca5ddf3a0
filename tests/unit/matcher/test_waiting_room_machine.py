"""The waiting room against its model, under whatever Hypothesis thinks of."""

import os
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.contract.ids import GatewayId
from services.matcher.stages import Stages
from services.matcher.tickets import POOLS, Pairing, Ticket
from services.matcher.waiting_room import WaitingRoom

from .model import Model
from .tickets import ticket

EXAMPLES = int(os.environ.get("ZUFALL_TEST_EXAMPLES", "150"))
AGES = (2.0, 5.0, 15.0)
SLACK = 1.0

visitors = st.integers(0, 9)
some_visitors = st.frozensets(visitors, max_size=3)
countries = st.sampled_from(["", "DE", "FR"])
wishes = st.fixed_dictionaries(
    {
        "pool": st.sampled_from([POOLS[1, 0], POOLS[1, 0], POOLS[1, 0], POOLS[1, 1], POOLS[3, 0]]),
        "gateway": st.sampled_from([GatewayId("one"), GatewayId("two")]),
        "interests": st.frozensets(st.sampled_from("abc"), max_size=3),
        "languages": st.lists(st.sampled_from(["en", "de", "cy"]), max_size=2, unique=True).map(tuple),
        "country": countries,
        "avoid_countries": st.frozensets(st.sampled_from(["DE", "FR"]), max_size=1),
        "blocked": st.one_of(st.just(frozenset()), some_visitors),
    }
)


class Machine(RuleBasedStateMachine):
    """Visitors come with any wish, age and past, leave, lose their gateway, and time passes."""

    stages = Stages(AGES, thin=0, tiny=0)

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.model = Model(AGES)
        matches = count()
        # Two at a look, so that few tickets are enough to make looks that need more than one.
        self.room = WaitingRoom(lambda: str(next(matches)), self.stages, scan=2)
        self.matches: set[str] = set()

    @rule(
        visitor=visitors,
        age=st.sampled_from([0.0, 0.0, 0.0, 1.0, 4.0, 20.0]),
        strict=st.booleans(),
        past=st.dictionaries(visitors, st.sampled_from([0.0, 30.0, 50.0, 59.9, 70.0]), max_size=3),
        wish=wishes,
    )
    def offer(
        self, visitor: int, age: float, strict: bool, past: dict[int, float], wish: dict[str, Any]
    ) -> None:
        wanted = ticket(
            visitor,
            self.now - age,
            strict_language=strict and bool(wish["languages"]),
            partners={partner: self.now - ago for partner, ago in past.items()},
            **wish,
        )
        self.model.waiting[wanted.number] = wanted
        self.model.came[wanted.number] = self.now
        self.room.offer(wanted, self.now)

    @precondition(lambda self: self.model.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.waiting)))
        self.settle()
        gone = self.model.waiting.pop(number, None)
        if gone is not None:
            self.room.withdraw(gone.gateway, gone.number)

    @rule(gateway=st.sampled_from(["one", "two"]))
    def lose_a_gateway(self, gateway: str) -> None:
        self.settle()
        self.room.forget(GatewayId(gateway))
        for number, waiting in list(self.model.waiting.items()):
            if waiting.gateway == gateway:
                del self.model.waiting[number]

    @rule(seconds=st.sampled_from([0.01, 0.3, 1.0, 1.5, 3.0, 10.0, 60.0]))
    def let_time_pass(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.room.next_due(self.now)) is not None and due <= end:
            self.now = max(self.now + 0.001, due)
            self.settle()
        self.now = max(self.now, end)
        self.settle()

    @invariant()
    def keep_the_rules(self) -> None:
        self.settle()
        assert self.model.missed(self.now - SLACK) == []
        assert sum(self.room.waiting().values()) == len(self.model.waiting)

    def settle(self) -> None:
        """Take the pairs out of the room, and check each."""
        for pairing in self.room.advance(self.now):
            one, other = self.model.take(pairing)
            assert pairing.match not in self.matches
            self.matches.add(pairing.match)
            assert set(pairing.shared_interests) == one.interests & other.interests
            self.check(one, other, pairing)
        for change in self.room.stage_changes(self.now):
            assert change.ticket.number in self.model.waiting

    def check(self, one: Ticket, other: Ticket, pairing: Pairing) -> None:
        assert self.model.acceptable(one, other, pairing.at)


class ThinMachine(Machine):
    """The same where the market is always thin: wider, but no rule is broken and nobody waits longer."""

    stages = Stages(AGES, thin=16, tiny=4)

    def check(self, one: Ticket, other: Ticket, pairing: Pairing) -> None:
        assert not self.model.forbidden(one, other, pairing.at)


_settings = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
TestWaitingRoom = Machine.TestCase
TestWaitingRoom.settings = _settings
TestThinMarket = ThinMachine.TestCase
TestThinMarket.settings = _settings
