"""Reloading the page makes nobody forgotten, and no allowance new."""

from collections.abc import Callable

import pytest

from services.contract.ids import VisitorId, visitor_key
from services.contract.limits import PARTED
from services.runtime.rates import UNLIMITED, Rate
from services.signaling import memories
from services.signaling.hub import Hub
from services.signaling.memories import KEPT, Memories
from services.signaling.messages import Block, Find, Next
from services.signaling.search.wishes import Ticket

from .gateways import Page, Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def hub(town: Town) -> Hub:
    return town.hub("here")


def reload(page: Page) -> Page:
    page.leaves()
    return Page(page.hub, page.visitor)


def connect_again(page: Page) -> Page:
    """Before the first socket's end is noticed."""
    return Page(page.hub, page.visitor)


def search(town: Town, page: Page) -> Ticket:
    page.says(Find("video"))
    desk = town.desk[page.hub]
    return desk.offers[desk.ticket_of(page.visitor)][0]


def wait(town: Town, seconds: float) -> None:
    town.now += seconds
    for hub in town.desk:
        hub.tick()


@pytest.mark.parametrize("again", [reload, connect_again])
@pytest.mark.parametrize("gateways", [1, 2])
def test_two_who_part_and_reload_remember_each_other(again: Callable[[Page], Page], gateways: int) -> None:
    town = Town()
    hubs = [town.hub(f"gateway {number}") for number in range(gateways)]
    one, other = town.searching(hubs[0]), town.searching(hubs[-1])
    town.meet(one, other)
    one.says(Next())
    parted = town.now
    town.wire.pump()
    wait(town, PARTED - 1)
    for page, partner in ((again(one), other), (again(other), one)):
        assert search(town, page).partners == ((visitor_key(partner.visitor), parted),)


@pytest.mark.parametrize("again", [reload, connect_again])
def test_two_who_part_by_reloading_remember_each_other(
    town: Town, hub: Hub, again: Callable[[Page], Page]
) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    for page, partner in ((again(one), other), (again(other), one)):
        assert search(town, page).partners == ((visitor_key(partner.visitor), town.now),)


def test_a_block_outlives_the_socket_too(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    one.says(Block(one.take()[0]["pass"]))
    assert search(town, reload(one)).blocked == (visitor_key(other.visitor),)


def test_another_gateway_does_not_know(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    one.leaves()
    assert search(town, Page(town.hub("elsewhere"), one.visitor)).partners == ()


def test_reconnecting_does_not_refill_the_allowance() -> None:
    rate = Rate(per_second=5, burst=10)
    town = Town(rate)
    hub = town.hub("here")
    page = town.page(hub)
    for number in range(200):
        town.now += 0.05
        page.says(Find("video", interests=[str(number)]))
        page = reload(page)
        hub.tick()
    assert rate.burst <= town.desk[hub].offered <= rate.burst + 10 * rate.per_second


def test_nobody_is_remembered_for_longer_than_it_matters(town: Town, hub: Hub) -> None:
    one, other = town.searching(hub), town.searching(hub)
    town.meet(one, other)
    one.leaves()
    wait(town, KEPT - 1)
    other.leaves()
    assert len(hub._memories) == 2
    wait(town, 1)
    assert len(hub._memories) == 1
    assert search(town, Page(hub, one.visitor)).partners == ()
    wait(town, KEPT)
    assert len(hub._memories) == 0


def test_many_who_leave_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memories, "MOST_KEPT", 3)
    kept = Memories(UNLIMITED)
    visitors = [VisitorId(name * 22) for name in "ABCDE"]
    before = {visitor: kept.take(visitor) for visitor in visitors}
    for second, visitor in enumerate(visitors):
        kept.keep(visitor, before[visitor], second)
    assert [kept.take(visitor) is before[visitor] for visitor in visitors] == [False, False, True, True, True]
