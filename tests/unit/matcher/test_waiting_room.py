"""Examples of pairs that the waiting room makes."""

from math import inf

from msgspec import structs

from services.matcher.core.stages import Stages
from services.matcher.core.tickets import POOLS, StageChange

from .rooms import likes, make_room, offer, pairs, run, speaks
from .tickets import VIDEO, ticket


def test_the_best_shared_interest_wins_over_the_longer_wait() -> None:
    room = make_room()
    assert offer(room, 1.0, likes(1, "a", "x", since=0.0), likes(2, "b", "c", since=1.0)) == []
    assert offer(room, 2.0, likes(3, "a", "b", "c", since=2.0)) == [{2, 3}]


def test_the_best_shared_interest_wins_in_a_whole_scan_too() -> None:
    """Two tickets that share less have waited longer, each under a key of the best one."""
    room = make_room()
    apart = {"languages": ("en",), "blocked": frozenset({1, 2, 3})}
    for visitor, since, interests in ((1, -1.0, "ax"), (2, -1.0, "by"), (3, 0.0, "ab")):
        room.offer([ticket(visitor, since, interests=frozenset(interests), **apart)], 0.5)
    assert offer(room, 0.5, likes(4, "a", "b", "c", since=-7.0)) == [{3, 4}]


def test_the_best_shared_interest_wins_among_those_who_speak_other_languages() -> None:
    room = make_room()
    apart = {"languages": ("de",), "blocked": frozenset({1, 2})}
    assert offer(room, 10.0, ticket(1, 1.0, **apart)) == []
    assert offer(room, 10.0, ticket(2, 2.0, interests=frozenset("a"), **apart)) == []
    assert offer(room, 10.0, likes(3, "a", "b", since=4.0)) == [{2, 3}]


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


def test_a_nearby_wish_prefers_neighbours_but_meets_others_later() -> None:
    room = make_room()
    room.offer([speaks(1, "DE", nearby=True)], 0.0)
    assert [change.stage for change in room.advance(0.0).stage_changes] == [0]
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


def test_tickets_widen_soon_after_a_busy_pool_has_become_thin() -> None:
    room = make_room(Stages())
    assert len(offer(room, 0.0, *(ticket(visitor) for visitor in range(20)))) == 10
    apart = likes(21, "a", since=29.5), likes(22, "b", since=29.5, language="de")
    room.offer(apart, 29.5)
    advance = room.advance(29.5)
    assert [change.stage for change in advance.stage_changes] == [0, 0]
    assert advance.pairings == []
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


def test_stage_changes_are_told_only_of_waiting_tickets() -> None:
    room = make_room()
    room.offer([likes(1, "a"), likes(2, "b"), likes(3, "b")], 0.0)
    (change,) = room.advance(0.5).stage_changes
    assert (change.ticket.visitor_key, change.stage, change.widens_in) == (1, 0, 1.5)
    changes: list[StageChange] = []
    run(room, 0.5, 2.0, changes)
    assert [(change.stage, change.widens_in) for change in changes] == [(1, 3.0)]
    run(room, 2.0, 15.0, changes)
    assert [change.stage for change in changes][-1] == 3
    run(room, 15.0, 20.0)
    assert room.advance(20.0).next_at == inf


def test_a_ticket_in_a_side_lane_overflows_after_a_second_and_waits_no_longer() -> None:
    room = make_room()
    lonely, met, patient = (likes(key, f"{key}", since=10.0, language=f"l{key}") for key in (1, 2, 3))
    lonely, met = (structs.replace(each, side_lane=True) for each in (lonely, met))
    room.offer([lonely, met, patient], 10.0)
    room.offer([likes(4, "2", since=10.5, language="l2")], 10.5)
    assert (pairs(room, 10.5), room.advance(10.9).overflow) == ([{2, 4}], [])
    due = room.advance(10.9).next_at
    assert 11.0 <= due <= 11.1
    assert room.advance(due).overflow == [lonely]
    assert not room.is_waiting(lonely.gateway, lonely.number)
    assert room.is_waiting(patient.gateway, patient.number)


def test_many_simultaneous_newcomers_are_paired_by_interest() -> None:
    """Thirty visitors, each of whom shares an interest with one other, as after a replica's death."""
    room = make_room(Stages())
    room.offer([likes(visitor, f"i{visitor % 15}") for visitor in range(30)], 0.0)
    assert sorted(map(sorted, pairs(room, 0.0))) == [[first, first + 15] for first in range(15)]
