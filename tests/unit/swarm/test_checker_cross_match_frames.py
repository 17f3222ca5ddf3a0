"""Invariant 6 on histories written by hand: nobody gets frames of other matches."""

import pytest

from bench.swarm import events
from bench.swarm.checker import Violation

from .histories import both_came, came, invariants, judge, meet, part, strike

TOGETHER = [*both_came(), came(0, "cem"), *meet(1), *part(30)]


def strays(event: events.Event) -> list[Violation]:
    return [one for one in judge(TOGETHER, event) if "got word" in one.what]


@pytest.mark.parametrize(
    "event",
    [
        events.MatchEnded(5, "cem", "m", "next"),
        events.Away(5, "cem", "m"),
        events.Back(5, "cem", "m"),
        events.Offered(5, "cem", "m"),
        events.Away(5, "bob", "another"),
        events.Heard(5, "cem", "m", "ann", "m", 1),
        events.Ignored(5, "cem", "m", "ann", "m", 1),
        events.Acknowledged(5, "cem", "m", 1),
    ],
)
def test_a_match_that_was_never_theirs(event: events.Event) -> None:
    (found,) = strays(event)
    assert found.invariant == 6
    assert "was never theirs" in found.what


def test_told_twice_of_the_end() -> None:
    assert "which they knew to be over" in str(strays(events.MatchEnded(31, "bob", "m", "lost")))
    assert "which they knew to be over" in str(strays(events.Back(31, "bob", "m")))


def test_frames_that_cross_with_a_next_are_allowed() -> None:
    assert strays(events.MatchEnded(30.1, "ann", "m", "next")) == []
    assert "left 5.0 s before" in str(strays(events.MatchEnded(35, "ann", "m", "next")))


def test_frames_that_cross_with_a_stop_are_allowed() -> None:
    skipped = [events.Stopped(39.9, "ann"), events.Skipped(40, "ann", "n")]
    assert judge(TOGETHER, skipped, events.MatchEnded(40.1, "ann", "n", "stop")) == []
    assert invariants(judge(TOGETHER, skipped, events.Away(45, "ann", "n"))) == [6]


@pytest.mark.parametrize(
    "turned",
    [
        events.Stopped(40, "cem"),
        events.Pressed(40, "cem", "before"),
        events.Searches(40, "cem", "video"),
        came(40, "cem"),
    ],
)
def test_matched_long_after_they_had_stopped_searching(turned: events.Event) -> None:
    assert judge(TOGETHER, turned, events.Skipped(42, "cem", "n")) == []
    found = judge(TOGETHER, turned, events.Skipped(45, "cem", "n"))
    assert invariants(found) == [6]
    assert "was matched in n, 5.0 s after they had stopped searching" in str(found[0])


def test_a_gateway_that_was_paused_reads_a_stop_late() -> None:
    stopped = [events.Stopped(40, "cem"), events.Skipped(51, "cem", "n")]
    for origin, found in [("http://g1", []), ("http://g3", [6])]:
        fault = [strike(40, "pause", "gateway", origin=origin), events.Healed(50, 1)]
        assert invariants(judge(TOGETHER, stopped, fault)) == found, origin


def test_a_match_that_was_not_resumed() -> None:
    moved = [*both_came(), *meet(1), events.Lost(4, "ann", 1006), came(5, "ann", gateway="g3")]
    ended = events.MatchEnded(6, "bob", "m", "lost")
    assert judge(moved, ended) == []
    assert "which they knew to be over" in str(judge(moved, events.Away(5.1, "ann", "m"), ended))


def test_a_match_that_was_left_on_a_former_socket() -> None:
    moved = [events.Lost(30.2, "ann", 1006), came(30.4, "ann", gateway="g3")]
    assert judge(TOGETHER, moved) == []
    late = events.MatchEnded(30.5, "ann", "m", "next")
    assert "which they knew to be over" in str(judge(TOGETHER, moved, late))
