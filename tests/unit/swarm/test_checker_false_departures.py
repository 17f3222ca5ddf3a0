"""Invariant 5 on histories written by hand: nobody who was there is called lost."""

import pytest

from bench.swarm import events
from bench.swarm.events import Event

from .histories import Part, both_came, came, invariants, judge, meet, strike

AWAY = [events.Away(30, "bob", "m"), events.Back(31, "bob", "m")]
LOST = [events.MatchEnded(40, visitor, "m", "lost") for visitor in ("ann", "bob")]
PRESSED = [events.Pressed(50, "ann", "m"), events.MatchEnded(50, "bob", "m", "next")]


def fault(
    target: str, origin: str = "", at: float = 10, until: float = 35, kind: str = "pause"
) -> list[Event]:
    return [strike(at, kind, target, origin=origin), events.Healed(until, 1)]


def lost(since: float, until: float, gateway: str = "g3", visitor: str = "ann") -> list[Event]:
    return [events.Lost(since, visitor, 1006), came(until, visitor, resumed="m", gateway=gateway)]


def judged(*parts: Part) -> list[int]:
    return invariants(judge(both_came(), meet(1), *parts))


def test_taken_for_away_though_they_are_there() -> None:
    found = judge(both_came(), meet(1), AWAY, until=33)
    assert invariants(found) == [5]
    assert "bob was told that ann is away, who was there all the time" in str(found[0])


def test_a_call_is_ended_though_both_are_there() -> None:
    found = judge(both_came(), meet(1), LOST)
    assert invariants(found) == [5, 5]
    assert "bob was told that ann is lost, who was not away for the whole grace" in str(found)


def test_nats_that_hangs_is_no_reason() -> None:
    assert judged(fault("nats"), LOST) == [5, 5]
    assert judged(fault("nats"), AWAY, PRESSED) == [5]


def test_a_wire_on_which_all_comes_later_is_no_reason() -> None:
    late = fault("gateway-1~nats", "http://g1", kind="delay")
    assert judged(late, LOST) == [5, 5]
    assert judged(late, AWAY, PRESSED) == [5]


@pytest.mark.parametrize(
    ("target", "origin", "excused"),
    [
        ("gateway-1", "http://g1", True),
        ("gateway-2~nats", "http://g2", True),
        ("nats-2", "", True),  # of many: who was connected to it is not heard for a while, and others are
        ("gateway-3", "http://g3", False),
        ("gateway-1~matcher-1", "http://g1", False),
    ],
)
def test_a_fault_of_one_of_their_gateways_is_a_reason(target: str, origin: str, excused: bool) -> None:
    assert judged(fault(target, origin), LOST) == ([] if excused else [5, 5])
    assert judged(fault(target, origin), AWAY, PRESSED) == ([] if excused else [5])


def test_a_fault_that_is_shorter_than_the_grace_is_no_reason_to_end_a_call() -> None:
    short = fault("gateway-1", "http://g1", at=30)
    assert judged(short, LOST) == [5, 5]
    assert judged(short, AWAY, PRESSED) == []


def test_one_fault_after_the_other_may_last_for_the_grace() -> None:
    def both(second: float) -> list[int]:
        first = [strike(24, "pause", "gateway-1", number=1, origin="http://g1"), events.Healed(30, 1)]
        then = [strike(second, "cut", "gateway-2~nats", number=2, origin="http://g2"), events.Healed(39, 2)]
        return judged(first, then, LOST)

    assert both(33) == []
    assert both(37) == [5, 5]


def test_a_fault_long_ago_is_no_reason() -> None:
    assert judged(fault("gateway-1", "http://g1", at=2, until=20), LOST) == [5, 5]
    assert judged(fault("gateway-1", "http://g1", at=2, until=20), AWAY, PRESSED) == [5]


def test_a_socket_that_was_lost_is_a_reason_to_be_away() -> None:
    assert judged(lost(29, 30.5), AWAY, PRESSED) == []
    assert judged(lost(20, 21), AWAY, PRESSED) == [5]


def test_a_late_partner_away_is_right_only_if_no_earlier_one_was_possible() -> None:
    assert judged(lost(17, 18), fault("nats", at=16, until=28), AWAY, PRESSED) == []


def test_a_socket_that_was_lost_for_the_grace_is_a_reason_to_end_a_call() -> None:
    told = [events.Away(20.1, "bob", "m"), events.Back(30.6, "bob", "m")]
    assert judged(lost(20, 30.5), told, LOST) == [5, 5]
    late = [events.Lost(24.5, "ann", 1006), events.Away(24.6, "bob", "m"), LOST[1], came(40.2, "ann")]
    assert judged(late) == []


def test_a_visitor_who_comes_back_while_nats_hangs_is_not_found() -> None:
    moved = [events.Away(20.1, "bob", "m"), *lost(20, 21)]
    assert judged(moved, fault("nats", at=19, until=39), LOST) == []
    assert judged(moved, fault("nats", at=19, until=26), events.Back(28, "bob", "m"), LOST) == [5, 5]


def test_a_visitor_who_does_not_resume_the_match_may_be_called_lost() -> None:
    moved = [events.Lost(30, "ann", 1006), came(31, "ann", gateway="g3")]
    assert judged(moved, events.MatchEnded(31.1, "bob", "m", "lost")) == []


def test_the_partner_may_be_told_first() -> None:
    assert judged(lost(30.01, 30.5), AWAY, PRESSED) == []
    gone = [events.MatchEnded(40, "bob", "m", "lost"), events.Gone(40.01, "ann", 1006, left=True)]
    assert judged(gone) == []


def test_a_visitor_who_left_may_be_called_lost() -> None:
    left = [events.Pressed(20, "ann", "m"), events.MatchEnded(23, "bob", "m", "lost")]
    assert judged(left) == []


def test_two_who_part_cannot_both_be_told_that_the_other_left() -> None:
    both = [events.MatchEnded(40, "ann", "m", "next"), events.MatchEnded(40, "bob", "m", "stop")]
    found = judge(both_came(), meet(1), both)
    assert invariants(found) == [5]
    assert "ann and bob were both told that the other had left" in str(found[0])
    assert judged(events.Asked(30, "ann", "before"), both) == []
    assert judged(events.Asked(0.5, "ann", "before"), both) == [5]


BLOCKED = [events.MatchEnded(20, "ann", "m", "blocked"), events.Remembered(20, "ann", "m")]
WENT_BACK = events.MatchEnded(20, "ann", "m", "next")
NOT_WHY = events.MatchEnded(21, "bob", "m", "lost")
"""Bob hears `lost`, because the gateway that knew why ann left is gone."""


def test_a_block_or_rewind_explains_a_departure_whose_reason_was_lost() -> None:
    assert judged(events.Blocked(20, "ann", "m"), BLOCKED, NOT_WHY) == []
    assert judged(events.Asked(15, "ann", "before"), WENT_BACK, NOT_WHY) == []


def test_without_a_block_or_rewind_the_departure_is_unexplained() -> None:
    assert judged(BLOCKED, NOT_WHY) == [5]
    assert judged(events.Asked(15, "bob", "before"), WENT_BACK, NOT_WHY) == [5]
