"""Invariant 5 on histories written by hand: nobody is blamed who was there."""

from bench.swarm import events
from bench.swarm.events import Event

from .histories import both_came, came, invariants, judge, meet, strike

AWAY = [events.Away(30, "bob", "m"), events.Back(31, "bob", "m")]
LOST = [events.Ended(40, visitor, "m", "lost") for visitor in ("ann", "bob")]


def fault(target: str, origin: str = "", at: float = 10, until: float = 35) -> list[Event]:
    return [strike(at, "pause", target, origin=origin), events.Healed(until, 1)]


def judged(*parts: Event | list[Event]) -> list[int]:
    return invariants(judge(both_came(), meet(1), *parts))


def test_taken_for_away_though_they_are_there() -> None:
    found = judge(both_came(), meet(1), AWAY, until=33)
    assert invariants(found) == [5]
    assert "bob was told that ann is away, who was there all the time" in str(found[0])


def test_a_call_is_ended_though_both_are_there() -> None:
    assert judged(LOST) == [5, 5]


def test_nats_that_hangs_is_no_reason() -> None:
    assert judged(fault("nats"), LOST) == [5, 5]
    assert 5 in judged(fault("nats"), AWAY, LOST)


def test_a_fault_of_one_of_their_gateways_is_a_reason() -> None:
    assert judged(fault("gateway-1", "http://g1"), AWAY, LOST) == []
    assert judged(fault("gateway-2~nats", "http://g2"), LOST) == []
    assert judged(fault("gateway-3", "http://g3"), LOST) == [5, 5]
    assert judged(fault("gateway-1~matcher-1", "http://g1"), LOST) == [5, 5]


def test_one_nats_server_of_many_is_a_reason() -> None:
    """Who was connected to it is not heard for a while, and others are."""
    assert judged(fault("nats-2"), LOST) == []


def test_a_fault_long_ago_is_no_reason() -> None:
    assert judged(fault("gateway-1", "http://g1", at=2, until=3), LOST) == [5, 5]


def test_a_socket_that_was_lost_is_a_reason() -> None:
    lost = [events.Lost(29, "ann", 1006), came(30.5, "ann", resumed="m", gateway="g3")]
    assert judged(lost, AWAY, events.Pressed(50, "ann", "m"), events.Ended(50, "bob", "m", "next")) == []
    assert judged(lost, LOST) == []


def test_the_partner_may_be_told_first() -> None:
    lost = [events.Lost(30.01, "ann", 1006), came(30.5, "ann", resumed="m", gateway="g3")]
    assert judged(lost, AWAY, events.Pressed(50, "ann", "m"), events.Ended(50, "bob", "m", "next")) == []
    gone = [events.Ended(40, "bob", "m", "lost"), events.Gone(40.01, "ann", 1006, left=True)]
    assert judged(gone) == []


def test_who_left_by_themselves_was_not_there() -> None:
    left = [events.Pressed(20, "ann", "m"), events.Ended(23, "bob", "m", "lost")]
    assert judged(left) == []
