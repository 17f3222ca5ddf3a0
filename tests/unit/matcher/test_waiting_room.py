"""Who meets whom, by example."""

import random
from itertools import count
from time import process_time
from typing import Any

import pytest

from services.contract.ids import GatewayId
from services.matcher.queues import Queue
from services.matcher.shelves import SPARE, Shelves
from services.matcher.stages import Stages
from services.matcher.tickets import POOLS, Pairing, Ticket
from services.matcher.waiting_room import WaitingRoom

from ...timing import scaled
from .tickets import VIDEO, ticket

BUSY = Stages(thin=0, tiny=0)
"""Only age widens."""


def make_room(stages: Stages = BUSY) -> WaitingRoom:
    matches = count()
    return WaitingRoom(lambda: str(next(matches)), stages)


def met(pairings: list[Pairing]) -> list[set[int]]:
    return [{pairing.polite.visitor_key, pairing.other.visitor_key} for pairing in pairings]


def offer(room: WaitingRoom, now: float, *tickets: Ticket) -> list[set[int]]:
    for each in tickets:
        room.offer(each, now)
    return met(room.advance(now))


def run(room: WaitingRoom, start: float, end: float) -> list[tuple[float, set[int]]]:
    """Advance the room whenever it wants to; who met when."""
    found: list[tuple[float, set[int]]] = []
    now = start
    while (due := room.next_due(now)) is not None and due <= end:
        now = max(due, now)
        found += [(round(now, 3), pair) for pair in met(room.advance(now))]
    return found


def likes(visitor: int, *interests: str, since: float = 0.0, language: str = "en") -> Ticket:
    return ticket(visitor, since, interests=frozenset(interests), languages=(language,))


def test_the_best_shared_interest_wins_over_the_longer_wait() -> None:
    room = make_room()
    assert offer(room, 1.0, likes(1, "a", "x", since=0.0), likes(2, "b", "c", since=1.0)) == []
    assert offer(room, 2.0, likes(3, "a", "b", "c", since=2.0)) == [{2, 3}]


def test_the_longest_wait_wins_among_equals() -> None:
    room = make_room()
    waiting = [
        ticket(visitor, since, country="DE", avoid_countries=frozenset({"DE"}))
        for visitor, since in ((1, 0.5), (2, 0.2), (3, 0.9))
    ]
    assert offer(room, 1.0, *waiting) == []
    assert offer(room, 1.0, ticket(4, 1.0)) == [{2, 4}]


def test_a_re_offered_ticket_keeps_its_age() -> None:
    room = make_room()
    assert offer(room, 1.0, likes(1, "a", since=1.0), likes(2, "b", since=1.0)) == []
    assert offer(room, 1.0, likes(3, "c", since=-20.0)) == []
    [(when, pair)] = run(room, 1.0, 10.0)
    assert (when, 3 in pair) == (3.0, True)


def test_stages_widen_by_age() -> None:
    room = make_room()
    offer(room, 0.0, likes(1, "a"), likes(2, "b"), likes(3, "c", language="de"))
    assert run(room, 0.0, 4.0) == [(2.0, {1, 2})]
    assert offer(room, 4.0, likes(4, "d", since=4.0, language="fr")) == []
    assert run(room, 4.0, 20.0) == [(9.0, {3, 4})]


def test_a_ticket_waits_for_the_other_side_to_widen_too() -> None:
    room = make_room()
    offer(room, 0.0, likes(1, "a", language="de"))
    run(room, 0.0, 10.0)
    assert offer(room, 10.0, likes(2, "b", since=10.0)) == []
    assert run(room, 10.0, 30.0) == [(15.0, {1, 2})]


def test_a_wish_without_languages_fits_every_language() -> None:
    welsh, any_language = likes(1, "a", language="cy"), ticket(2, interests=frozenset("a"))
    for first, second in ((welsh, any_language), (any_language, welsh), (likes(1, language="cy"), ticket(2))):
        assert offer(make_room(), 0.0, first, second) == [{1, 2}]


def test_two_lonely_visitors_meet_at_once_and_a_third_and_fourth_likewise() -> None:
    room = make_room(Stages())
    assert offer(room, 0.0, likes(1, "a")) == []
    assert offer(room, 0.1, likes(2, "b", language="de", since=0.1)) == [{1, 2}]
    assert offer(room, 9.0, likes(3, "c", since=9.0)) == []
    assert offer(room, 9.1, likes(4, "d", language="cy", since=9.1)) == [{3, 4}]


def test_two_who_parted_meet_again_after_a_minute_if_nobody_else_comes() -> None:
    room = make_room(Stages())
    assert offer(room, 10.0, ticket(1, 10.0, partners={2: 10.0}), ticket(2, 10.0, partners={1: 10.0})) == []
    assert run(room, 10.0, 100.0) == [(70.0, {1, 2})]


def test_somebody_new_is_preferred_to_a_former_partner() -> None:
    room = make_room(Stages())
    avoiding = {"country": "DE", "avoid_countries": frozenset({"DE"})}
    offer(room, 100.0, ticket(1, 90.0, **avoiding), ticket(2, 95.0, **avoiding))
    assert offer(room, 100.0, ticket(3, 100.0, partners={1: 0.0})) == [{2, 3}]


def test_a_repeat_waits_for_the_last_stage_while_others_may_come() -> None:
    room = make_room()
    assert offer(room, 100.0, ticket(1, 100.0, partners={2: 0.0}), ticket(2, 100.0)) == []
    assert run(room, 100.0, 200.0) == [(115.0, {1, 2})]


def speaks(visitor: int, country: str, **wish: Any) -> Ticket:
    return ticket(visitor, languages=("en",), country=country, **wish)


def test_who_wishes_somebody_nearby_prefers_them_but_meets_others_later() -> None:
    room = make_room()
    offer(room, 0.0, speaks(1, "DE", nearby=True))
    assert [change.stage for change in room.stage_changes(0.0)] == [0]
    assert offer(room, 0.0, speaks(2, "FR", nearby=True)) == []
    assert run(room, 0.0, 5.0) == [(2.0, {1, 2})]
    assert offer(room, 5.0, speaks(3, "DE", nearby=True), speaks(4, "DE")) == [{3, 4}]


def test_a_neighbour_is_worth_more_than_a_longer_wait() -> None:
    for seeker in (speaks(4, "DE", nearby=True), speaks(4, "DE")):
        room = make_room()
        apart = {"blocked": frozenset({2, 3})}
        offer(room, 0.0, speaks(2, "FR", since=-1.0, **apart), speaks(3, "DE", nearby=True, **apart))
        assert offer(room, 0.0, seeker) == [{3, 4}]


def test_where_the_country_is_unknown_a_nearby_wish_is_like_any_other() -> None:
    room = make_room()
    assert offer(room, 0.0, speaks(1, "", nearby=True), speaks(2, "", nearby=True)) == [{1, 2}]


def test_tickets_widen_soon_after_a_busy_market_has_become_thin() -> None:
    room = make_room(Stages())
    assert len(offer(room, 0.0, *(ticket(visitor) for visitor in range(20)))) == 10
    apart = likes(21, "a", since=29.5), likes(22, "b", since=29.5, language="de")
    assert offer(room, 29.5, *apart) == []
    assert [change.stage for change in room.stage_changes(29.5)] == [0, 0]
    ((when, _),) = run(room, 29.5, 40.0)
    assert when <= 31.0


def test_pools_do_not_mix() -> None:
    assert (
        offer(make_room(Stages()), 0.0, *(ticket(n, pool=pool) for n, pool in enumerate(POOLS.values())))
        == []
    )


def test_an_offer_with_the_number_of_a_waiting_ticket_replaces_it() -> None:
    room = make_room()
    first = likes(1, "a")
    offer(room, 0.0, first)
    offer(room, 0.0, ticket(1, number=first.number, interests=frozenset("b"), languages=("en",)))
    assert room.waiting()[VIDEO] == 1
    assert offer(room, 0.0, likes(2, "a")) == []
    assert offer(room, 0.0, likes(3, "b")) == [{1, 3}]


def test_a_forgotten_gateway_leaves_nothing_that_grows() -> None:
    """What strangers type must not stay in memory."""
    room = make_room()
    for visitor in range(3000):
        room.offer(likes(visitor, f"a{visitor}", f"b{visitor}", language=f"c{visitor}"), 0.0)
    run(room, 0.0, 4.0)
    places = room._pools[VIDEO].standing
    assert sum(map(len, places.values())) >= 3 * 3000
    room.forget(GatewayId("one"))
    run(room, 4.0, 30.0)
    assert (sum(room.waiting().values()), room._tickets) == (0, {})
    assert places == {}


def test_a_visitor_who_flips_wishes_leaves_nothing_that_grows() -> None:
    room = make_room()
    offer(room, 0.0, *(likes(visitor, f"a{visitor}") for visitor in range(100)))
    for second in range(100):
        for flip in range(50):
            wish = likes(1000, f"b{second}.{flip}", language=f"c{second}.{flip}")
            room.offer(wish, second)
            room.advance(second + flip / 50)
            room.withdraw(wish.gateway, wish.number)
    assert slots(room._pools[VIDEO]) <= 2 * 2 * 100 + SPARE + 100
    assert len(room._timers) <= 2 * 100 + 1024


@pytest.mark.parametrize("left", [0, 1, 20])
def test_nothing_is_kept_of_a_crowd_that_went_though_nobody_comes_any_more(left: int) -> None:
    """Neither what they typed nor their countries and blocks, a few seconds after the last went."""
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
    assert slots(room._pools[VIDEO]) <= left * (3 * 4 + 1) + (3 * 64 + SPARE if left else 0)
    assert room.next_due(60.0) is None
    assert len(room._timers) + len(room._walks) == 0


def slots(shelves: Shelves) -> int:
    """How many entries are referred to, tombstones included."""
    places = [there for shelf in shelves.standing.values() for there in shelf.values()]
    queues = [there for there in (*places, shelves.everybody, shelves._all) if isinstance(there, Queue)]
    return len(places) + sum(len(queue.items) for queue in queues)


def test_memory_stays_within_a_constant_factor_of_those_who_wait() -> None:
    """Whatever they wish, and however they come and go: most by a withdrawal, some by a match."""
    rng = random.Random(3)
    room = make_room()
    waiting: list[Ticket] = []
    for step in range(20_000):
        now = step / 100
        tags = frozenset(rng.choice([f"often{rng.randrange(5)}", f"seldom{step}"]) for _ in range(3))
        wish = ticket(step, now, interests=tags, languages=(rng.choice(["en", "de", f"l{step % 500}"]),))
        room.offer(wish, now)
        waiting.append(wish)
        if len(waiting) > 100:
            gone = waiting.pop(rng.randrange(100))
            room.withdraw(gone.gateway, gone.number)
        if step % 10 == 0:
            room.advance(now)
            room.stage_changes(now)
            living = room.waiting()[VIDEO]
            assert slots(room._pools[VIDEO]) <= 2 * 5 * living + SPARE + 200
            assert len(room._timers) <= 4 * living + 1024


def test_a_look_that_was_cut_short_goes_on() -> None:
    """Behind a hundred who do not fit stands one who does."""
    room = make_room()
    for visitor in range(100):
        room.offer(ticket(visitor, 0.0, country="DE", avoid_countries=frozenset({"DE", "FR"})), 0.0)
    room.offer(ticket(100, 0.1, country="DE", avoid_countries=frozenset({"DE"})), 0.1)
    room.offer(ticket(101, 0.2, country="FR"), 0.2)
    assert not room._pairings
    assert offer(room, 0.2) == [{100, 101}]


@pytest.mark.parametrize("waiting", [1000, 3000])
@pytest.mark.parametrize("alike", [True, False])
def test_two_meet_soon_behind_thousands_who_may_not_meet_each_other(waiting: int, alike: bool) -> None:
    """In a replica under load, which advances every 20 ms, and is busy for a fraction of it."""
    room = make_room(Stages())
    for visitor in range(waiting):
        also = "" if alike else f"{visitor}"
        room.offer(speaks(visitor, "DE", avoid_countries=frozenset({"DE", also})), 0.0)
    assert room.advance(0.0) == []
    room.offer(speaks(waiting, "DE"), 1.0)
    room.offer(speaks(waiting + 1, "DE"), 1.0)
    began, now, found = process_time(), 1.0, list[Pairing]()
    while not found and now < 3.0:
        now += 0.02
        found = room.advance(now)
        room.stage_changes(now)
    assert met(found) == [{waiting, waiting + 1}]
    assert process_time() - began < 0.5 * scaled(now - 1.0) + 0.05


def test_the_oldest_looks_end_though_more_newcomers_come_than_can_be_served() -> None:
    room = make_room()
    for visitor in range(6000):
        room.offer(speaks(visitor, "DE", avoid_countries=frozenset({"DE", f"{visitor}"})), visitor / 3000)
        if visitor % 60 == 0:
            room.advance(visitor / 3000)
    assert len(room._walkers) > 1000
    assert room._walkers[0].ticket.visitor_key > 200


def test_a_look_that_goes_on_while_its_ticket_widens_goes_on_more_widely() -> None:
    """Behind two thousand who speak the language and do not fit stands one who does and speaks another."""
    matches = count()
    room = WaitingRoom(lambda: str(next(matches)), BUSY, steps=30)
    german, avoided = {"country": "DE"}, frozenset({"DE", "FR"})
    for visitor in range(2000):
        room.offer(ticket(visitor, -20.0, languages=("en",), avoid_countries=avoided, **german), 0.0)
    fits = ticket(2000, -16.0, languages=("de",), avoid_countries=frozenset({"DE"}), **german)
    assert offer(room, 0.0, fits) == []
    assert run(room, 0.0, 1.0) == []
    assert offer(room, 4.9, ticket(2001, 0.0, languages=("en",), country="FR")) == []
    assert met(room.advance(4.95)) == []
    assert [pair for _, pair in run(room, 5.1, 5.5)] == [{2000, 2001}]


def test_stage_changes_are_told_of_those_who_still_wait() -> None:
    room = make_room()
    offer(room, 0.0, likes(1, "a"), likes(2, "b"), likes(3, "b"))
    (change,) = room.stage_changes(0.5)
    assert (change.ticket.visitor_key, change.stage, change.widens_in) == (1, 0, 1.5)
    assert room.stage_changes(0.5) == []
    run(room, 0.5, 2.0)
    (change,) = room.stage_changes(2.0)
    assert (change.stage, change.widens_in) == (1, 3.0)
    run(room, 2.0, 15.0)
    assert [change.stage for change in room.stage_changes(15.0)][-1] == 3
    run(room, 15.0, 20.0)
    assert room.next_due(20.0) is None
