"""Invariant 6 on histories written by hand."""

import pytest

from bench.swarm import events
from bench.swarm.events import Event

from .histories import (
    acknowledged,
    both_came,
    came,
    heard,
    invariants,
    judge,
    meet,
    part,
    said,
    strike,
)

TOGETHER = [*both_came(), *meet(1), *part(30)]
LINES = [said(2 + number, number) for number in (1, 2, 3)]


def talk(*numbers: int) -> list[Event]:
    """Ann says three lines, bob hears these, and ann learns what he heard."""
    hearing = [heard(5.5 + place / 10, number) for place, number in enumerate(numbers)]
    return [*LINES, *hearing, acknowledged(6, max(numbers, default=0))]


def ignored(at: float, number: int, of: str = "ann", match: str = "m", said_in: str = "m") -> Event:
    return events.Ignored(at, "bob", match, of, said_in, number)


def again(at: float, number: int) -> Event:
    return events.Said(at, "ann", "m", number, again=True)


def test_all_in_order_and_once() -> None:
    assert judge(TOGETHER, talk(1, 2, 3)) == []


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ([1, 3, 2], "heard line 3 of ann after line 1"),
        ([2, 3], "heard line 2 of ann after line 0"),
        ([1, 2, 2, 3], "heard line 2 of ann after line 2"),
    ],
)
def test_a_page_takes_the_next_number_alone(numbers: list[int], complaint: str) -> None:
    assert complaint in str(judge(TOGETHER, talk(*numbers), [again(5.4, number) for number in (1, 2, 3)]))


def test_a_line_comes_no_more_often_than_it_was_sent() -> None:
    assert judge(TOGETHER, talk(1, 2, 3), again(7, 2), ignored(8, 2)) == []
    found = judge(TOGETHER, talk(1, 2, 3), ignored(8, 2))
    assert invariants(found) == [6]
    assert "line 2 of ann came once more than it was said" in str(found[0])


def test_a_line_that_waits_for_a_partner_who_is_away_is_not_sent_yet() -> None:
    held = events.Said(7, "ann", "m", 4, held=True)
    sent = [again(7.5, 4), heard(7.6, 4), acknowledged(7.7, 4)]
    assert judge(TOGETHER, talk(1, 2, 3), held, sent) == []
    assert invariants(judge(TOGETHER, talk(1, 2, 3), held, sent, ignored(8, 4))) == [6]


def test_an_acknowledged_line_was_heard() -> None:
    found = judge(TOGETHER, [said(2, 1), acknowledged(2.5, 1), heard(3, 1)])
    assert invariants(found) == [6]
    assert "line 1 of ann was acknowledged, which nobody had heard" in str(found[0])
    assert 6 in invariants(judge(TOGETHER, talk(1, 2, 3), acknowledged(8, 4)))


def test_the_last_line_never_came() -> None:
    found = judge(TOGETHER, talk(1, 2))
    assert invariants(found) == [6]
    assert "bob had not heard line 3 of ann 4.0 s after it was said" in str(found[0])


def test_a_line_that_came_late() -> None:
    late = [*talk(1, 2), heard(9.5, 3), acknowledged(9.6, 3)]
    assert "bob had not heard line 3 of ann 4.0 s after it was said" in str(judge(TOGETHER, late)[0])
    in_time = [*talk(1, 2), heard(8.5, 3), acknowledged(8.6, 3)]
    assert judge(TOGETHER, in_time) == []


def test_the_writer_never_learned_that_it_came() -> None:
    found = judge(TOGETHER, LINES, heard(5.5, 1), heard(5.6, 2), heard(5.7, 3), acknowledged(5.8, 2))
    assert invariants(found) == [6]
    assert "ann did not know that bob had line 3, 4.0 s after it was said" in str(found[0])


def test_a_line_may_be_lost_with_the_end_of_the_match() -> None:
    assert judge(both_came(), meet(1), part(6), talk(1, 2)) == []


def test_nothing_is_asked_of_a_match_that_ends_within_a_fault() -> None:
    fault = [strike(4, "cut", "gateway-1~nats"), events.Healed(40, 1)]
    assert judge(TOGETHER, talk(1), fault) == []


def test_a_fault_elsewhere_gives_lines_no_time() -> None:
    for target, origin in [("gateway-3", "http://g3"), ("matcher-1", ""), ("reports", "")]:
        fault = [strike(4, "pause", target, origin=origin), events.Healed(40, 1)]
        assert invariants(judge(TOGETHER, talk(1), fault)) == [6], target


KILLED = [
    strike(5.2, "kill", "gateway-2", sudden=True, origin="http://g2"),
    events.Lost(5.2, "bob", 1006),
    events.Away(9, "ann", "m"),
    came(10, "bob", resumed="m", gateway="g3"),
    events.Back(10, "ann", "m"),
    events.Healed(12, 1),
]


def test_after_partner_back_all_lines_are_repeated() -> None:
    anew = [again(10, number) for number in (1, 2, 3)]
    arrived = [heard(13 + number / 10, number) for number in (1, 2, 3)]
    assert judge(TOGETHER, KILLED, LINES, anew, arrived, acknowledged(13.4, 3)) == []
    found = judge(TOGETHER, KILLED, LINES, anew, heard(10.1, 1), acknowledged(10.1, 1))
    assert invariants(found) == [6]
    assert found[0].at == 14


def test_without_partner_back_only_the_oldest_line_is_repeated() -> None:
    """Bob alone was told that ann was away. She said it at 3, and says it again 3, 6 and 12 s later."""
    fault = [strike(2.5, "cut", "gateway-1~nats", origin="http://g1"), events.Healed(10, 1)]
    told = [events.Away(9, "bob", "m"), events.Back(10.5, "bob", "m")]
    for at, found in [(24, []), (26, [6])]:
        late = [again(24, 1), heard(at, 1), acknowledged(at, 1)]
        assert invariants(judge(TOGETHER, fault, told, LINES[:1], late)) == found


@pytest.mark.parametrize(("healed", "latest"), [(10, 10 + 7 + 3), (26, 26 + 23 + 3), (40, 40 + 30 + 3)])
def test_after_a_fault_that_nobody_was_told_of_the_oldest_is_said_again_at_its_time(
    healed: float, latest: float
) -> None:
    """It was said at 6. The pauses double, so the next one is twice as long, but at most 30 s."""
    fault = [strike(5, "pause", "nats"), events.Healed(healed, 1)]
    together = [*both_came(), *meet(1), said(6, 1)]
    arrived = [again(latest, 1), heard(latest, 1), acknowledged(latest, 1)]
    assert judge(together, fault, arrived, part(90)) == []
    found = judge(together, fault, part(90))
    assert invariants(found) == [6]
    assert found[0].at == latest + 1


def test_lines_said_after_a_fault_arrive_at_once() -> None:
    fault = [strike(2, "pause", "nats"), events.Healed(6, 1)]
    found = judge(both_came(), meet(1), fault, said(7, 1), part(30))
    assert invariants(found) == [6]
    assert found[0].at == 7 + 4


def test_a_line_of_another_match() -> None:
    for stray in [ignored(4, 1, said_in="before"), events.Heard(4, "bob", "m", "ann", "before", 1)]:
        assert "bob heard in m what ann said in before" in str(judge(TOGETHER, stray))


def test_a_line_of_a_third() -> None:
    third = [came(0, "cem"), said(3, 1, "cem")]
    assert "heard in m what cem said" in str(judge(TOGETHER, third, heard(4, 1, of="cem")))
    assert "heard in m what cem said" in str(judge(TOGETHER, third, ignored(4, 1, of="cem")))
    assert "heard in m what bob said" in str(judge(TOGETHER, said(3, 1, "bob"), ignored(4, 1, of="bob")))


def test_a_line_in_a_match_one_never_was_in() -> None:
    found = judge(TOGETHER, came(0, "cem"), said(3, 1), heard(4, 1, visitor="cem"))
    assert "cem got word (heard) of m, which was never theirs" in str(found)


def test_a_line_after_the_end() -> None:
    late = said(29, 1), ignored(31, 1)
    assert "which they knew to be over" in str(judge(TOGETHER, *late))
    by_oneself = said(29, 1, visitor="bob"), events.Ignored(30.01, "ann", "m", "bob", "m", 1)
    assert judge(TOGETHER, *by_oneself) == []


def test_a_line_or_an_answer_long_after_next() -> None:
    late = said(29, 1, visitor="bob"), events.Ignored(35, "ann", "m", "bob", "m", 1)
    found = judge(TOGETHER, *late)
    assert invariants(found) == [6]
    assert "ann got word (ignored) of m, which they had left 5.0 s before" in str(found[0])
    answer = said(28, 1), heard(29, 1), acknowledged(35, 1)
    assert "ann got word (acknowledged) of m, which they had left" in str(judge(TOGETHER, *answer))


def test_what_is_not_of_the_protocol() -> None:
    assert invariants(judge(TOGETHER, events.Unreadable(3, "ann", "{}"))) == [6]


MET_ALONE = [*both_came(), *meet(1, visitors=["ann"]), events.MatchEnded(2.2, "ann", "m", "lost")]


def test_a_visitor_who_skipped_a_match_may_get_a_line_of_it() -> None:
    skipped, line = events.Skipped(1, "bob", "m"), [said(2, 1), ignored(2.1, 1)]
    assert judge(MET_ALONE, skipped, line) == []
    assert 6 in invariants(judge(MET_ALONE, line))


def test_a_visitor_who_skipped_a_match_gets_no_other_frame_of_it() -> None:
    for stray, what in [
        (ignored(2, 1, said_in="before"), "what ann said in before"),
        (ignored(2, 1, of="cem"), "heard in m what cem said"),
        (ignored(2, 1, of="bob"), "heard in m what bob said"),
        (ignored(6, 1), "which they had left 5.0 s before"),
    ]:
        found = judge(MET_ALONE, events.Skipped(1, "bob", "m"), stray)
        assert 6 in invariants(found), stray
        assert what in str(found), stray
