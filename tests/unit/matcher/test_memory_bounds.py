"""The memory of the waiting room is bounded by its waiting tickets, whatever visitors do."""

import random
from math import inf

import pytest

from services.contract.ids import GatewayId
from services.matcher.core.compatibility_buckets import CompatibilityBuckets
from services.matcher.core.pool_state import PoolState
from services.matcher.core.ticket_index import SPARE_BUCKETS
from services.matcher.core.tickets import Ticket

from .rooms import likes, make_room, offer, run, speaks
from .tickets import VIDEO, ticket


def slots(market: PoolState) -> int:
    """Count the entries that are referred to, tombstones included."""
    places = [there for shelf in market.index.buckets.values() for there in shelf.values()]
    kinds = [there for there in (*places, market.index._anyone) if isinstance(there, CompatibilityBuckets)]
    queues = [queue for each in kinds for queue in each._queues.values()]
    return len(places) + len(queues) + sum(len(queue.items) for queue in (*queues, market.queue))


def test_a_forgotten_gateway_leaves_nothing_that_grows() -> None:
    """The room must not keep text that visitors typed."""
    room = make_room()
    for visitor in range(3000):
        room.offer([likes(visitor, f"a{visitor}", f"b{visitor}", language=f"c{visitor}")], 0.0)
    run(room, 0.0, 4.0)
    places = room._pools[VIDEO].index.buckets
    assert sum(map(len, places.values())) >= 3 * 3000
    room.forget(GatewayId("one"))
    run(room, 4.0, 30.0)
    assert (sum(room.waiting().values()), room._by_number, room._by_visitor) == (0, {}, {})
    assert places == {}


def test_a_visitor_who_changes_wishes_often_leaves_nothing_that_grows() -> None:
    room = make_room()
    offer(room, 0.0, *(likes(visitor, f"a{visitor}") for visitor in range(100)))
    for second in range(100):
        for flip in range(50):
            wish = likes(1000, f"b{second}.{flip}", language=f"c{second}.{flip}")
            room.offer([wish], second)
            room.advance(second + flip / 50)
            room.withdraw(wish.gateway, wish.number)
    assert slots(room._pools[VIDEO]) <= 2 * 2 * 100 + SPARE_BUCKETS + 100
    assert len(room._widening) <= 2 * 100 + 1024


@pytest.mark.parametrize("left", [0, 1, 20])
def test_many_visitors_who_left_are_forgotten_without_newcomers(left: int) -> None:
    """A few seconds after the last one left, neither their text nor their countries and blocks are kept."""
    room = make_room()
    crowd = [
        speaks(
            visitor, "DE", avoid_countries=frozenset({"DE"}), since=-5.0, interests=frozenset({f"{visitor}"})
        )
        for visitor in range(500)
    ]
    assert offer(room, 0.0, *crowd) == []
    run(room, 0.0, 20.0)
    for gone in crowd[left:]:
        room.withdraw(gone.gateway, gone.number)
    run(room, 20.0, 60.0)
    assert slots(room._pools[VIDEO]) <= left * (3 * 4 + 1) + (3 * 64 + SPARE_BUCKETS if left else 0)
    assert room.advance(60.0).next_at == inf
    assert len(room._widening) + len(room._scans) == 0


def test_scans_of_tickets_that_left_do_not_pile_up() -> None:
    room = make_room()
    for visitor in range(100):
        room.offer([speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"}))], -20.0)
    run(room, 0.0, 6.0)
    for visitor in range(1000, 9000):  # and no turn comes in between
        gone = speaks(visitor, "DE", since=6.0)
        room.offer([gone], 6.0)
        room.withdraw(gone.gateway, gone.number)
        assert len(room._scans) < 1100


@pytest.mark.no_cover
def test_memory_stays_within_a_constant_factor_of_the_waiting_tickets() -> None:
    """Visitors with any wish come and go: most are withdrawn, some are matched."""
    rng = random.Random(3)
    room = make_room()
    waiting: list[Ticket] = []
    for step in range(20_000):
        now = step / 100
        tags = frozenset(rng.choice([f"often{rng.randrange(5)}", f"seldom{step}"]) for _ in range(3))
        wish = ticket(step, now, interests=tags, languages=(rng.choice(["en", "de", f"l{step % 500}"]),))
        room.offer([wish], now)
        waiting.append(wish)
        if len(waiting) > 100:
            gone = waiting.pop(rng.randrange(100))
            room.withdraw(gone.gateway, gone.number)
        if step % 10 == 0:
            room.advance(now)
            living = room.waiting()[VIDEO]
            assert slots(room._pools[VIDEO]) <= 2 * 5 * living + SPARE_BUCKETS + 200
            assert len(room._widening) <= 4 * living + 1024
