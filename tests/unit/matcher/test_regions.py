"""Tickets meet others of their region first, and nobody waits long because of a region."""

from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.core.regions import MAX_REGIONS
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .machines import wishes
from .rooms import make_room, offer, pairs, run
from .tickets import VIDEO, ticket


def of(region: str, visitor: int, since: float = 0.0, **wish: Any) -> Ticket:
    return ticket(visitor, since, region=region, **wish)


def test_a_visitor_of_the_own_region_comes_before_one_who_has_waited_longer() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1)) == []
    assert offer(room, 3.0, of("eu", 2, 3.0), of("eu", 3, 3.0)) == [{2, 3}]


def test_two_regions_meet_when_one_of_the_two_has_waited_for_five_seconds() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1)) == []
    assert offer(room, 3.0, of("eu", 2, 3.0)) == []
    assert run(room, 3.0, 10.0) == [(5.0, {1, 2})]


def test_a_ticket_that_has_waited_for_five_seconds_meets_any_newcomer_at_once() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1)) == []
    assert run(room, 0.0, 6.0) == []
    assert offer(room, 6.0, of("eu", 2, 6.0)) == [{1, 2}]


def test_a_newcomer_still_meets_the_own_region_first() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1, languages=("en",))) == []
    assert run(room, 0.0, 6.0) == []
    apart: dict[str, Any] = {"languages": ("en",), "blocked": frozenset({1})}
    assert offer(room, 6.0, of("eu", 2, 6.0, **apart)) == []
    assert offer(room, 6.0, of("eu", 3, 6.0, languages=("en",))) == [{2, 3}]


def test_a_search_of_many_steps_meets_one_of_another_region_too() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1, country="DE")) == []
    assert run(room, 0.0, 6.0) == []
    assert offer(room, 6.0, of("eu", 2, 6.0, country="DE", nearby=True)) == [{1, 2}]


def test_a_ticket_that_widens_meets_one_of_another_region_that_has_waited_longer() -> None:
    room = make_room()
    assert offer(room, 0.0, of("us", 1)) == []
    assert run(room, 0.0, 6.0) == []
    assert offer(room, 6.0, of("eu", 2, 6.0, interests=frozenset("a"))) == []
    assert run(room, 6.0, 10.0) == [(8.0, {1, 2})]


def test_a_language_in_common_comes_before_the_own_region() -> None:
    room = make_room()
    assert offer(room, 10.0, of("us", 1, 9.0, languages=("en",)), of("eu", 2, 4.0, languages=("de",))) == []
    assert offer(room, 10.0, of("eu", 3, 4.0, languages=("en",))) == [{1, 3}]


def test_two_regions_that_insist_on_a_language_meet_as_late_as_others() -> None:
    room = make_room()
    strict: dict[str, Any] = {"languages": ("cy",), "strict_language": True}
    assert offer(room, 0.0, of("us", 1, **strict), of("eu", 2, **strict)) == []
    assert run(room, 0.0, 10.0) == [(5.0, {1, 2})]


@pytest.mark.parametrize("regions", [("", "eu"), ("eu", ""), ("", "")])
def test_a_ticket_without_a_region_meets_any_other_at_once(regions: tuple[str, str]) -> None:
    assert offer(make_room(), 0.0, of(regions[0], 1), of(regions[1], 2)) == [{1, 2}]


def test_in_a_thin_pool_regions_do_not_matter() -> None:
    room = make_room(Stages(thin=16, tiny=4))
    assert offer(room, 0.0, of("us", 1), of("eu", 2)) == [{1, 2}]


def test_a_region_of_few_visitors_does_not_wait_for_its_own() -> None:
    room = make_room(Stages(thin=16, tiny=4))
    apart = frozenset(range(100, 200))
    crowd = [of("eu", visitor, blocked=apart) for visitor in range(100, 140)]
    assert offer(room, 0.0, *crowd) == []
    assert offer(room, 0.0, of("us", 1)) in [[{1, visitor}] for visitor in range(100, 140)]


def test_a_deferred_ticket_in_a_busy_pool_has_no_region() -> None:
    room = make_room()
    for visitor in range(1000, 1300):
        passing = of("eu", visitor)
        room.offer([passing], 0.0)
        room.withdraw(passing.gateway, passing.number)
    room.advance(1.0)
    assert offer(room, 1.0, of("eu", 1, 1.0, deferred=True), of("us", 2, 1.0, deferred=True)) == [{1, 2}]


def test_more_regions_than_expected_have_no_preference() -> None:
    room = make_room()
    for number in range(MAX_REGIONS):
        assert offer(room, 0.0, of(f"r{number}", number)) == []
    assert len(offer(room, 0.0, of("one more", 100))) == 1


def test_a_region_leaves_nothing_that_grows() -> None:
    room = make_room()
    visitors = [
        of("eu", each, interests=frozenset({f"{each}"}), blocked=frozenset(range(500))) for each in range(500)
    ]
    assert offer(room, 0.0, *visitors) == []
    assert run(room, 0.0, 20.0) == []
    for gone in visitors:
        room.withdraw(gone.gateway, gone.number)
    run(room, 20.0, 60.0)
    assert room._pools[VIDEO].regions.indexes["eu"].buckets == {}
    assert room.advance(60.0).next_at == inf


people = st.lists(st.tuples(wishes, st.sampled_from([0.0, 0.0, 1.0, 4.0, 20.0])), min_size=2, max_size=12)


@pytest.mark.no_cover
@settings(max_examples=300, deadline=None)
@given(people=people)
def test_whoever_is_in_one_region_meets_as_if_there_were_none(
    people: list[tuple[dict[str, Any], float]],
) -> None:
    """It meets the same partners at the same times, so a preference that all share costs nobody anything."""

    def meetings(region: str) -> list[tuple[float, set[int]]]:
        room, found = WaitingRoom(Stages(thin=0, tiny=0)), list[tuple[float, set[int]]]()
        for visitor, (wish, age) in enumerate(people):
            now = 100.0 + visitor / 20  # no two have waited equally long, and a scan has its turn in time
            wanted = wish | {"strict_language": False, "region": region, "epoch": 1}
            room.offer([ticket(visitor, now - age, **wanted)], now)
            found += [(now, pair) for pair in pairs(room, now)]
        return found + run(room, 101.0, 130.0)

    assert meetings("eu") == meetings("")
