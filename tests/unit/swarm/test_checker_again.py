"""Invariant 3 on histories written by hand."""

import pytest

from bench.swarm import events
from bench.swarm.checker import Bounds, count_forgotten

from .histories import both_came, came, invariants, judge, meet, part, strike


def test_a_minute_later_they_may_meet_again() -> None:
    assert judge(both_came(), meet(1), part(5), meet(66, "n"), part(70, "n")) == []


def test_met_again_too_soon() -> None:
    found = judge(both_came(), meet(1), part(5), meet(35, "n"), part(40, "n"))
    assert invariants(found) == [3]
    assert "met again 30.0 s after they parted" in str(found[0])


def test_a_rewind_that_both_asked_for() -> None:
    asked = [events.Asked(10, visitor, "m") for visitor in ("ann", "bob")]
    assert judge(both_came(), meet(1), part(5), asked, meet(11, "n"), part(15, "n")) == []
    assert invariants(judge(both_came(), meet(1), part(5), asked[:1], meet(11, "n"), part(15, "n"))) == [3]


def moved_and_met(*fault: events.Event) -> list[events.Event]:
    """They part at 5, go to g3, and meet there again."""
    moved = [came(10, "ann", gateway="g3"), came(11, "bob", gateway="g3")]
    return [*both_came(), *meet(1), *fault, *part(5), *moved, *meet(12, "n"), *part(15, "n")]


@pytest.mark.parametrize(
    ("at", "target", "origin", "excused"),
    [
        (4.5, "gateway-1", "http://g1", True),
        (4.5, "gateway-3~nats", "http://g3", True),
        (4.5, "nats", "", True),
        (4.5, "gateway-4", "http://g4", False),
        (4.5, "gateway-1~matcher-1", "http://g1", False),
        (3.0, "gateway-1", "http://g1", False),
        (7.0, "gateway-1", "http://g1", False),
    ],
)
def test_a_parting_is_forgotten_only_by_a_fault(at: float, target: str, origin: str, excused: bool) -> None:
    met_again = moved_and_met(strike(at, "kill", target, sudden=True, origin=origin))
    assert invariants(judge(met_again)) == ([] if excused else [3])
    assert count_forgotten(met_again, Bounds()) == excused


def test_a_parting_is_not_forgotten_by_moving() -> None:
    assert invariants(judge(moved_and_met())) == [3]


@pytest.mark.parametrize("gap", [-0.5, 0.5])
def test_a_parting_is_forgotten_when_all_who_knew_are_dead_at_once(gap: float) -> None:
    """One gateway after the other is killed: who starts again asks those that are there."""
    strikes = [
        strike(
            7 + number, "kill", f"gateway-{number}", sudden=True, number=number, origin=f"http://g{number}"
        )
        for number in (1, 2, 3)
    ]
    healed = [events.Healed(10 + gap, 1), events.Healed(20, 2), events.Healed(21, 3)]
    fresh = [
        events.Came(30, visitor, "http://g3", "g3 again", f"id of {visitor}") for visitor in ("ann", "bob")
    ]
    far = events.Came(1, "eve", "http://g3", "g3", "id of eve")
    met_again = [*both_came(), far, *meet(1), *part(5), *strikes, *healed, *fresh]
    found = judge(met_again, meet(32, "n"), part(35, "n"))
    assert (3 in invariants(found)) == (gap < 0)


@pytest.mark.parametrize(
    ("fault", "target", "healed", "knows"),
    [
        ("cut", "gateway-3~nats", 8, False),
        ("delay", "gateway-3~nats", 8, True),
        ("pause", "gateway-3", 8, True),
        ("pause", "gateway-3", 40, False),
    ],
)
def test_who_heard_late_of_a_parting_knows_of_it(fault: str, target: str, healed: float, knows: bool) -> None:
    """Both other gateways are killed after that, and ask the third when they start again."""
    third = [came(1, "eve", gateway="g3"), strike(4.5, fault, target, number=3, origin="http://g3")]
    strikes = [
        strike(9, "kill", f"gateway-{number}", sudden=True, number=number, origin=f"http://g{number}")
        for number in (1, 2)
    ]
    healed_again = [events.Healed(at, number) for at, number in ((healed, 3), (10, 1), (10, 2))]
    fresh = [events.Came(30, one, "http://g1", "g1 again", f"id of {one}") for one in ("ann", "bob")]
    met_again = [*both_came(), *meet(1), *part(5), *fresh, *meet(32, "n"), *part(35, "n")]
    found = judge(third, strikes, healed_again, met_again)
    assert (3 in invariants(found)) == knows


def test_one_who_stayed_is_enough_to_remember() -> None:
    fault = strike(4.5, "kill", "gateway-1", sudden=True, origin="http://g1")
    moved = came(10, "ann", gateway="g3")
    met_again = judge(both_came(), meet(1), fault, part(5), moved, meet(12, "n"), part(15, "n"))
    assert invariants(met_again) == [3]


def test_who_stayed_knows_it_even_if_nobody_could_be_told() -> None:
    cut = [
        strike(4.5, "cut", f"gateway-{number}~nats", number=number, origin=f"http://g{number}")
        for number in (1, 2)
    ]
    healed = [events.Healed(8, 1), events.Healed(8, 2)]
    met_again = [*both_came(), *meet(1), *cut, *part(5), *healed, *meet(12, "n"), *part(15, "n")]
    assert invariants(judge(met_again)) == [3]
    assert count_forgotten(met_again, Bounds()) == 0
    both_moved = [events.Came(10, one, "http://g1", "g1 again", f"id of {one}") for one in ("ann", "bob")]
    assert judge(met_again, both_moved) == []


def test_blocked_for_good() -> None:
    block = [
        *both_came(),
        *meet(1),
        events.Blocked(5, "ann", "m"),
        events.Ended(5.1, "ann", "m", "blocked"),
        events.Ended(5.1, "bob", "m", "blocked"),
    ]
    assert judge(block) == []
    assert invariants(judge(block, meet(70, "n"), part(75, "n"))) == [3]


def test_a_block_that_was_not_heard_counts_from_the_next_welcome() -> None:
    unheard = [
        *both_came(),
        *meet(1),
        events.Blocked(5, "ann", "m"),
        events.Lost(5, "ann", 1006),
        events.Ended(5.1, "bob", "m", "lost"),
        came(6, "ann"),
    ]
    assert judge(unheard) == []
    assert invariants(judge(unheard, meet(70, "n"), part(75, "n"))) == [3]
