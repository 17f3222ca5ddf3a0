"""Each match is confirmed every three seconds, together with the others of the same gateway."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.contract.gateway_messages import PartnerLocation
from services.contract.ids import GatewayId, VisitorId
from services.signaling.core.confirmation_schedule import BATCH_SIZE, INTERVAL, ConfirmationSchedule

from ...in_memory.cluster import InMemoryCluster

TICK = 0.1


class ScheduledMatches:
    """A schedule, and the running matches: the partner's gateway for each visitor."""

    def __init__(self) -> None:
        self.schedule = ConfirmationSchedule()
        self.matches: dict[VisitorId, GatewayId] = {}
        self.now_tick = 0
        self.confirmed: dict[VisitorId, list[int]] = defaultdict(list)
        """The ticks in which each visitor was matched or confirmed the match."""

    def match(self, visitor: str, gateway: str) -> None:
        self.matches[VisitorId(visitor)] = GatewayId(gateway)
        self.schedule.add(VisitorId(visitor), GatewayId(gateway), self.now_tick * TICK)
        self.confirmed[VisitorId(visitor)] = [self.now_tick]

    def tick_on(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.now_tick += 1
            self.schedule.run_due(self._confirm, self.now_tick * TICK)

    def _confirm(self, visitor: VisitorId) -> GatewayId | None:
        if visitor in self.matches:
            self.confirmed[visitor].append(self.now_tick)
        return self.matches.get(visitor)


def ticks_in(seconds: float = INTERVAL) -> int:
    return round(seconds / TICK) + 1


names = st.sampled_from([f"v{number}" for number in range(12)])
gateways = st.sampled_from(["g0", "g1", "g2"])
steps = st.one_of(
    st.tuples(st.just("meet"), names, gateways),
    st.tuples(st.just("moves"), names, gateways),
    st.tuples(st.just("parts"), names, st.none()),
    st.tuples(st.just("waits"), st.integers(1, 40), st.none()),
)


@given(st.lists(steps, max_size=60))
def test_no_match_goes_unconfirmed_for_longer_than_three_seconds(
    story: list[tuple[str, str, str] | tuple[str, int, None]],
) -> None:
    scheduled = ScheduledMatches()
    for what, who, where in story:
        if what == "meet":
            scheduled.match(str(who), str(where))
        elif what == "moves" and who in scheduled.matches:
            scheduled.matches[VisitorId(str(who))] = GatewayId(str(where))  # the schedule is not told
        elif what == "parts":
            scheduled.matches.pop(VisitorId(str(who)), None)
        elif what == "waits":
            scheduled.tick_on(int(who))
    scheduled.tick_on(2 * ticks_in())
    for visitor in scheduled.matches:
        ticks = [*scheduled.confirmed[visitor], scheduled.now_tick]
        assert max(later - former for former, later in pairwise(ticks)) <= ticks_in()


def test_confirmations_are_no_more_frequent_than_needed() -> None:
    scheduled = ScheduledMatches()
    for number in range(100):
        scheduled.match(f"v{number}", f"g{number % 3}")
        scheduled.tick_on()
    scheduled.tick_on(ticks_in(10 * INTERVAL))
    assert {len(taken) - 1 for taken in scheduled.confirmed.values()} <= set(range(9, 15))


def test_matches_with_the_same_gateway_are_confirmed_together() -> None:
    scheduled = ScheduledMatches()
    for number in range(100):
        scheduled.match(f"v{number}", f"g{number % 4}")
        scheduled.tick_on()
    scheduled.tick_on(2 * ticks_in())
    for gateway in range(4):
        last = {
            taken[-1]
            for visitor, taken in scheduled.confirmed.items()
            if scheduled.matches[visitor] == f"g{gateway}"
        }
        assert len(last) == 1


def test_very_many_are_not_confirmed_in_one_tick() -> None:
    scheduled = ScheduledMatches()
    for number in range(3 * BATCH_SIZE):
        scheduled.match(f"v{number}", "g")
    scheduled.tick_on(ticks_in() + 1)
    ticks = [taken[1] for taken in scheduled.confirmed.values()]
    assert len(ticks) == 3 * BATCH_SIZE
    assert max(map(ticks.count, set(ticks))) == BATCH_SIZE


def test_all_are_confirmed_at_once_when_all_are_due() -> None:
    scheduled = ScheduledMatches()
    for number in range(5):
        scheduled.match(f"v{number}", f"g{number % 2}")
    scheduled.schedule.make_all_due()
    scheduled.tick_on()
    assert {taken[-1] for taken in scheduled.confirmed.values()} == {scheduled.now_tick}


def test_an_ended_match_is_not_confirmed() -> None:
    scheduled = ScheduledMatches()
    scheduled.match("v", "g")
    scheduled.matches.clear()
    scheduled.tick_on(3 * ticks_in())
    assert scheduled.confirmed[VisitorId("v")] == [0]


def test_a_hub_confirms_all_matches_with_another_gateway_in_one_batch() -> None:
    cluster = InMemoryCluster()
    here, there, far = map(cluster.hub, ("here", "there", "far"))
    for hub in (here, there, there, far):
        cluster.meet(cluster.searching(here), cluster.searching(hub))
    told = []
    for _ in range(ticks_in()):
        cluster.now += TICK
        here.tick()
        told += [gateway for gateway, _ in cluster.network.messages_of(PartnerLocation)]
        cluster.network.lose_messages()
    assert sorted(told) == ["far", "there", "there"], "matches within one gateway need no confirmation"
    assert sum(one != other for one, other in pairwise(told)) == 1
