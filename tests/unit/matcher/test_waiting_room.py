"""Who meets whom, by example."""

from itertools import count

from services.contract.ids import GatewayId
from services.matcher.shelves import SPARE
from services.matcher.stages import Stages
from services.matcher.tickets import POOLS, Pairing, Ticket
from services.matcher.waiting_room import WaitingRoom

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
    room.forget(GatewayId("one"))
    room.advance(4.0)
    assert (sum(room.waiting().values()), room._tickets) == (0, {})
    places = room._pools[VIDEO].standing
    assert sum(map(len, places.values())) >= 3 * 3000
    for _ in range(3000):
        room.advance(4.0)
    assert places == {}


def test_a_visitor_who_flips_wishes_leaves_nothing_that_grows() -> None:
    room = make_room()
    offer(room, 0.0, *(likes(visitor, f"a{visitor}") for visitor in range(100)))
    for second in range(100):
        for flip in range(50):
            wish = likes(1000, f"b{second}.{flip}", language=f"c{second}.{flip}")
            room.offer(wish, second)
            room.withdraw(wish.gateway, wish.number)
        room.advance(second)
    assert sum(map(len, room._pools[VIDEO].standing.values())) <= SPARE + 50
    assert len(room._timers) <= 200


def test_a_look_that_was_cut_short_goes_on() -> None:
    """Behind a hundred who do not fit stands one who does."""
    room = make_room()
    for visitor in range(100):
        room.offer(ticket(visitor, 0.0, country="DE", avoid_countries=frozenset({"DE", "FR"})), 0.0)
    room.offer(ticket(100, 0.1, country="DE", avoid_countries=frozenset({"DE"})), 0.1)
    assert offer(room, 0.2, ticket(101, 0.2, country="FR")) == []
    assert run(room, 0.2, 0.3) == [(0.2, {100, 101})]


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
