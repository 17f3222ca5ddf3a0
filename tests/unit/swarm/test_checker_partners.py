"""Invariants 1, 2 and 5 on histories written by hand: one that passes and those that must not."""

from bench.swarm import events

from .histories import both_came, came, heard, invariants, judge, meet, part, said, searches, strike


def test_two_meet_and_part() -> None:
    assert judge(both_came(), meet(1), part(5)) == []


def test_matched_while_in_a_match() -> None:
    third = [came(0, "cem"), *meet(6, "n", ["ann", "cem"])]
    found = judge(both_came(), meet(1), third, events.MatchEnded(6, "bob", "m", "next"))
    assert invariants(found) == [1]
    assert "still in m" in str(found[0])


def test_a_third_in_a_match() -> None:
    assert 1 in invariants(judge(both_came(), came(0, "cem"), meet(1, visitors=["ann", "bob", "cem"])))


def test_staying_in_a_match_that_the_other_left_is_a_violation() -> None:
    found = judge(both_came(), meet(1), events.Pressed(5, "ann", "m"))
    assert invariants(found) == [1]
    assert "bob is in a match that ann is not in" in str(found[0])


def test_the_partner_is_told_in_time() -> None:
    assert (
        judge(both_came(), meet(1), events.Pressed(5, "ann", "m"), events.MatchEnded(7, "bob", "m", "next"))
        == []
    )


def test_a_match_without_a_partner_is_a_violation() -> None:
    """A gateway has a second to say that it will not come to a match."""
    assert invariants(judge(both_came(), meet(1, visitors=["ann"]))) == [1]
    for ended, found in [(2.9, []), (3.1, [1])]:
        met = [*meet(1, visitors=["ann"]), events.MatchEnded(ended, "ann", "m", "lost")]
        assert invariants(judge(both_came(), met)) == found


def test_partners_agree_within_five_seconds_of_the_end_of_a_fault() -> None:
    left = [strike(4, "cut", "gateway-1~nats"), events.Pressed(5, "ann", "m"), events.Healed(20, 1)]
    assert judge(both_came(), meet(1), left, events.MatchEnded(25.9, "bob", "m", "next")) == []
    assert invariants(judge(both_came(), meet(1), left, events.MatchEnded(26.1, "bob", "m", "next"))) == [1]


def test_a_fault_that_is_long_over_gives_no_time() -> None:
    for healed, latest in [(4.1, 10.1), (3.9, 8)]:
        over = [strike(2, "cut", "gateway-1~nats"), events.Healed(healed, 1), events.Pressed(5, "ann", "m")]
        for late, found in [(-0.1, []), (0.1, [1])]:
            told = events.MatchEnded(latest + late, "bob", "m", "next")
            assert invariants(judge(both_came(), meet(1), over, told)) == found


def test_a_kill_gives_time_only_from_its_moment_on() -> None:
    left = [strike(4, "kill", "gateway-2", sudden=True), events.Pressed(5, "ann", "m"), events.Healed(20, 1)]
    assert invariants(judge(both_came(), meet(1), left, events.MatchEnded(19, "bob", "m", "next"))) == [1]


def test_a_fault_elsewhere_gives_no_time() -> None:
    """Ann is on g1, bob on g2. Faults of g3, its connections or a matcher do not affect them."""
    away = [events.Pressed(5, "ann", "m"), events.MatchEnded(22, "bob", "m", "next")]
    for target, origin, excused in [
        ("gateway-1~nats", "http://g1", True),
        ("gateway-2", "http://g2", True),
        ("nats", "", True),
        ("gateway-3", "http://g3", False),
        ("gateway-3~nats", "http://g3", False),
        ("gateway-1~matcher-1", "http://g1", False),
        ("matcher-1", "", False),
        ("reports", "", False),
    ]:
        fault = [strike(4, "pause", target, origin=origin), events.Healed(20, 1)]
        found = judge(both_came(), meet(1), fault, away)
        assert invariants(found) == ([] if excused else [1]), target


def test_a_fault_at_a_gateway_they_had_left_before_gives_no_time() -> None:
    moved = [events.Lost(2, "ann", 1006), came(3, "ann", resumed="m", gateway="g3")]
    fault = [strike(4, "pause", "gateway-1", origin="http://g1"), events.Healed(20, 1)]
    away = [events.Pressed(5, "ann", "m"), events.MatchEnded(22, "bob", "m", "next")]
    assert invariants(judge(both_came(), meet(1), moved, fault, away)) == [1]


def test_a_fault_at_a_gateway_they_have_left_since_gives_time() -> None:
    """It may be the one that knows that they pressed Next."""
    away = [events.Pressed(5, "ann", "m"), events.MatchEnded(22, "bob", "m", "next")]
    moved = [events.Lost(5.5, "ann", 1006), came(5.7, "ann", gateway="g3")]
    fault = [strike(6, "pause", "gateway-1", origin="http://g1"), events.Healed(20, 1)]
    assert judge(both_came(), meet(1), away, moved, fault) == []


def test_a_clock_that_jumps_gives_no_time() -> None:
    fault = [strike(4, "jump", "gateway-1", sudden=True, origin="http://g1"), events.Healed(20, 1)]
    away = [events.Pressed(5, "ann", "m"), events.MatchEnded(22, "bob", "m", "next")]
    assert invariants(judge(both_came(), meet(1), fault, away)) == [1]


def test_oneself() -> None:
    assert 2 in invariants(judge(came(0, "ann"), meet(1, visitors=["ann", "ann"])))


def test_a_visitor_who_comes_back_with_a_new_id() -> None:
    another = events.Came(3, "ann", "http://g1", "g1", "id of nobody")
    found = judge(both_came(), events.Lost(2, "ann", 1006), another)
    assert invariants(found) == [2]
    assert "came back as another" in str(found[0])


def test_two_who_are_known_as_one() -> None:
    assert invariants(judge(both_came(), events.Came(3, "cem", "http://g1", "g1", "id of ann"))) == [2]


def test_the_partner_may_be_one_who_was_lost_while_they_searched() -> None:
    lost = [*searches(0.5, "ann"), came(0, "cem"), events.Lost(1.1, "cem", 1006), came(2, "cem")]
    met = [*meet(1, visitors=["ann"]), events.MatchEnded(6.5, "ann", "m", "lost")]
    assert judge(both_came(), searches(0.5, "cem"), lost, met) == []
    assert invariants(judge(both_came(), searches(0.5, "cem", mode="text"), lost, met)) == [1]


def test_only_a_fault_at_the_gateways_of_the_two_gives_a_match_time_that_one_alone_saw() -> None:
    """Cem, who was lost, was on g3, and is there again."""
    there = [came(0, "cem", gateway="g3"), *searches(0.5, "ann", "cem")]
    lost = [events.Lost(1.1, "cem", 1006), came(2, "cem", gateway="g3")]
    met = [*meet(1, visitors=["ann"]), events.MatchEnded(20, "ann", "m", "lost")]
    for origin, found in [("http://g1", []), ("http://g3", []), ("http://g2", [5])]:
        fault = [strike(3, "pause", "gateway", origin=origin), events.Healed(16, 1)]
        assert invariants(judge(both_came(), there, lost, met, fault)) == found, origin


def test_the_partner_is_none_of_those_lost_who_met_another_since() -> None:
    lost = [came(0, "cem"), *searches(0.5, "cem"), events.Lost(0.6, "cem", 1006), came(0.7, "cem")]
    met = [*searches(0.5, "ann"), *meet(2, visitors=["ann"]), events.MatchEnded(7.5, "ann", "m", "lost")]
    others = [came(0, "dan"), *part(30, "n", "cem", "dan")]
    for before, found in [(1.5, [1]), (2.5, [])]:
        with_dan = [*searches(0.8, "cem", "dan"), *meet(before, "n", ["cem", "dan"])]
        assert invariants(judge(both_came(), lost, met, others, with_dan)) == found, before


def test_the_partner_is_none_of_those_lost_where_another_passed_the_match_over() -> None:
    lost = [
        came(0, "cem"),
        *searches(0.5, "ann", "bob", "cem"),
        events.Lost(1.1, "cem", 1006),
        came(2, "cem"),
    ]
    met = [*meet(1, visitors=["ann"]), events.MatchEnded(6.5, "ann", "m", "lost")]
    assert judge(both_came(), lost, met) == []
    assert invariants(judge(both_came(), lost, met, events.Skipped(1, "bob", "m"))) == [1]


def test_a_ghost() -> None:
    gone = [*both_came(), *meet(1), events.Gone(5, "ann", 1001)]
    assert invariants(judge(gone)) == [5]
    assert judge(gone, events.MatchEnded(5.1, "bob", "m", "lost")) == []


def test_a_broken_socket_is_told_as_away_and_the_match_ends_with_the_grace() -> None:
    lost = [events.Lost(5, "ann", 1006), events.Away(6, "bob", "m"), events.Gone(19, "ann", 1006)]
    assert judge(both_came(), meet(1), lost, events.MatchEnded(20, "bob", "m", "lost")) == []
    found = judge(both_came(), meet(1), lost)
    assert invariants(found) == [5]
    assert "after the grace" in str(found[0])


def test_a_resumed_match() -> None:
    lost = [*both_came(), *meet(1), events.Lost(5, "ann", 1006), events.Away(5.1, "bob", "m")]
    back = [*lost, came(7, "ann", resumed="m", gateway="g2")]
    assert judge(back, events.Back(7.1, "bob", "m")) == []
    found = judge(back)
    assert invariants(found) == [1]
    assert "bob believes that ann is away" in str(found[0])


def test_somebody_elses_match_resumed() -> None:
    assert 1 in invariants(judge(both_came(), meet(1), came(3, "cem", resumed="m"), part(5)))


def test_an_event_that_may_still_come_is_no_violation() -> None:
    assert judge(both_came(), meet(1), events.Pressed(99, "ann", "m")) == []


def test_a_violation_shows_the_events_around_it() -> None:
    history = [*both_came(), *meet(1), said(2, 1), heard(2.1, 1), events.Gone(5, "ann", 1001)]
    (violation,) = judge(history)
    shown = violation.explain(history)
    assert "invariant 5: bob was not told that ann is gone" in shown
    assert "gone" in shown
    assert "code=1001" in shown
