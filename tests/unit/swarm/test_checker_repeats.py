"""Invariant 3 on histories written by hand."""

import pytest

from bench.swarm import events

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
    late = [asked[0], events.Asked(12, "bob", "m")]
    assert invariants(judge(both_came(), meet(1), part(5), late, meet(11, "n"), part(15, "n"))) == [3]


@pytest.mark.parametrize(
    ("fault", "target", "origin"),
    [
        ("kill", "gateway-1", "http://g1"),
        ("pause", "gateway-3", "http://g3"),
        ("cut", "gateway-3~nats", "http://g3"),
        ("kill", "nats", ""),
    ],
)
def test_no_fault_makes_anybody_forget(fault: str, target: str, origin: str) -> None:
    """They part during the fault, both go to g3, and meet there again."""
    struck = [strike(4.5, fault, target, sudden=fault == "kill", origin=origin), events.Healed(30, 1)]
    moved = [came(10, "ann", gateway="g3"), came(11, "bob", gateway="g3")]
    met_again = [*both_came(), *meet(1), *part(5), *moved, *meet(12, "n"), *part(15, "n")]
    assert invariants(judge(struck, met_again)) == [3]


def test_that_every_gateway_was_killed_since_is_no_excuse() -> None:
    strikes = [
        strike(7, "kill", f"gateway-{number}", sudden=True, number=number, origin=f"http://g{number}")
        for number in (1, 2, 3)
    ]
    fresh = [events.Came(30, one, "http://g3", "g3 again", f"id of {one}") for one in ("ann", "bob")]
    met_again = [*both_came(), *meet(1), *part(5), *fresh, *meet(32, "n"), *part(35, "n")]
    assert 3 in invariants(judge(strikes, met_again))


def test_a_match_that_one_skipped_counts() -> None:
    skipped = [*both_came(), *meet(1, visitors=["ann"]), events.Skipped(1.1, "bob", "m")]
    over = events.MatchEnded(1.5, "ann", "m", "next")
    assert judge(skipped, over, meet(70, "n"), part(75, "n")) == []
    assert invariants(judge(skipped, over, meet(30, "n"), part(35, "n"))) == [3]


def test_visitors_may_meet_again_after_a_match_that_one_did_not_see() -> None:
    """A visitor without a socket did not learn whom they were matched with."""
    alone = [*meet(1, visitors=["ann"]), events.MatchEnded(2.2, "ann", "m", "lost")]
    assert judge(both_came(), alone, meet(5, "n"), part(10, "n")) == []


BLOCK = [
    *both_came(),
    *meet(1),
    events.Blocked(5, "ann", "m"),
    events.MatchEnded(5.1, "ann", "m", "blocked"),
    events.MatchEnded(5.1, "bob", "m", "blocked"),
]
NAMED = events.Remembered(5.1, "ann", "m")


def test_blocked_for_good() -> None:
    assert judge(BLOCK, NAMED) == []
    found = judge(BLOCK, NAMED, meet(70, "n"), part(75, "n"))
    assert invariants(found) == [3]
    assert "met again although one had blocked the other" in str(found[0])


def test_a_block_counts_as_soon_as_a_memory_names_it() -> None:
    named = [*both_came(), *meet(1), *part(4), events.Blocked(5, "ann", "m"), NAMED]
    assert judge(named) == []
    assert invariants(judge(named, meet(70, "n"), part(75, "n"))) == [3]


def test_a_block_that_was_not_heard_counts_when_it_was_said_again() -> None:
    unheard = [
        *both_came(),
        *meet(1),
        events.Blocked(5, "ann", "m"),
        events.Lost(5, "ann", 1006),
        events.MatchEnded(5.1, "bob", "m", "lost"),
        came(6, "ann"),
        events.Remembered(6.1, "ann", "m"),
    ]
    assert judge(unheard) == []
    assert invariants(judge(unheard, meet(70, "n"), part(75, "n"))) == [3]


def test_a_block_is_named_by_a_memory_soon() -> None:
    found = judge(BLOCK)
    assert invariants(found) == [3]
    assert "no memory of ann names the block of m" in str(found[0])
    assert invariants(judge(BLOCK, events.Remembered(15, "ann", "m"))) == [3]
    assert judge(BLOCK, events.Lost(6, "ann", 1006), came(12, "ann"), until=13) == []
    assert invariants(judge(BLOCK, events.Lost(6, "ann", 1006), came(12, "ann"))) == [3]
    paused = [strike(4, "pause", "gateway-1", origin="http://g1"), events.Healed(13, 1)]
    assert judge(BLOCK, paused, events.Remembered(15, "ann", "m")) == []
