"""State machines that drive the waiting room and its model with the same random actions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.contract.ids import GatewayId
from services.contract.lanes import OVERFLOW_AFTER
from services.matcher.core.crowded_networks import REFRESH_EVERY, CrowdLimits
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import POOLS, Pairing, Pool, StageChange, Ticket, pool_of_room
from services.matcher.core.waiting_room import WaitingRoom

from .model import Model, blocks, partings, same_person
from .tickets import ticket

AGES = (2.0, 5.0, 15.0)
SLACK = 1.0
"""Seconds within which the room must pair two tickets that accept each other."""
HINT_SLACK = 4.0

visitors = st.integers(0, 9)
some_visitors = st.frozensets(visitors, max_size=3)
pools = st.sampled_from(
    [POOLS[1, 0]] * 6
    + [POOLS[1, 1], POOLS[3, 0]]
    + [pool_of_room(POOLS[1, 0], "p:a"), pool_of_room(POOLS[1, 0], "p:b")]
)
wishes = st.fixed_dictionaries(
    {
        "pool": pools,
        "gateway": st.sampled_from([GatewayId("one"), GatewayId("two")]),
        "epoch": st.integers(1, 3),
        "interests": st.frozensets(st.sampled_from("abc"), max_size=3),
        "languages": st.lists(st.sampled_from(["en", "de", "cy"]), max_size=2, unique=True).map(tuple),
        "country": st.sampled_from(["", "DE", "FR"]),
        "nearby": st.booleans(),
        "avoid_countries": st.frozensets(st.sampled_from(["DE", "FR"]), max_size=1),
        "device": st.sampled_from([0, 0, 0, 7, 8]),
        "blocked": st.one_of(st.just(frozenset()), some_visitors),
        "guest": st.sampled_from([False, False, True]),
        "side_lane": st.sampled_from([False, False, True]),
        "deferred": st.sampled_from([False, False, True]),
        "network": st.sampled_from([b"", b"x", b"x", b"y"]),
        "region": st.sampled_from(["", "eu", "eu", "us"]),
    }
)


class WaitingRoomMachine(RuleBasedStateMachine):
    """Visitors arrive with any wish, age, past and epoch, leave, or lose their gateway. Time passes."""

    stages = Stages(AGES, thin=0, tiny=0)
    least = 0
    limits = CrowdLimits(tickets=2, hurry=0.0, busy=0)

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.model = Model(AGES, self.least, self.limits)
        # A scan looks at two tickets a turn, so that few tickets make scans of several turns.
        self.room = WaitingRoom(self.stages, self.limits, scan_size=2, scans_per_turn=10)
        self.due = self.now
        self.hints: dict[int, str] = {}
        self.stirred = self.now

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
        told = [(one.ticket, one.newer) for one in self.room.offer([wanted], self.now)]
        assert told == self.model.offer(wanted, self.now), "a gateway hears what is true, and only if it must"
        self.stirred = self.now

    @rule(pool=pools)
    def crowd(self, pool: Pool) -> None:
        """Let visitors of two networks search so often that the networks are crowded. They meet nobody."""
        self.settle()
        for visitor, network in enumerate((b"x", b"x", b"x", b"y", b"y", b"y", b"elsewhere"), start=100):
            seen = ticket(visitor, self.now, pool=pool, network=network, blocked=frozenset(range(10)))
            assert self.model.offer(seen, self.now) == []
            assert self.room.offer([seen], self.now) == []
            del self.model.waiting[seen.number]
            self.room.withdraw(seen.gateway, seen.number)
        self.stirred = self.now
        self.let_time_pass(REFRESH_EVERY)
        assert self.model.networks[pool].crowded >= {b"x", b"y"}

    @precondition(lambda self: self.model.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        # The index is stable, while the numbers differ in each run.
        place = data.draw(st.integers(0, len(self.model.waiting) - 1))
        number = sorted(self.model.waiting)[place]
        self.settle()
        gone = self.model.waiting.pop(number, None)
        if gone is not None:
            self.room.withdraw(gone.gateway, gone.number)
            self.stirred = self.now

    @rule(gateway=st.sampled_from(["one", "two"]))
    def lose_a_gateway(self, gateway: str) -> None:
        self.settle()
        self.room.forget(GatewayId(gateway))
        self.stirred = self.now
        for number, waiting in list(self.model.waiting.items()):
            if waiting.gateway == gateway:
                del self.model.waiting[number]

    @rule(seconds=st.sampled_from([0.01, 0.3, 1.0, 1.5, 3.0, 10.0, 60.0]))
    def let_time_pass(self, seconds: float) -> None:
        end = self.now + seconds
        self.settle()
        while self.due <= end:
            self.now = max(self.now + 0.001, self.due)
            self.settle()
        self.now = max(self.now, end)
        self.settle()

    @invariant()
    def keep_the_rules(self) -> None:
        self.settle()
        assert self.model.missed(self.now - SLACK) == []
        for pool, waiting in self.room.waiting().items():
            assert waiting == sum(each.pool is pool for each in self.model.waiting.values())
        for visitor in range(10):
            assert self.room.is_searching(visitor) == any(
                each.visitor_key == visitor for each in self.model.waiting.values()
            )

    @invariant()
    def overflow_from_side_lanes(self) -> None:
        self.settle()
        for number, waiting in self.model.waiting.items():
            assert not waiting.side_lane or self.now - self.model.came[number] <= OVERFLOW_AFTER + SLACK

    @invariant()
    def know_who_is_alone(self) -> None:
        self.settle()
        if self.now - self.stirred > HINT_SLACK:
            for number, waiting in self.model.waiting.items():
                assert (self.hints[number] == "alone") == (self.others(waiting) == [])

    def settle(self) -> None:
        """Advance the room, and check each pair and each stage change."""
        self.model.refresh(self.now)
        advance = self.room.advance(self.now)
        self.due = advance.next_at
        for pairing in advance.pairings:
            one, other = self.model.take(pairing)
            assert not any(self.room.is_waiting(each.gateway, each.number) for each in (one, other))
            self.check(one, other, pairing)
            self.stirred = self.now
        for lonely in advance.overflow:
            assert self.model.waiting.pop(lonely.number) is lonely
            assert lonely.side_lane
            assert self.now - self.model.came[lonely.number] >= OVERFLOW_AFTER
            self.stirred = self.now
        for change in advance.stage_changes:
            self.believe(change)
        self.model.keep(self.room.waiting())

    def check(self, one: Ticket, other: Ticket, pairing: Pairing) -> None:
        acceptable = (
            self.model.acceptable(one, other, pairing.at),
            self.model.acceptable(other, one, pairing.at),
        )
        assert all(acceptable), f"{one.visitor} and {other.visitor} met against the rules"
        kept_apart = self.model.kept_apart(one, other, pairing.at, certainly=True)
        assert not kept_apart, f"{one.visitor} and {other.visitor} are of different kinds"
        assert not self.model.in_other_regions(one, other, pairing.at), "a region was left too early"

    def believe(self, change: StageChange) -> None:
        """Check that the ticket waits and that its hint is true."""
        waiting = self.model.waiting[change.ticket.number]
        assert self.room.is_waiting(waiting.gateway, waiting.number)
        self.hints[waiting.number] = change.hint
        field, _, tags = change.hint.partition(":")
        others = self.others(waiting)
        assert field in {"", "alone", "nobody", "met", "languages", "interests", "avoid_countries", "nearby"}
        if field == "nobody":
            assert all(refused_by_other(waiting, other) for other in others)
        elif field == "met":
            assert any(partings(waiting, other) for other in others)
        elif field == "avoid_countries":
            assert any(other.country in waiting.avoid_countries for other in others)
        elif field == "nearby":
            assert waiting.nearby
        if tags:
            of_others = {tag for other in others for tag in getattr(other, field)}
            assert set(tags.split(",")) <= set(getattr(waiting, field)) - of_others

    def others(self, waiting: Ticket) -> list[Ticket]:
        return [
            other
            for other in self.model.waiting.values()
            if other.pool is waiting.pool and not same_person(other, waiting)
        ]


def refused_by_other(one: Ticket, other: Ticket) -> bool:
    """Tell whether no change of the wish of `one` could help."""
    return (
        blocks(one, other)
        or blocks(other, one)
        or one.country in other.avoid_countries
        or (other.strict_language and not set(one.languages) & set(other.languages))
        or (one.guest and other.guest)
    )


class ThinPoolMachine(WaitingRoomMachine):
    """The machine for a pool that is always thin. Tickets accept more, but no rule is broken."""

    stages = Stages(AGES, thin=32, tiny=4)  # ten visitors, two devices and seven in crowds are never as many
    least = 2

    def check(self, one: Ticket, other: Ticket, pairing: Pairing) -> None:
        """Check a pair of a tiny pool, which accepts former partners at once."""
        self.model.least = 3
        super().check(one, other, pairing)
        self.model.least = self.least
