"""Invariant 6 on histories written by hand."""

from bench.swarm import events
from bench.swarm.events import Event

from .histories import both_came, came, heard, invariants, judge, meet, part, said, strike

TOGETHER = [*both_came(), *meet(1), *part(30)]


def talk(*numbers: int) -> list[Event]:
    """Ann says three lines, bob hears these."""
    lines = [said(2 + number, number) for number in (1, 2, 3)]
    return [*lines, *(heard(5.5 + place / 10, number) for place, number in enumerate(numbers))]


def test_all_in_order_and_once() -> None:
    assert judge(TOGETHER, talk(1, 2, 3)) == []


def test_out_of_order() -> None:
    assert 6 in invariants(judge(TOGETHER, talk(1, 3, 2)))


def test_twice() -> None:
    found = judge(TOGETHER, talk(1, 2, 2, 3))
    assert invariants(found) == [6]
    assert "heard line 2 of ann after line 2" in str(found[0])


def test_a_repeat_that_the_page_hides() -> None:
    repeat = events.Heard(8, "bob", "m", "ann", "m", 2, again=True)
    assert judge(TOGETHER, talk(1, 2, 3), repeat) == []


def test_a_line_that_the_page_hides_though_it_never_showed_it() -> None:
    hidden = events.Heard(8, "bob", "m", "ann", "m", 3, again=True)
    found = judge(TOGETHER, talk(1, 2), hidden)
    assert 6 in invariants(found)
    assert "as if it were a repeat" in str(found)


def test_a_stray_line_that_the_page_hides() -> None:
    for stray in [
        events.Heard(8, "bob", "m", "ann", "before", 2, again=True),
        events.Heard(8, "bob", "m", "cem", "m", 2, again=True),
        events.Heard(8, "bob", "n", "ann", "m", 2, again=True),
        events.Heard(31, "bob", "m", "ann", "m", 2, again=True),
    ]:
        assert 6 in invariants(judge(TOGETHER, talk(1, 2, 3), stray)), stray


def test_a_gap() -> None:
    assert "but not line 2" in str(judge(TOGETHER, talk(1, 3))[0])


def test_the_last_line_never_came() -> None:
    found = judge(TOGETHER, talk(1, 2))
    assert invariants(found) == [6]
    assert "never heard line 3" in str(found[0])


def test_a_line_may_be_lost_with_the_end_of_the_match() -> None:
    assert judge(both_came(), meet(1), part(6), talk(1, 2)) == []


def test_a_line_that_was_refused() -> None:
    assert judge(TOGETHER, talk(1, 2), events.Refused(5, "ann", "partner_away")) == []


def test_nothing_is_asked_of_a_match_that_ends_within_a_fault() -> None:
    fault = [strike(4, "cut", "gateway-1~nats"), events.Healed(40, 1)]
    assert judge(TOGETHER, talk(1), fault) == []


def test_after_a_fault_all_lines_come() -> None:
    lost = [events.Lost(4.9, "bob", 1006), came(8, "bob", resumed="m", gateway="g3")]
    fault = [strike(4.8, "kill", "gateway-2", sudden=True), events.Healed(9, 1)]
    assert judge(TOGETHER, lost, fault, talk()[:3], [heard(10, n) for n in (1, 2, 3)]) == []
    assert 6 in invariants(judge(TOGETHER, lost, fault, talk()[:3], heard(10, 1)))


def test_a_line_of_another_match() -> None:
    stray = events.Heard(4, "bob", "m", "ann", "before", 1)
    assert 6 in invariants(judge(TOGETHER, stray))


def test_a_line_of_a_third() -> None:
    assert 6 in invariants(judge(TOGETHER, came(0, "cem"), heard(4, 1, of="cem")))


def test_a_line_in_a_match_one_never_was_in() -> None:
    assert 6 in invariants(judge(TOGETHER, came(0, "cem"), heard(4, 1, visitor="cem")))


def test_a_line_after_the_end() -> None:
    late = said(29, 1), heard(31, 1)
    assert 6 in invariants(judge(TOGETHER, *late))
    by_oneself = said(29, 1, visitor="bob"), heard(30.01, 1, of="bob", visitor="ann")
    assert judge(TOGETHER, *by_oneself) == []


def test_a_line_long_after_next() -> None:
    late = said(29, 1, visitor="bob"), heard(35, 1, of="bob", visitor="ann")
    found = judge(TOGETHER, *late)
    assert invariants(found) == [6]
    assert "heard a line 5.0 s after they had left the match" in str(found[0])


def test_what_is_not_of_the_protocol() -> None:
    assert invariants(judge(TOGETHER, events.Unreadable(3, "ann", "{}"))) == [6]


MET_ALONE = [*both_came(), *meet(1, visitors=["ann"]), events.Ended(2.2, "ann", "m", "lost")]


def test_who_passed_a_match_over_may_hear_a_line_in_it() -> None:
    passed, line = events.Passed(1, "bob", "m"), [said(2, 1), heard(2.1, 1)]
    assert judge(MET_ALONE, passed, line) == []
    assert 6 in invariants(judge(MET_ALONE, line))


def test_who_passed_a_match_over_hears_nothing_else() -> None:
    for stray, what in [
        (events.Heard(2, "bob", "m", "ann", "before", 1), "what ann said in before"),
        (heard(2, 1, of="cem"), "heard in m what cem said"),
        (heard(2, 1, of="bob"), "heard in m what bob said"),
        (heard(6, 1), "5.0 s after they had left the match"),
    ]:
        found = judge(MET_ALONE, events.Passed(1, "bob", "m"), stray)
        assert invariants(found) == [6], stray
        assert what in str(found[0])
