"""When tickets are offered and in which pool: for wishes that change too often, and after decisions."""

import pytest

from services.contract.gateway_messages import UNKNOWN_EPOCH, Decline
from services.contract.ids import VisitorId, random_id
from services.contract.rate_limit import Rate
from services.signaling.core.messages import Find, Next, Stop
from services.signaling.core.wishes import SearchTicket
from services.signaling.shell.hub import Hub

from .gateways import Page, Town

RATE = Rate(5, 10)
TICK = 0.1


@pytest.fixture
def town() -> Town:
    return Town(RATE)


@pytest.fixture
def hub(town: Town) -> Hub:
    return town.hub("here")


def flip(town: Town, page: Page, seconds: float, a_second: int = 50) -> list[str]:
    """The interests wished for, one wish after the other; the hub ticks as in the gateway."""
    wishes = [str(number) for number in range(round(seconds * a_second))]
    ticked = town.now
    for wish in wishes:
        town.now += 1 / a_second
        page.says(Find("video", interests=[wish]))
        if town.now >= ticked + TICK:
            ticked = town.now
            page.hub.tick()
    return wishes


def offered(town: Town, page: Page) -> list[SearchTicket]:
    return [ticket for ticket, _ in town.desk[page.hub].offers.values() if ticket.visitor == page.visitor]


# --- who changes their mind all the time -----------------------------------------------------------


def test_fifty_wishes_a_second_cost_the_matcher_no_more_than_the_allowance(town: Town, hub: Hub) -> None:
    other, flipper = town.searching(hub), town.page(hub)
    before = town.desk[hub].offers.copy()
    wishes = flip(town, flipper, seconds=8)
    assert 10 <= town.desk[hub].offered - len(before) <= RATE.burst + 8 * RATE.per_second
    assert len(town.desk[hub].withdrawn) <= town.desk[hub].offered
    last_said = town.now
    town.now += 1 / RATE.per_second
    hub.tick()
    (ticket,) = offered(town, flipper)
    assert ticket.wish.interests == (wishes[-1],), "the last wish counts"
    assert ticket.since == pytest.approx(last_said), "and is as old as it is"
    assert flipper.types() == ["searching"] * len(wishes), "the browser sees each of its searches"
    assert offered(town, other) == [next(iter(before.values()))[0]], "nothing happened to the other"
    assert other.take() == []


def test_a_held_search_that_ends_is_never_offered(town: Town, hub: Hub) -> None:
    for end in (lambda page: page.says(Stop()), Page.leaves):
        page = town.page(hub)
        flip(town, page, seconds=0.5)
        assert offered(town, page) == []
        end(page)
        town.now += 1
        hub.tick()
        assert offered(town, page) == []
    assert hub.searching == 0


def test_who_skips_every_quarter_of_a_second_is_never_held(town: Town, hub: Hub) -> None:
    """And is skipped as often by others."""
    page = town.page(hub)
    page.says(Find("video"))
    for _ in range(200):
        town.now += 0.125
        hub.tick()
        town.meet(page, other := town.searching(hub))
        other.says(Next())
        assert offered(town, page)
        town.now += 0.125
        hub.tick()
        town.meet(page, town.searching(hub))
        page.says(Next())
        assert offered(town, page)


def test_who_flips_in_a_match_ends_it_and_is_held_after_it(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    other.take()
    flip(town, one, seconds=0.5)
    assert other.types() == ["ended", "searching"]
    assert offered(town, one) == []
    assert hub.searching == 2


def test_a_new_socket_is_no_new_allowance(town: Town, hub: Hub) -> None:
    page = town.page(hub)
    for number in range(200):
        town.now += 0.05
        page.says(Find("video", interests=[str(number)]))
        page.leaves()
        page = page.moves(hub)
        hub.tick()
    assert RATE.burst <= town.desk[hub].offered <= RATE.burst + 10 * RATE.per_second


def test_an_allowance_is_kept_only_until_nothing_of_it_is_in_use(town: Town, hub: Hub) -> None:
    pages = [town.searching(hub) for _ in range(20)]
    for page in pages:
        page.leaves()
    assert len(hub._allowances) == len(pages)
    town.tick(1 / RATE.per_second)
    assert len(hub._allowances) == 0


def test_without_limits_every_wish_is_offered() -> None:
    town = Town()
    page = town.page(town.hub("here"))
    wishes = flip(town, page, seconds=2)
    assert town.desk[page.hub].offered == len(wishes)


# --- whose standing changes ------------------------------------------------------------------------


def restrict(town: Town, page: Page) -> None:
    town.board.apart.add(page.visitor)
    page.hub.on_standing(page.visitor)


def pool(town: Town, page: Page) -> bool:
    ((_, restricted),) = [
        one for one in town.desk[page.hub].offers.values() if one[0].visitor == page.visitor
    ]
    return restricted


def test_a_waiting_ticket_moves_with_the_standing_of_its_visitor(town: Town, hub: Hub) -> None:
    page, bystander = town.searching(hub), town.searching(hub)
    (first,) = offered(town, page)
    town.now += 3
    restrict(town, page)
    (second,) = offered(town, page)
    assert pool(town, page)
    assert (second.since, second.attempt, second.wish) == (first.since, 2, first.wish)
    assert second.id != first.id
    hub.tick()
    assert offered(town, page) == [second]
    town.board.apart.clear()  # nobody tells that a restriction is over
    hub.tick()
    assert not pool(town, page)
    assert offered(town, page)[0].since == first.since
    assert len(offered(town, bystander)) == 1
    assert town.desk[hub].offered == 4
    assert page.take() == []


def test_a_proposal_for_the_pool_left_behind_is_declined(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(town.hub("there"))
    first, second = town.proposals(one, other)
    restrict(town, one)
    hub.on_matcher(first)
    decline = Decline(other.visitor, first.match, UNKNOWN_EPOCH, hub.gateway)
    assert list(town.wire.queue) == [(other.hub.gateway, decline)]
    town.propose(other, second)
    town.wire.pump()
    assert one.take() == other.take() == []
    assert offered(town, one)
    assert offered(town, other)


def test_a_match_outlives_a_restriction_and_the_next_search_heeds_it(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    restrict(town, one)
    assert one.types() == other.types() == ["matched"]
    one.says(Next())
    assert pool(town, one)
    assert not pool(town, other)


def test_a_held_search_goes_to_the_pool_of_its_hour(town: Town, hub: Hub) -> None:
    page = town.page(hub)
    flip(town, page, seconds=0.5)
    restrict(town, page)
    assert offered(town, page) == []
    town.tick(1)
    assert pool(town, page)


def test_nothing_is_kept_of_those_set_apart(town: Town, hub: Hub) -> None:
    for _ in range(20):
        one, other = (Page(hub, VisitorId(random_id())) for _ in range(2))
        for page in (one, other):
            page.says(Find("video"))
            restrict(town, page)
        town.meet(one, other)
        one.says(Next())
        for page in (one, other):
            page.leaves()
    assert hub.searching == 0
    assert not any((hub._searches._held, hub._searches._apart, town.desk[hub].offers))


@pytest.mark.parametrize(
    ("network", "restricted", "counts"), [(b"n", False, True), (b"n", True, False), (b"", False, False)]
)
def test_a_search_counts_for_what_is_popular_unless_it_is_of_the_restricted(
    town: Town, hub: Hub, network: bytes, restricted: bool, counts: bool
) -> None:
    """A gateway that does not count, as the operator decided, knows no network of anybody."""
    page = Page(hub, VisitorId(random_id()), network=network)
    if restricted:
        town.board.apart.add(page.visitor)
    page.says(Find("video", interests=["Jazz", "see example.org"]))
    (ticket,) = offered(town, page)
    assert (ticket.network, ticket.spellings) == ((b"n", ("jazz", "")) if counts else (b"", ()))
