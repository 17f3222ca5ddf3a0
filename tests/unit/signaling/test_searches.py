"""Tests of when and in which pool tickets are offered, for frequent wishes and changed standings."""

import pytest
from msgspec import structs

from services.contract.gateway_messages import UNKNOWN_EPOCH, Decline
from services.contract.ids import TicketId, VisitorId, random_id
from services.contract.rate_limit import Rate
from services.signaling.core.messages import Next, Stop
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.hub import Hub
from services.signaling.shell.meeting_registry import MeetingRegistry
from services.signaling.shell.pending_tickets import PendingTickets

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from ...in_memory.ports import FakeMatchmaker
from ...in_memory.pub_sub import FakePubSub

RATE = Rate(5, 10)
TICK = 0.1


@pytest.fixture
def cluster() -> InMemoryCluster:
    return InMemoryCluster(searches=RATE)


@pytest.fixture
def hub(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


def flip(cluster: InMemoryCluster, page: Page, seconds: float, a_second: int = 50) -> list[str]:
    """Send a wish for each interest, one after the other. The hub ticks as in the gateway."""
    wishes = [str(number) for number in range(round(seconds * a_second))]
    ticked = cluster.now
    for wish in wishes:
        cluster.now += 1 / a_second
        page.find(interests=[wish])
        if cluster.now >= ticked + TICK:
            ticked = cluster.now
            page.hub.tick()
    return wishes


def offered(cluster: InMemoryCluster, page: Page) -> list[SearchTicket]:
    return [
        ticket
        for ticket, _ in cluster.matchmakers[page.hub].offers.values()
        if ticket.visitor == page.visitor
    ]


# --- who changes their mind all the time -----------------------------------------------------------


def test_fifty_wishes_a_second_reach_the_matcher_at_the_limit(cluster: InMemoryCluster, hub: Hub) -> None:
    other, flipper = cluster.searching(hub), cluster.page(hub)
    before = cluster.matchmakers[hub].offers.copy()
    wishes = flip(cluster, flipper, seconds=8)
    assert 10 <= len(cluster.matchmakers[hub].tickets) - len(before) <= RATE.burst + 8 * RATE.per_second
    assert len(cluster.matchmakers[hub].withdrawn) <= len(cluster.matchmakers[hub].tickets)
    last_said = cluster.now
    cluster.now += 1 / RATE.per_second
    hub.tick()
    (ticket,) = offered(cluster, flipper)
    assert ticket.wish.interests == (wishes[-1],), "the last wish counts"
    assert ticket.since == pytest.approx(last_said), "and is as old as it is"
    assert flipper.types() == ["searching"] * len(wishes), "the browser sees each of its searches"
    assert offered(cluster, other) == [next(iter(before.values()))[0]], "nothing happened to the other"
    assert other.take() == []


def test_a_delayed_search_that_ends_is_never_offered(cluster: InMemoryCluster, hub: Hub) -> None:
    for end in (lambda page: page.says(Stop()), Page.leaves):
        page = cluster.page(hub)
        flip(cluster, page, seconds=0.5)
        assert offered(cluster, page) == []
        end(page)
        cluster.now += 1
        hub.tick()
        assert offered(cluster, page) == []
    assert hub.searching == 0


def test_four_skips_a_second_are_never_delayed(cluster: InMemoryCluster, hub: Hub) -> None:
    """Partners skip this visitor as often."""
    page = cluster.page(hub)
    page.find()
    for _ in range(200):
        cluster.now += 0.125
        hub.tick()
        cluster.meet(page, other := cluster.searching(hub))
        other.says(Next())
        assert offered(cluster, page)
        cluster.now += 0.125
        hub.tick()
        cluster.meet(page, cluster.searching(hub))
        page.says(Next())
        assert offered(cluster, page)


def test_new_wishes_in_a_match_end_it_and_are_delayed(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(one, other)
    other.take()
    flip(cluster, one, seconds=0.5)
    assert other.types() == ["ended", "searching"]
    assert offered(cluster, one) == []
    assert hub.searching == 2


def test_a_new_socket_does_not_reset_the_limit(cluster: InMemoryCluster, hub: Hub) -> None:
    page = cluster.page(hub)
    for number in range(200):
        cluster.now += 0.05
        page.find(interests=[str(number)])
        page.leaves()
        page = page.moves(hub)
        hub.tick()
    assert RATE.burst <= len(cluster.matchmakers[hub].tickets) <= RATE.burst + 10 * RATE.per_second


def test_a_pacer_is_kept_only_until_it_is_idle(cluster: InMemoryCluster, hub: Hub) -> None:
    pages = [cluster.searching(hub) for _ in range(20)]
    for page in pages:
        page.leaves()
    assert len(hub._pacers) == len(pages)
    cluster.run(1 / RATE.per_second)
    assert len(hub._pacers) == 0


def test_without_limits_every_wish_is_offered() -> None:
    cluster = InMemoryCluster()
    page = cluster.page(cluster.hub("here"))
    wishes = flip(cluster, page, seconds=2)
    assert len(cluster.matchmakers[page.hub].tickets) == len(wishes)


# --- whose standing changes ------------------------------------------------------------------------


def restrict(cluster: InMemoryCluster, page: Page) -> None:
    cluster.standings.decide(page.visitor, "restricted")
    page.hub.on_standing(page.visitor, 0)


def pool(cluster: InMemoryCluster, page: Page) -> bool:
    ((_, restricted),) = [
        one for one in cluster.matchmakers[page.hub].offers.values() if one[0].visitor == page.visitor
    ]
    return restricted


def test_a_waiting_ticket_moves_with_the_standing_of_its_visitor(cluster: InMemoryCluster, hub: Hub) -> None:
    page, bystander = cluster.searching(hub), cluster.searching(hub)
    (first,) = offered(cluster, page)
    cluster.now += 3
    restrict(cluster, page)
    (second,) = offered(cluster, page)
    assert pool(cluster, page)
    assert (second.since, second.attempt, second.wish) == (first.since, 2, first.wish)
    assert second.id != first.id
    hub.tick()
    assert offered(cluster, page) == [second]
    cluster.standings.decide(page.visitor, "good")  # the end of a restriction is not announced
    hub.tick()
    assert not pool(cluster, page)
    assert offered(cluster, page)[0].since == first.since
    assert len(offered(cluster, bystander)) == 1
    assert len(cluster.matchmakers[hub].tickets) == 4
    assert page.take() == []


def test_a_proposal_for_the_former_pool_is_declined(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(cluster.hub("there"))
    first, second = cluster.proposals(one, other)
    restrict(cluster, one)
    hub.on_matcher_event(first)
    decline = Decline(other.visitor, first.match, UNKNOWN_EPOCH, hub.gateway)
    assert cluster.network.messages() == [(other.hub.gateway, decline)]
    cluster.propose(other, second)
    cluster.network.deliver_all()
    assert one.take() == other.take() == []
    assert offered(cluster, one)
    assert offered(cluster, other)


def test_all_tickets_of_a_restricted_device_wait_in_the_restricted_pool(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    before, stranger = Page(hub, VisitorId(random_id()), device=7), cluster.searching(hub)
    before.find()
    cluster.standings.decide(VisitorId("an earlier token"), "restricted", device=7)
    hub.on_standing(VisitorId("an earlier token"), 7)
    after = Page(hub, VisitorId(random_id()), device=7)
    after.find()
    assert [pool(cluster, page) for page in (before, after, stranger)] == [True, True, False]
    cluster.standings.decide(VisitorId("an earlier token"), "good")
    hub.tick()
    assert [pool(cluster, page) for page in (before, after)] == [False, False]


def test_a_restriction_applies_to_the_next_search(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(one, other)
    restrict(cluster, one)
    assert one.types() == other.types() == ["matched"]
    one.says(Next())
    assert pool(cluster, one)
    assert not pool(cluster, other)


def test_a_delayed_search_goes_to_the_pool_of_the_new_standing(cluster: InMemoryCluster, hub: Hub) -> None:
    page = cluster.page(hub)
    flip(cluster, page, seconds=0.5)
    restrict(cluster, page)
    assert offered(cluster, page) == []
    cluster.run(1)
    assert pool(cluster, page)


def test_restricted_visitors_are_not_counted(cluster: InMemoryCluster, hub: Hub) -> None:
    for _ in range(20):
        one, other = (Page(hub, VisitorId(random_id())) for _ in range(2))
        for page in (one, other):
            page.find()
            restrict(cluster, page)
        cluster.meet(one, other)
        one.says(Next())
        for page in (one, other):
            page.leaves()
    assert hub.searching == 0
    assert not any((hub._pending._delayed, hub._pending._restricted_ids, cluster.matchmakers[hub].offers))


@pytest.mark.parametrize(
    ("counted", "restricted", "counts"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_only_searches_of_unrestricted_visitors_count_as_popular(
    cluster: InMemoryCluster, hub: Hub, counted: bool, restricted: bool, counts: bool
) -> None:
    """A gateway may be configured not to count interests. Each ticket names its network all the same."""
    page = Page(hub, VisitorId(random_id()), network=b"n", counts_interests=counted)
    if restricted:
        cluster.standings.decide(page.visitor, "restricted")
    page.find(interests=["Jazz", "see example.org"])
    (ticket,) = offered(cluster, page)
    assert (ticket.network, ticket.spellings) == (b"n", ("jazz", "") if counts else ())


def test_who_has_proved_no_key_of_a_device_is_watched_so_their_tickets_are_deferred(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    page = cluster.searching(hub)
    (offer,) = offered(cluster, page)
    assert offer.deferred
    matchmaker = FakeMatchmaker()
    registry = MeetingRegistry(FakePubSub())
    pending = PendingTickets(matchmaker, cluster.standings, cluster.conducts, registry, cluster.admission)
    for id, device in ((TicketId(1), 0), (TicketId(2), 7)):
        pending.add(structs.replace(offer, id=id, device=device, deferred=False), 0.0, 0.0)
    assert [ticket.deferred for ticket in matchmaker.tickets] == [True, False]


def test_where_two_tabs_may_meet_the_matcher_is_told(cluster: InMemoryCluster, hub: Hub) -> None:
    (offer,) = offered(cluster, cluster.searching(hub))
    matchmaker = FakeMatchmaker()
    for tabs_meet in (True, False):
        registry, admission = MeetingRegistry(FakePubSub()), cluster.admission
        pending = PendingTickets(
            matchmaker, cluster.standings, cluster.conducts, registry, admission, tabs_meet
        )
        pending.add(structs.replace(offer, id=TicketId(1 + tabs_meet), device=7), 0.0, 0.0)
    assert [ticket.tabs_meet for ticket in matchmaker.tickets] == [True, False]


# --- a matcher that goes away ----------------------------------------------------------------------


def test_who_searches_while_no_matcher_answers_is_told(cluster: InMemoryCluster, hub: Hub) -> None:
    cluster.matchmakers[hub].ready = False
    page = cluster.page(hub)
    page.find()
    (told,) = page.take()
    assert (told["type"], told["hint"]) == ("searching", "matcher_away")
    assert offered(cluster, page), "it is offered as soon as a matcher is back"


def test_a_matcher_that_was_there_for_less_than_a_tick_is_missed_all_the_same(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    cluster.matchmakers[hub].ready = False
    hub.tick()
    cluster.matchmakers[hub].ready = True
    page = cluster.searching(hub)
    page.take()
    cluster.matchmakers[hub].ready = False
    hub.tick()
    assert [told["hint"] for told in page.take()] == ["matcher_away"]


def test_all_who_wait_are_told_once_when_the_last_matcher_goes_and_when_one_is_back(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    waiting = [cluster.searching(hub), cluster.searching(hub)]
    met = [cluster.searching(hub), cluster.searching(cluster.hub("there"))]
    cluster.meet(*met)
    idle = cluster.page(hub)
    hub.tick()
    for page in (*waiting, *met, idle):
        page.take()
    for ready, hints in ((False, ["matcher_away"]), (True, [None])):
        cluster.matchmakers[hub].ready = ready
        for _ in range(3):
            hub.tick()
        for page in waiting:
            assert [(each["type"], each.get("hint")) for each in page.take()] == [
                ("searching", hint) for hint in hints
            ]
        assert [page.take() for page in (*met, idle)] == [[], [], []]
