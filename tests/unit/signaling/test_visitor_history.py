"""A history holds whom a visitor has met and blocked, and a memory carries it to the next gateway."""

from math import inf

import pytest

from services.contract.limits import (
    BLOCKED_KEYS_REMEMBERED,
    MAX_RECENT_PARTNERS,
    PARTNERS_REMEMBERED,
    REMATCH_COOLDOWN,
)
from services.signaling.core import effects as fx
from services.signaling.core import events
from services.signaling.core.messages import Block, Find, Next, encode
from services.signaling.core.visitor_history import (
    EMPTY_MEMORY,
    EncounterHistory,
    VisitorMemory,
    restore_history,
)
from services.signaling.shell.hub import Hub

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page
from .samples import FIND, MY_PLACE, OTHER, STRANGER, Driver, key, offered_tickets

# --- the history -----------------------------------------------------------------------------------


def test_a_former_partner_is_barred_for_a_minute_and_stays_known() -> None:
    history = EncounterHistory()
    history.record_parting(STRANGER, 100.0)
    assert history.is_barred(STRANGER, 0, 100.0)
    assert history.is_barred(STRANGER, 0, 100.0 + REMATCH_COOLDOWN - 1)
    assert not history.is_barred(STRANGER, 0, 100.0 + REMATCH_COOLDOWN)
    assert history.has_met(STRANGER)


def test_a_blocked_visitor_is_barred_for_good_even_if_never_met() -> None:
    history = EncounterHistory()
    history.block(STRANGER)
    assert history.is_barred(STRANGER, 0, inf)
    assert (history.has_blocked(STRANGER), history.has_met(STRANGER)) == (True, False)


def test_a_block_binds_to_the_visitor_and_to_the_device() -> None:
    history = EncounterHistory()
    history.block(STRANGER, 9)
    assert history.blocked == (key(STRANGER), 9)
    for visitor, device in ((STRANGER, 0), (STRANGER, 8), (OTHER, 9)):
        assert history.has_blocked(visitor, device)
        assert history.is_barred(visitor, device, inf)
    assert not history.has_blocked(OTHER, 8)
    assert not history.has_blocked(OTHER)


def test_a_block_of_somebody_without_a_device_blocks_no_other_without_one() -> None:
    history = EncounterHistory()
    history.block(STRANGER)
    assert history.blocked == (key(STRANGER),)
    assert not history.has_blocked(OTHER, 0)


def test_the_oldest_keys_of_too_many_blocks_are_dropped() -> None:
    history = EncounterHistory(blocked=range(1, BLOCKED_KEYS_REMEMBERED + 1))
    history.block(STRANGER, 1)
    assert history.blocked == (*range(3, BLOCKED_KEYS_REMEMBERED + 1), key(STRANGER), 1)
    history.block(STRANGER, 1)
    assert history.blocked == (*range(3, BLOCKED_KEYS_REMEMBERED + 1), key(STRANGER), 1)


def test_partings_of_the_last_minute_stay_while_there_is_room() -> None:
    history = EncounterHistory()
    for number in range(MAX_RECENT_PARTNERS + 10):
        history.record_parting_key(number, 100.0)
    assert [key for key, _ in history.partners] == list(range(10, MAX_RECENT_PARTNERS + 10))
    history.record_parting_key(-1, 100.0 + REMATCH_COOLDOWN)
    assert len(history.partners) == PARTNERS_REMEMBERED


# --- restoring a memory ----------------------------------------------------------------------------


def remembered(**fields: object) -> VisitorMemory:
    return VisitorMemory(((1, 50.0), (2, 90.0)), (3,), 4, (MY_PLACE,), **fields)  # type: ignore[arg-type]


def test_a_visitor_who_does_not_resume_has_parted_from_the_partner_now() -> None:
    history = restore_history(remembered(), 0, 100.0)
    assert (history.partners, history.blocked) == (((1, 50.0), (2, 90.0), (4, 100.0)), (3,))


def test_a_visitor_who_resumes_has_not_parted() -> None:
    assert restore_history(remembered(), 4, 100.0).partners == ((1, 50.0), (2, 90.0))


def test_a_visitor_who_resumes_another_match_has_parted_from_the_last_partner() -> None:
    assert restore_history(remembered(), 5, 100.0).partners[-1] == (4, 100.0)


def test_an_empty_memory_restores_an_empty_history() -> None:
    history = restore_history(EMPTY_MEMORY, 7, 100.0)
    assert (history.partners, history.blocked) == ((), ())


def test_a_ticket_holds_the_content_of_the_memory() -> None:
    driver = Driver(memory=VisitorMemory(((key(STRANGER), 70.0),), (3,), 4, (MY_PLACE,)))
    ticket = driver.search()
    assert ticket.partners == ((key(STRANGER), 70.0), (4, 100.0))
    assert ticket.blocked == (3,)


# --- a search that a drain interrupted -------------------------------------------------------------


def interrupted(find: bytes, since: float = 80.0) -> Driver:
    return Driver(memory=VisitorMemory((), (), 0, (MY_PLACE,), find, since))


def test_an_interrupted_search_goes_on_with_its_age_once() -> None:
    driver = interrupted(encode(FIND))
    assert driver.search().since == 80.0
    driver.now += 1
    assert driver.search().since == 101.0


def test_another_wish_starts_a_new_search() -> None:
    driver = interrupted(encode(Find("text")))
    assert driver.search().since == 100.0
    (ticket,) = offered_tickets(driver.says(Find("text")))
    assert ticket.since == 100.0, "it does not wait for its wish to come back"


@pytest.mark.parametrize("find", [b"", b'{"type":"find","mode":"video","new":1}', b"\xff"])
def test_an_unreadable_wish_is_ignored(find: bytes) -> None:
    assert interrupted(find).search().since == 100.0


def test_a_search_that_began_in_the_future_began_now() -> None:
    assert interrupted(encode(FIND), since=200.0).search().since == 100.0


# --- memories for the browser ----------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["searching", "reserved"])
def test_a_drain_gives_a_searching_visitor_a_memory_of_the_search(driver: Driver, phase: str) -> None:
    driver.search()
    if phase == "reserved":
        driver.reserve()
    driver.now += 5
    (given,) = driver.happens(events.Draining())
    assert given == fx.SendMemory(VisitorMemory((), (), 0, (MY_PLACE,), encode(FIND), 100.0))


@pytest.mark.parametrize("phase", ["idle", "matched"])
def test_a_drain_gives_no_memory_to_a_visitor_who_does_not_search(driver: Driver, phase: str) -> None:
    """A visitor in a match already has the memory that came with it."""
    if phase == "matched":
        driver.meet()
    assert driver.happens(events.Draining()) == []
    assert driver.phase == phase


def test_the_memory_in_a_welcome_holds_all_earlier_partners() -> None:
    driver = Driver(memory=VisitorMemory(((1, 90.0),), (2,), 3, (MY_PLACE,)))
    (welcome,) = driver.happens(events.Connected())
    expected = VisitorMemory(((1, 90.0), (3, 100.0)), (2,), 0, (MY_PLACE,))
    assert welcome == fx.SendWelcome(None, b"", expected)


# --- memories across gateways ----------------------------------------------------------------------


@pytest.fixture
def cluster() -> InMemoryCluster:
    return InMemoryCluster()


@pytest.fixture
def hub(cluster: InMemoryCluster) -> Hub:
    return cluster.hub("here")


def search(page: Page, cluster: InMemoryCluster) -> tuple[tuple[tuple[int, float], ...], tuple[int, ...]]:
    page.find()
    ticket, _ = cluster.matchmakers[page.hub].offers[cluster.matchmakers[page.hub].ticket_of(page.visitor)]
    return ticket.partners, ticket.blocked


@pytest.mark.parametrize("at_once", [True, False], ids=["before its end is noticed", "after"])
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_two_who_part_and_reload_remember_each_other(
    cluster: InMemoryCluster, hub: Hub, at_once: bool, where: str
) -> None:
    one, other = cluster.searching(hub), cluster.searching(cluster.hub("there"))
    cluster.meet(one, other)
    one.says(Next())
    parted = cluster.now
    cluster.network.deliver_all()
    cluster.now += REMATCH_COOLDOWN - 1
    target = hub if where == "here" else cluster.hub(where)
    for page, partner in ((one, other), (other, one)):
        if not at_once:
            page.leaves()
        partners, _ = search(page.moves(target), cluster)
        ((who, when),) = partners
        assert who == key(partner.visitor)
        assert parted - 0.001 < when <= cluster.now, "at the latest when they came back"


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_two_who_part_by_a_reload_remember_each_other(cluster: InMemoryCluster, hub: Hub, where: str) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(one, other)
    target = hub if where == "here" else cluster.hub(where)
    for page, partner in ((one, other), (other, one)):
        partners, _ = search(page.moves(target), cluster)
        assert partners == ((key(partner.visitor), cluster.now),)


def test_a_block_outlives_the_socket_and_the_gateway(cluster: InMemoryCluster, hub: Hub) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    match = cluster.meet(one, other)
    one.says(Block(one.take()[0]["pass"]))
    assert [frame["blocked"] for frame in one.take() if frame["type"] == "memory"] == [match]
    one.leaves()
    _, blocked = search(one.moves(cluster.hub("elsewhere")), cluster)
    assert blocked == (key(other.visitor),)


def test_a_visitor_without_a_memory_is_barred_by_the_memory_of_the_other(
    cluster: InMemoryCluster, hub: Hub
) -> None:
    one, other = cluster.searching(hub), cluster.searching(hub)
    cluster.meet(one, other)
    forgetful = Page(cluster.hub("elsewhere"), one.visitor, epoch=2)
    assert search(forgetful, cluster) == ((), ())
    partners, _ = search(other.moves(cluster.hub("another")), cluster)
    assert [who for who, _ in partners] == [key(one.visitor)]
