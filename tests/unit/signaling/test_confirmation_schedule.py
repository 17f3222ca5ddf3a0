"""Each match is confirmed once in three seconds from its begin on, with the others of the same gateway."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.contract.gateway_messages import PartnerLocation
from services.contract.ids import GatewayId, VisitorId
from services.signaling.core.confirmation_schedule import BATCH_SIZE, INTERVAL, ConfirmationSchedule

from .fake_cluster import FakeCluster

TICK = 0.1


class Turns:
    """Confirmations, and the matches that there are: where the partner of each visitor is."""

    def __init__(self) -> None:
        self.confirmations = ConfirmationSchedule()
        self.matches: dict[VisitorId, GatewayId] = {}
        self.tick = 0
        self.taken: dict[VisitorId, list[int]] = defaultdict(list)
        """The ticks in which each visitor met somebody or had a turn."""

    def meet(self, visitor: str, gateway: str) -> None:
        self.matches[VisitorId(visitor)] = GatewayId(gateway)
        self.confirmations.add(VisitorId(visitor), GatewayId(gateway), self.tick * TICK)
        self.taken[VisitorId(visitor)] = [self.tick]

    def go_on(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.tick += 1
            self.confirmations.run_due(self._confirm, self.tick * TICK)

    def _confirm(self, visitor: VisitorId) -> GatewayId | None:
        if visitor in self.matches:
            self.taken[visitor].append(self.tick)
        return self.matches.get(visitor)


def every(seconds: float = INTERVAL) -> int:
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
def test_nobody_in_a_match_goes_without_a_turn_for_longer_than_three_seconds(
    story: list[tuple[str, str, str] | tuple[str, int, None]],
) -> None:
    turns = Turns()
    for what, who, where in story:
        if what == "meet":
            turns.meet(str(who), str(where))
        elif what == "moves" and who in turns.matches:
            turns.matches[VisitorId(str(who))] = GatewayId(str(where))  # nobody says so to the confirmations
        elif what == "parts":
            turns.matches.pop(VisitorId(str(who)), None)
        elif what == "waits":
            turns.go_on(int(who))
    turns.go_on(2 * every())
    for visitor in turns.matches:
        ticks = [*turns.taken[visitor], turns.tick]
        assert max(later - former for former, later in pairwise(ticks)) <= every()


def test_turns_are_no_more_frequent_than_they_must_be() -> None:
    turns = Turns()
    for number in range(100):
        turns.meet(f"v{number}", f"g{number % 3}")
        turns.go_on()
    turns.go_on(every(10 * INTERVAL))
    assert {len(taken) - 1 for taken in turns.taken.values()} <= set(range(9, 15))


def test_those_with_partners_at_one_gateway_have_their_turn_together() -> None:
    turns = Turns()
    for number in range(100):
        turns.meet(f"v{number}", f"g{number % 4}")
        turns.go_on()
    turns.go_on(2 * every())
    for gateway in range(4):
        last = {
            taken[-1] for visitor, taken in turns.taken.items() if turns.matches[visitor] == f"g{gateway}"
        }
        assert len(last) == 1


def test_very_many_do_not_have_their_turn_in_one_tick() -> None:
    turns = Turns()
    for number in range(3 * BATCH_SIZE):
        turns.meet(f"v{number}", "g")
    turns.go_on(every() + 1)
    ticks = [taken[1] for taken in turns.taken.values()]
    assert len(ticks) == 3 * BATCH_SIZE
    assert max(map(ticks.count, set(ticks))) == BATCH_SIZE


def test_everybody_has_their_turn_at_once_when_it_is_urgent() -> None:
    turns = Turns()
    for number in range(5):
        turns.meet(f"v{number}", f"g{number % 2}")
    turns.confirmations.make_all_due()
    turns.go_on()
    assert {taken[-1] for taken in turns.taken.values()} == {turns.tick}


def test_who_is_in_no_match_any_more_has_no_turn() -> None:
    turns = Turns()
    turns.meet("v", "g")
    turns.matches.clear()
    turns.go_on(3 * every())
    assert turns.taken[VisitorId("v")] == [0]


def test_a_hub_confirms_the_matches_with_other_gateways_in_one_go_for_each() -> None:
    cluster = FakeCluster()
    here, there, far = map(cluster.hub, ("here", "there", "far"))
    for hub in (here, there, there, far):
        cluster.meet(cluster.searching(here), cluster.searching(hub))
    told = []
    for _ in range(every()):
        cluster.now += TICK
        here.tick()
        told += [
            gateway for gateway, message in cluster.network.queue if isinstance(message, PartnerLocation)
        ]
        cluster.network.queue.clear()
    assert sorted(told) == ["far", "there", "there"], "those who are both here need no confirmation"
    assert sum(one != other for one, other in pairwise(told)) == 1
