"""Named pools at a gateway: who may search there, what happens when one closes, and what survives."""

from zoneinfo import ZoneInfo

import pytest

from services.contract.ids import VisitorId
from services.contract.presence import RoomCount
from services.signaling.core.messages import Find, Mode, Next, decode_find, encode, parse
from services.signaling.core.opening_hours import OpeningHours, OpenPeriod
from services.signaling.core.states import SessionSummary
from services.signaling.core.wishes import normalize
from services.signaling.shell.hub import Hub
from services.signaling.shell.pools.named_pool import NamedPool, NamedPools
from services.signaling.shell.pools.pool_admission import PoolAdmission, RulesConfirmed

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page

UTC = ZoneInfo("UTC")
OPENS, CLOSES = 2000.0, 3000.0
EVENING = OpeningHours(UTC, once=OpenPeriod(OPENS, CLOSES))
POOLS = NamedPools(
    [
        NamedPool("berlin", {"": "Berlin"}, {"": "Talk."}, OpeningHours(UTC)),
        NamedPool(
            "event",
            {"": "Event"},
            {"": "Talk."},
            OpeningHours(UTC, once=OpenPeriod(OPENS, CLOSES)),
            minimum_age=21,
        ),
    ]
)


class OnlyKnown:
    """An operator's check of ages, which knows some visitors."""

    def __init__(self) -> None:
        self.known: set[VisitorId] = set()
        self.asked: list[int] = []

    def admits(self, visitor: VisitorId, device: int, age: int) -> bool:
        self.asked.append(age)
        return visitor in self.known or age <= 18


@pytest.fixture
def cluster() -> InMemoryCluster:
    made = InMemoryCluster(replicas=1)
    made.admission = PoolAdmission(POOLS, RulesConfirmed(), made.clock)
    return made


@pytest.fixture
def hub(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


def searches(cluster: InMemoryCluster, hub: Hub, pool: str, mode: Mode = "text") -> Page:
    page = cluster.page(hub)
    page.find(mode, pool=pool)
    cluster.run(0.2)
    return page


def now(page: Page) -> SessionSummary:
    return page.client.session.summary


def codes(page: Page) -> list[str]:
    return [frame["code"] for frame in page.take() if frame["type"] == "error"]


def test_only_visitors_of_one_pool_meet(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other, third = (searches(cluster, hub, pool) for pool in ("berlin", "", "berlin"))
    assert (now(one).phase, now(other).phase, now(third).phase) == (
        "matched",
        "searching",
        "matched",
    )
    assert now(one).partner == third.visitor
    assert (now(one).room, now(other).room) == ("p:berlin", "")


@pytest.mark.parametrize(("pool", "code"), [("tokyo", "pool_unknown"), ("event", "pool_closed")])
def test_nobody_searches_in_a_pool_that_is_unknown_or_closed(
    cluster: InMemoryCluster, hub: Hub, pool: str, code: str
) -> None:
    page, other = searches(cluster, hub, pool), searches(cluster, hub, pool)
    assert (now(page).phase, now(other).phase) == ("idle", "idle")
    assert codes(page) == [code]
    assert len(hub._pending) == 0


def test_two_who_come_to_a_closed_pool_in_the_same_moment_do_not_meet(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    one, other = cluster.page(hub), cluster.page(hub)
    for page in (one, other):
        page.find("text", pool="event")
    cluster.network.deliver_all()
    assert (now(one).phase, now(other).phase) == ("idle", "idle")


def test_who_searches_when_a_pool_closes_is_told_and_who_talks_goes_on(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    cluster.now = CLOSES - 1
    one, other, third = (searches(cluster, hub, "event") for _ in range(3))
    assert (now(one).phase, now(third).phase) == ("matched", "searching")
    cluster.run(1)
    assert codes(third) == ["pool_closed"]
    assert now(third).phase == "idle"
    assert now(one).partner == other.visitor, "calls are not cut"
    one.says(Next())
    cluster.run(0.2)
    assert codes(one) == codes(other) == ["pool_closed"], "but nobody finds another stranger there"
    assert (now(one).phase, now(other).phase) == ("idle", "idle")


def test_a_closed_pool_opens(cluster: InMemoryCluster, hub: Hub) -> None:
    page = searches(cluster, hub, "event")
    cluster.now = OPENS
    page.says(Find("text", pool="event"))
    cluster.run(0.2)
    assert now(page).phase == "searching"


def test_a_refused_search_may_be_followed_by_one_for_everybody(cluster: InMemoryCluster, hub: Hub) -> None:
    page, other = searches(cluster, hub, "tokyo"), searches(cluster, hub, "")
    page.says(Find("text"))
    cluster.run(0.2)
    assert now(page).partner == other.visitor


def test_a_call_in_a_pool_goes_on_at_another_gateway_and_next_stays_in_the_pool(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    """The pass holds the wish with its pool."""
    one, other, elsewhere = (
        searches(cluster, hub, "berlin"),
        searches(cluster, hub, "berlin"),
        cluster.hub("there"),
    )
    everybody = searches(cluster, hub, "")
    moved = one.moves(elsewhere, resume=True)
    cluster.run(0.2)
    assert now(moved).partner == other.visitor
    moved.says(Next())
    cluster.run(0.2)
    assert (now(moved).phase, now(moved).room) == ("searching", "p:berlin")
    assert now(everybody).phase == "searching"


def test_an_operators_check_of_ages_is_asked(cluster: InMemoryCluster) -> None:
    ages = OnlyKnown()
    cluster.admission = PoolAdmission(POOLS, ages, cluster.clock)
    cluster.now, hub = OPENS, cluster.hub("here")
    page = searches(cluster, hub, "event")
    assert codes(page) == ["pool_age"]
    ages.known.add(page.visitor)
    page.says(Find("text", pool="event"))
    cluster.run(0.2)
    assert now(page).phase == "searching"
    assert set(ages.asked) == {21}


def test_everybody_may_enter_other_rooms() -> None:
    admission = PoolAdmission(POOLS, RulesConfirmed(), lambda: 0.0)
    for room in ("", "m:key", "i:key"):
        assert admission.refusal(room, VisitorId("a"), 0) is None


def test_people_are_counted_by_room(cluster: InMemoryCluster, hub: Hub) -> None:
    for pool in ("berlin", "berlin", "berlin", ""):
        searches(cluster, hub, pool)
    assert hub.count_people().rooms == {"p:berlin": RoomCount(people=3, waiting=1)}


@pytest.mark.parametrize("name", ["Berlin", "a b", "a" * 33, "a\\n", "\u00e9", "../x"])
def test_a_name_that_no_pool_can_have_is_a_bad_frame(name: str) -> None:
    with pytest.raises(ValueError, match="pool"):
        parse(f'{{"type":"find","mode":"text","pool":"{name}"}}'.encode())


def test_the_pool_is_part_of_the_wish() -> None:
    kept = decode_find(encode(Find("text", pool="berlin")))
    assert kept is not None
    assert normalize(kept).room == "p:berlin"
    assert normalize(Find("text")).room == ""
