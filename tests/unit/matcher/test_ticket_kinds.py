"""Deferred tickets and those of crowded networks meet their own kind first, and everybody in the end."""

from collections.abc import Sequence

import pytest

from services.matcher.core.crowded_networks import REFRESH_EVERY, WINDOW, CrowdLimits
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import POOLS, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .rooms import BUSY, offer, run
from .tickets import ticket

CROWDED = 30
"""The tickets of one network in a minute that are too many here."""


def busy_room(limits: CrowdLimits | None = None, *networks: bytes) -> WaitingRoom:
    """Return a room in which nobody waits, many searched lately, and in whose `networks` bots search."""
    room = WaitingRoom(BUSY, limits or CrowdLimits(CROWDED, busy=100))
    for number in range(100):
        meet(room, ticket(1000 + number, network=b"home %d" % number))
    for network in networks:
        for number in range(CROWDED + 1):
            meet(room, ticket(5000 + number % 2, network=network))
    room.advance(REFRESH_EVERY)
    return room


def meet(room: WaitingRoom, searching: Ticket) -> None:
    """Offer the ticket and withdraw it, so that only the count of it stays."""
    room.offer([searching], 0.0)
    room.withdraw(searching.gateway, searching.number)


def met(room: WaitingRoom, *tickets: Ticket) -> list[set[int]]:
    return offer(room, 0.0, *tickets)


def test_a_crowd_meets_other_crowds_and_people_meet_people() -> None:
    room = busy_room(None, b"x", b"y")
    bots = [
        ticket(1, network=b"x"),
        ticket(2, network=b"x"),
        ticket(3, network=b"y"),
        ticket(4, network=b"y"),
    ]
    people = [ticket(5, network=b"home 5"), ticket(6)]
    assert met(room, bots[0], people[0], bots[1], bots[2], people[1], bots[3]) == [{1, 3}, {5, 6}, {2, 4}]


def test_the_crowded_networks_of_each_pool_are_counted() -> None:
    counted = busy_room(None, b"x", b"y").crowded_networks()
    assert [number for number in counted.values() if number] == [2]
    assert len(counted) == len(POOLS)


def test_two_of_one_crowded_network_meet_when_both_accept_anyone() -> None:
    room = busy_room(None, b"x")
    assert met(room, ticket(1, network=b"x"), ticket(2, 0.0, network=b"x")) == []
    assert run(room, 0.0, 10.0) == [(5.0, {1, 2})]


def test_the_later_of_two_of_one_crowded_network_must_accept_anyone_too() -> None:
    room = busy_room(None, b"x")
    assert offer(room, 0.0, ticket(1, network=b"x")) == []
    assert run(room, 0.0, 3.0) == []
    assert offer(room, 3.0, ticket(2, 3.0, network=b"x")) == []
    assert run(room, 3.0, 20.0) == [(8.0, {1, 2})]


def test_deferred_tickets_meet_each_other_at_once() -> None:
    room = busy_room()
    assert met(room, ticket(1, deferred=True), ticket(2), ticket(3, deferred=True)) == [{1, 3}]


def test_a_deferred_ticket_meets_no_crowd_before_the_last_stage() -> None:
    room = busy_room(None, b"x")
    assert met(room, ticket(1, deferred=True), ticket(2, network=b"x")) == []
    assert run(room, 0.0, 20.0) == [(15.0, {1, 2})]


def test_a_deferred_ticket_meets_any_newcomer_after_the_last_stage_has_begun() -> None:
    room = busy_room()
    assert met(room, ticket(1, interests=frozenset("a"), deferred=True)) == []
    assert run(room, 0.0, 14.9) == []
    assert offer(room, 14.9, ticket(2, 14.9), ticket(3, 14.9)) == [{2, 3}]
    assert run(room, 14.9, 16.0) == []
    assert offer(room, 16.0, ticket(4, 16.0)) == [{1, 4}]


def test_two_kinds_that_wait_meet_when_both_are_in_the_last_stage() -> None:
    room = busy_room(None, b"x")
    assert met(room, ticket(1, network=b"x"), ticket(2, strict_language=True, languages=("cy",))) == []
    assert offer(room, 3.0, ticket(3, 3.0, avoid_countries=frozenset(["DE"]), country="FR")) == []
    assert run(room, 3.0, 17.9) == []
    assert run(room, 17.9, 19.0) == [(18.0, {1, 3})]


def test_a_crowded_ticket_meets_newcomers_when_its_network_is_calm() -> None:
    room = busy_room(None, b"x")
    assert met(room, ticket(1, network=b"x")) == []
    assert run(room, 0.0, 2 * WINDOW - 1) == []
    assert offer(room, 2 * WINDOW - 1, *people(2, 2 * WINDOW - 1)) == [{100, 101}]
    assert run(room, 2 * WINDOW - 1, 2 * WINDOW + 5.0) == []
    assert offer(room, 2 * WINDOW + 5.0, *people(1, 2 * WINDOW + 5.0)) == [{1, 100}]


def people(number: int, now: float) -> Sequence[Ticket]:
    return [ticket(100 + each, now) for each in range(number)]


@pytest.mark.parametrize("deferred", [False, True])
def test_nothing_of_this_holds_in_a_pool_that_is_not_busy(deferred: bool) -> None:
    room = busy_room(CrowdLimits(CROWDED, busy=10_000), b"x")
    assert met(room, ticket(1, network=b"x", deferred=deferred), ticket(2, network=b"x")) == [{1, 2}]


def test_nothing_of_this_holds_in_a_tiny_pool() -> None:
    room = WaitingRoom(Stages(), CrowdLimits(CROWDED, busy=0))
    assert met(room, ticket(1, deferred=True), ticket(2)) == [{1, 2}]
