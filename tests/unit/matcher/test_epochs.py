"""Only the ticket of a visitor's newest place waits, and the gateway of the other is told."""

from typing import Any

import pytest

from services.contract.ids import GatewayId, Place
from services.matcher.core.tickets import POOLS, Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .rooms import make_room, pairs
from .tickets import VIDEO, ticket

ONE, TWO = GatewayId("one"), GatewayId("two")
TEXT, RESTRICTED = POOLS[3, 0], POOLS[1, 1]


def of(epoch: int, gateway: GatewayId = ONE, **wish: Any) -> Ticket:
    """Return a ticket of visitor 1."""
    return ticket(1, epoch=epoch, gateway=gateway, **wish)


def waits(room: WaitingRoom, wanted: Ticket) -> bool:
    return room.is_waiting(wanted.gateway, wanted.number)


@pytest.mark.parametrize("pool", [VIDEO, TEXT, RESTRICTED])
@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (of(1, ONE), of(2, TWO)),
        (of(1, TWO), of(2, ONE)),
        (of(1, ONE), of(2, ONE)),
        (of(7, ONE), of(7, TWO)),
    ],
)
def test_a_newer_ticket_removes_the_older_one_whatever_its_pool(
    older: Ticket, newer: Ticket, pool: object
) -> None:
    room = make_room()
    newer = ticket(1, epoch=newer.epoch, gateway=newer.gateway, pool=pool)
    assert room.offer([older], 0.0) == []
    (superseded,) = room.offer([newer], 0.0)
    assert (superseded.ticket, superseded.newer) == (older, Place(newer.epoch, newer.gateway))
    assert (waits(room, older), waits(room, newer)) == (False, True)
    assert sum(room.waiting().values()) == 1
    room.offer([ticket(2)], 0.0)
    assert pairs(room, 0.0) == ([{1, 2}] if pool is VIDEO else [])


@pytest.mark.parametrize("pool", [VIDEO, TEXT])
@pytest.mark.parametrize(("epoch", "gateway"), [(1, TWO), (1, ONE), (2, ONE)])
def test_an_older_offer_changes_nothing_and_its_gateway_hears_of_the_newer(
    pool: object, epoch: int, gateway: GatewayId
) -> None:
    room = make_room()
    newer, older = of(2, TWO), of(epoch, gateway, pool=pool)
    room.offer([newer], 0.0)
    (superseded,) = room.offer([older], 0.0)
    assert (superseded.ticket, superseded.newer) == (older, Place(2, TWO))
    assert (waits(room, older), waits(room, newer)) == (False, True)
    assert sum(room.waiting().values()) == 1


def test_an_older_offer_is_refused_though_somebody_fits() -> None:
    room = make_room()
    room.offer([of(2, TWO, pool=TEXT)], 0.0)
    room.offer([ticket(2)], 0.0)
    assert len(room.offer([of(1)], 0.0)) == 1
    assert pairs(room, 0.0) == []


def test_the_later_of_two_offers_from_one_place_wins_and_nobody_is_told() -> None:
    room = make_room()
    earlier, later = of(3), of(3, pool=TEXT)
    assert room.offer([earlier], 0.0) == []
    assert room.offer([later], 0.0) == []
    assert (waits(room, earlier), waits(room, later)) == (False, True)


def test_a_gateway_that_offers_a_ticket_again_with_a_higher_epoch_is_told_nothing() -> None:
    room = make_room()
    again = of(4)
    assert room.offer([of(3, number=again.number)], 0.0) == []
    assert room.offer([again], 0.0) == []
    assert waits(room, again)
    assert sum(room.waiting().values()) == 1


def test_a_ticket_that_is_paired_at_once_removes_the_older_one() -> None:
    room = make_room()
    older = of(1)
    room.offer([older], 0.0)
    room.offer([ticket(2, pool=TEXT)], 0.0)
    (superseded,) = room.offer([of(2, TWO, pool=TEXT)], 0.0)
    assert superseded.ticket is older
    assert pairs(room, 0.0) == [{1, 2}]
    assert not waits(room, older)


@pytest.mark.parametrize("how", ["withdrawn", "paired", "forgotten", "superseded and withdrawn"])
def test_a_visitor_is_forgotten_with_their_ticket(how: str) -> None:
    room = make_room()
    newest = of(9, TWO)
    if how == "superseded and withdrawn":
        room.offer([of(8)], 0.0)
    room.offer([newest], 0.0)
    if how == "forgotten":
        room.forget(TWO)
    elif how == "paired":
        room.offer([ticket(2)], 0.0)
        room.advance(0.0)
    else:
        room.withdraw(TWO, newest.number)
    assert room._by_visitor == {}
    older = of(1)
    assert room.offer([older], 0.0) == []
    assert waits(room, older)


def test_a_number_given_to_two_visitors_belongs_to_the_later_one() -> None:
    """No gateway does this, but the room must not promise one ticket to two visitors."""
    room = make_room()
    first = ticket(1, interests=frozenset("a"), languages=("en",))
    second = ticket(2, number=first.number, interests=frozenset("b"), languages=("en",))
    room.offer([first], 0.0)
    room.offer([second], 0.0)
    assert (room.is_searching(1), room.is_searching(2)) == (False, True)
    assert sum(room.waiting().values()) == 1
    room.withdraw(first.gateway, first.number)
    assert room._by_visitor == {}
    assert sum(room.waiting().values()) == 0


def test_a_visitor_is_told_alone_after_the_other_moved_to_another_pool() -> None:
    room = make_room()
    room.offer([of(1, blocked=frozenset({2}))], 0.0)
    alone = ticket(2)
    room.offer([alone], 0.0)
    room.advance(0.0)
    room.offer([of(2, TWO, pool=TEXT)], 1.0)
    hints: dict[Ticket, str] = {}
    now = 1.0
    while now < 6.0:
        hints |= {change.ticket: change.hint for change in room.advance(now).stage_changes}
        now += 0.5
    assert hints[alone] == "alone"
