"""Some things must happen, and some must not, in a history written by hand."""

import pytest

from bench.swarm import events
from bench.swarm.events import Event

from .histories import acknowledged, both_came, came, heard, invariants, judge, meet, part, said, strike

LINES = [said(42, 1), heard(42.1, 1), said(43, 1, "bob"), heard(43.1, 1, "bob", "ann")]
TALK = [*meet(41), *LINES, acknowledged(43.2, 1), acknowledged(43.2, 1, "bob"), *part(50)]


def calm(*parts: Event) -> list[int]:
    """Return the invariants that a calm from 40 on violates."""
    fault = [strike(1, "kill", "gateway-3", sudden=True, origin="http://g3"), events.Healed(5, 1)]
    return invariants(judge(both_came(), fault, events.Calmed(40), parts))


def test_people_meet_and_talk() -> None:
    assert calm(*TALK) == []


def test_a_calm_without_events_violates_invariant_four() -> None:
    assert calm() == [4, 4]


def test_nobody_says_a_line() -> None:
    assert calm(*meet(41), *part(50)) == [4]


def test_nobody_is_there() -> None:
    assert invariants(judge(events.Calmed(40))) == [4, 4]


def test_most_people_meet_nobody() -> None:
    lonely = [came(1, f"lonely {number}", gateway="g3") for number in range(3)]
    assert calm(*lonely, *TALK) == [4, 4]


def test_events_before_the_fault_do_not_count() -> None:
    assert calm(*meet(20), said(21, 1), heard(21.1, 1), acknowledged(21.2, 1), *part(30)) == [4, 4]


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4409, 4413])
def test_somebody_is_told_to_stay_away(code: int) -> None:
    found = judge(both_came(), events.Gone(5, "ann", code))
    assert invariants(found) == [4]
    assert f"ann was thrown out with {code}" in str(found[0])
    assert judge(both_came(), events.Gone(5, "ann", code, left=True)) == []


@pytest.mark.parametrize("code", ["banned", "stale_epoch", "memory_refused", "pass_refused"])
def test_an_error_about_an_act_that_was_not_made_is_a_violation(code: str) -> None:
    assert invariants(judge(both_came(), events.ErrorReceived(5, "ann", code))) == [4]
    assert judge(both_came(), events.ErrorReceived(5, "ann", "rewind_refused")) == []
