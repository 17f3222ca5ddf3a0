"""Invariant 4 on histories written by hand."""

from bench.swarm import events
from bench.swarm.checker import Bounds

from .histories import both_came, came, invariants, judge, meet, part, searches, strike


def test_two_meet_within_the_bound() -> None:
    assert judge(both_came(), searches(1, "ann", "bob"), meet(16.5), part(20)) == []


def test_two_starve_side_by_side() -> None:
    found = judge(both_came(), searches(1, "ann", "bob"))
    assert invariants(found) == [4, 4]
    assert "while bob searched, too" in str(found[0])


def test_that_they_met_at_last_is_no_excuse() -> None:
    assert invariants(judge(both_came(), searches(1, "ann", "bob"), meet(40), part(41))) == [4, 4]


def test_alone_one_waits_for_ever() -> None:
    assert judge(both_came(), searches(1, "ann")) == []


def test_the_modes_differ() -> None:
    assert judge(both_came(), searches(1, "ann"), searches(1, "bob", mode="text")) == []


def test_only_time_together_counts() -> None:
    assert judge(both_came(), searches(1, "ann"), searches(40, "bob"), meet(50), part(60)) == []


def test_two_who_just_parted_wait_for_others() -> None:
    again = searches(5.1, "ann", "bob")
    assert judge(both_came(), meet(1), part(5), again, until=80) == []
    assert invariants(judge(both_came(), meet(1), part(5), again, until=120)) == [4, 4]


def test_a_visitor_never_meets_one_whom_they_blocked() -> None:
    block = [
        events.Blocked(5, "ann", "m"),
        events.Remembered(5, "ann", "m"),
        *(events.MatchEnded(5, one, "m", "blocked") for one in ("ann", "bob")),
    ]
    assert judge(both_came(), meet(1), block, searches(6, "ann", "bob"), until=300) == []


def test_a_fault_gives_time_until_it_is_healed() -> None:
    fault = [strike(2, "cut", "gateway-1~matcher-1"), events.Healed(30, 1)]
    assert judge(both_came(), searches(1, "ann", "bob"), fault, meet(46), part(50)) == []
    assert invariants(judge(both_came(), searches(1, "ann", "bob"), fault)) == [4, 4]


def test_a_lost_socket_interrupts_the_search() -> None:
    lost = [events.Lost(10, "ann", 1006), came(11, "ann"), *searches(11, "ann")]
    assert judge(both_came(), searches(1, "ann", "bob"), lost, meet(20), part(25)) == []


def test_a_visitor_without_a_socket_must_come_back() -> None:
    lost = [*both_came(), events.Lost(10, "ann", 1006)]
    assert judge(lost, came(25, "ann")) == []
    assert judge(lost, events.Dials(11, "ann", "http://g3"), came(25, "ann", gateway="g3")) == []
    assert judge(lost, events.Gone(10, "ann", 1001, left=True)) == []
    assert judge(lost, until=20) == []
    assert invariants(judge(lost, came(40, "ann"))) == [4]
    assert invariants(judge(lost)) == [4]
    fault = [strike(9, "pause", "gateway-1"), events.Healed(30, 1)]
    assert judge(lost, fault, came(40, "ann")) == []


def test_the_first_dial_must_succeed() -> None:
    dials = events.Dials(1, "cem", "http://g3")
    assert judge(both_came(), dials, came(15, "cem", gateway="g3")) == []
    assert invariants(judge(both_came(), dials, came(30, "cem", gateway="g3"))) == [4]
    assert "cem could not come in" in str(judge(both_came(), dials)[0])


def test_only_a_gateway_that_was_dialled_is_an_excuse() -> None:
    dials = [events.Dials(at, "cem", "http://g3") for at in (1, 8, 16)]
    there = [strike(2, "pause", "gateway-3", origin="http://g3"), events.Healed(20, 1)]
    elsewhere = [strike(2, "pause", "gateway-1", origin="http://g1"), events.Healed(20, 1)]
    assert judge(both_came(), dials, there, came(30, "cem", gateway="g3")) == []
    assert invariants(judge(both_came(), dials, elsewhere, came(30, "cem", gateway="g3"))) == [4]


def test_a_fault_at_another_gateway_gives_searches_no_time() -> None:
    """Ann and bob are on g1 and g2. Only faults of these or of matchers are an excuse."""
    for target, origin, excused in [
        ("matcher-1", "", True),
        ("gateway-2~matcher-1", "http://g2", True),
        ("gateway-3~matcher-1", "http://g3", False),
        ("reports", "", False),
    ]:
        fault = [strike(2, "pause", target, origin=origin), events.Healed(30, 1)]
        found = judge(both_came(), searches(1, "ann", "bob"), fault, meet(40), part(41))
        assert invariants(found) == ([] if excused else [4, 4]), target


def test_only_a_calm_longer_than_a_bound_can_show_its_violation() -> None:
    bounds = Bounds(widest_age=2.0, margin=1.5)
    assert bounds.longest([1]) == 6.5
    assert bounds.longest([1, 5]) == 18.5
    assert bounds.longest() == 34.5
    assert Bounds(widest_age=60).longest() == 62.0


def test_a_hello_without_a_resume_parts_two_visitors() -> None:
    """Ann presses Next at 5, and her socket is gone: her gateway may not have read it."""
    first = [*meet(1), events.Pressed(5, "ann", "m"), events.MatchEnded(5.2, "bob", "m", "next")]
    moved = [events.Lost(5.1, "ann", 1006), came(15, "ann"), *searches(15.1, "ann", "bob")]
    assert judge(both_came(), first, moved, until=15 + 60 + 16) == []
    assert invariants(judge(both_came(), first, moved, until=15 + 60 + 18)) == [4, 4]
    heard_of = [events.Lost(9, "ann", 1006), came(15, "ann"), *searches(15.1, "ann", "bob")]
    assert judge(both_came(), first, heard_of, until=5.2 + 60 + 16) == []
    assert invariants(judge(both_came(), first, heard_of, until=5.2 + 60 + 18)) == [4, 4]


def test_two_may_have_parted_in_a_match_that_one_did_not_see() -> None:
    """Bob had lost his socket when he met ann. Later both search at the same time."""
    first = [*searches(1, "ann", "bob"), events.Lost(1.9, "bob", 1006)]
    met = [events.Met(2, "ann", "m", polite=True), events.Away(3, "ann", "m")]
    after = [came(3, "bob"), events.MatchEnded(18, "ann", "m", "lost"), *searches(18.1, "ann", "bob")]
    assert judge(both_came(), first, met, after, until=90) == []
    assert invariants(judge(both_came(), first, met, after, until=140)) == [4, 4]


def test_two_have_parted_when_one_skipped_their_match() -> None:
    met = [*searches(1, "ann", "bob"), events.Met(2, "ann", "m", polite=True), events.Stopped(1.9, "bob")]
    skipped = [events.Skipped(2.1, "bob", "m"), events.MatchEnded(2.2, "ann", "m", "stop")]
    again = searches(3, "ann", "bob")
    assert judge(both_came(), met, skipped, again, until=2.2 + 60 + 16) == []
    assert invariants(judge(both_came(), met, skipped, again, until=2.2 + 60 + 18)) == [4, 4]


def test_without_any_matcher_nobody_can_meet() -> None:
    there = [events.Measured(0, f"matcher-{number}", 1, number) for number in (1, 2)]
    killed = [strike(2 + n, "kill", f"matcher-{n}", sudden=True, number=n) for n in (1, 2)]
    search = searches(5, "ann", "bob")
    back = [events.Healed(40, 1), events.Healed(41, 2)]
    assert judge(both_came(), there, killed, search, back, meet(45), part(50)) == []
    one_left = [killed[0], back[0]]
    paused = [*one_left, strike(3, "pause", "matcher-2", number=2), events.Healed(5, 2)]
    for too_little in (one_left, paused):
        assert invariants(judge(both_came(), there, too_little, search, meet(45), part(50))) == [4, 4]


def test_with_a_matcher_again_they_meet_within_the_bound() -> None:
    there = [events.Measured(0, f"matcher-{number}", 1, number) for number in (1, 2)]
    killed = [strike(2 + n, "kill", f"matcher-{n}", sudden=True, number=n) for n in (1, 2)]
    back = [events.Healed(30, 1), events.Healed(30.1, 2)]
    for met, found in [(47, []), (48.5, [4, 4])]:
        history = [*both_came(), *there, *killed, *searches(1, "ann", "bob"), *back, *meet(met), *part(50)]
        assert invariants(judge(history)) == found, met


def test_pairing_with_a_visitor_at_a_gateway_without_nats_fails() -> None:
    for fault, far_end, met, excused in [
        ("cut", "nats", 56, True),
        ("cut", "nats", 58, False),
        ("swallow", "nats", 56, True),
        ("swallow", "nats", 58, False),
        ("delay", "nats", 50, False),
        ("cut", "reports", 50, False),
    ]:
        struck = [strike(2, fault, f"gateway-3~{far_end}", origin="http://g3"), events.Healed(40, 1)]
        found = judge(both_came(), searches(1, "ann", "bob"), struck, meet(met), part(60))
        assert invariants(found) == ([] if excused else [4, 4]), (fault, far_end, met)
