"""Rooms open with their first ticket and are forgotten, and many of them cost little."""

from collections.abc import Iterable
from gc import collect
from math import inf

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from services.contract.ids import GatewayId
from services.matcher.core.open_pools import EMPTY_ROOMS_KEPT, ROOM_KEPT
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import POOLS, Ticket, _rooms, pool_of_room
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell.metrics import pool_gauges

from .rooms import make_room, offer, run
from .tickets import VIDEO, ticket


def wants(visitor: int, room: str, since: float = 0.0) -> Ticket:
    return ticket(visitor, since, pool=pool_of_room(VIDEO, room))


def open_rooms(room: WaitingRoom) -> list[str]:
    return [pool.room for pool in room._pools if pool.room]


def test_only_tickets_of_equal_rooms_meet() -> None:
    room = make_room()
    others = [wants(1, "p:a"), wants(2, "p:b"), ticket(3), wants(4, "m:a")]
    assert offer(room, 0.0, *others) == []
    assert run(room, 0.0, 30.0) == []
    assert offer(room, 30.0, wants(5, "p:b"), ticket(6)) == [{5, 2}, {6, 3}]


def test_each_mode_and_audience_has_its_own_rooms() -> None:
    room = make_room()
    pools = [pool_of_room(pool, "p:a") for pool in POOLS.values()]
    assert offer(room, 0.0, *(ticket(visitor, pool=pool) for visitor, pool in enumerate(pools))) == []


@pytest.mark.parametrize("visitors", [1, 2])
def test_a_room_is_forgotten_some_time_after_its_last_ticket_has_left(visitors: int) -> None:
    """Two have met there, or one has left."""
    room = make_room()
    for visitor in range(visitors):
        room.offer([wants(visitor, "p:a")], 0.0)
    room.forget(GatewayId("one"))
    run(room, 0.0, ROOM_KEPT - 1)
    assert open_rooms(room) == ["p:a"]
    run(room, ROOM_KEPT - 1, ROOM_KEPT)
    assert open_rooms(room) == []
    assert room.advance(ROOM_KEPT).next_at == inf


def test_a_room_in_which_somebody_waits_is_not_forgotten() -> None:
    room = make_room()
    gone = wants(1, "p:a")
    room.offer([gone], 0.0)
    room.withdraw(gone.gateway, gone.number)
    run(room, 0.0, ROOM_KEPT - 1)
    room.offer([wants(2, "p:a", since=ROOM_KEPT - 1)], ROOM_KEPT - 1)
    run(room, ROOM_KEPT - 1, 3 * ROOM_KEPT)
    assert open_rooms(room) == ["p:a"]
    assert offer(room, 3 * ROOM_KEPT, wants(3, "p:a", since=3 * ROOM_KEPT)) == [{3, 2}]


def test_a_visitor_who_comes_and_leaves_at_once_keeps_a_room_open() -> None:
    """The room is forgotten some time after the last ticket, even if that one left before an advance."""
    room = make_room()
    for visitor, at in enumerate((0.0, ROOM_KEPT - 1)):
        gone = wants(visitor, "p:a", since=at)
        room.offer([gone], at)
        room.withdraw(gone.gateway, gone.number)
        run(room, at, ROOM_KEPT - 1)
    run(room, ROOM_KEPT - 1, 2 * ROOM_KEPT - 2)
    assert open_rooms(room) == ["p:a"]
    run(room, 2 * ROOM_KEPT - 2, 2 * ROOM_KEPT - 1)
    assert open_rooms(room) == []


def test_a_ticket_that_may_not_wait_leaves_no_room_open() -> None:
    """Its visitor has a newer ticket elsewhere."""
    room = make_room()
    room.offer([ticket(1, epoch=2)], 0.0)
    older = ticket(1, pool=pool_of_room(VIDEO, "p:a"))
    assert [told.ticket for told in room.offer([older], 0.0)] == [older]
    assert open_rooms(room) == ["p:a"]
    run(room, 0.0, ROOM_KEPT)
    assert open_rooms(room) == []


def test_of_many_empty_rooms_the_longest_empty_ones_are_forgotten_at_once() -> None:
    room = make_room()
    waiting = wants(0, "m:waits")
    room.offer([waiting], 0.0)
    for visitor in range(1, EMPTY_ROOMS_KEPT + 101):
        gone = wants(visitor, f"m:{visitor}")
        room.offer([gone], 0.0)
        room.advance(0.0)
        room.withdraw(gone.gateway, gone.number)
        room.advance(0.0)
    assert open_rooms(room) == [
        "m:waits",
        *(f"m:{visitor}" for visitor in range(101, EMPTY_ROOMS_KEPT + 101)),
    ]


def test_the_names_of_rooms_are_kept_only_while_they_are_open() -> None:
    room = make_room()
    room.offer([wants(1, "m:secret")], 0.0)
    assert "m:secret" in names(_rooms)
    room.forget(GatewayId("one"))
    run(room, 0.0, ROOM_KEPT)
    collect()
    assert "m:secret" not in names(_rooms)


def names(keys: Iterable[tuple[object, str]]) -> list[str]:
    return [room for _, room in keys]


def test_an_advance_looks_only_at_rooms_that_changed() -> None:
    """Ten thousand wait alone, each in a room. Nothing is due after each was told so."""
    room = WaitingRoom(Stages())
    for visitor in range(10_000):
        room.offer([wants(visitor, f"m:{visitor}")], 0.0)
    run(room, 0.0, 10.0)
    assert room.advance(10.0).next_at == inf
    looked_at = list(room._open.changed)
    room.offer([wants(10_000, "m:7", since=10.0)], 10.0)
    assert [pool.room for pool in room._open.changed - set(looked_at)] == ["m:7"]
    assert [pairing.other.visitor_key for pairing in room.advance(10.0).pairings] == [7]


def test_a_stage_change_tells_how_many_wait_in_the_room() -> None:
    room = make_room()
    blocking = [
        ticket(visitor, pool=pool_of_room(VIDEO, "p:a"), blocked=frozenset({1, 2, 3})) for visitor in (1, 2)
    ]
    room.offer([*blocking, ticket(3)], 0.0)
    assert {change.ticket.visitor_key: change.waiting for change in room.advance(0.0).stage_changes} == {
        1: 2, 2: 2, 3: 1,
    }  # fmt: skip


def test_rooms_are_no_labels_of_metrics() -> None:
    room, registry = make_room(), CollectorRegistry()
    for gauge in pool_gauges(room):
        registry.register(gauge)
    offer(room, 0.0, ticket(1), *(wants(visitor, f"m:{visitor}") for visitor in range(2, 50)))
    text = generate_latest(registry).decode()
    assert 'zufall_matcher_waiting_tickets{audience="everyone",mode="video"} 49.0' in text
    assert "m:" not in text
    assert len(text.splitlines()) == 2 * (2 + len(POOLS))
