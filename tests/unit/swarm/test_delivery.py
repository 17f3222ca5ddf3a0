"""The page of a simulated visitor says its lines again, at the right times, so that they arrive."""

from math import inf

from bench.swarm.delivery import Outgoing


def said(count: int, now: float = 0.0) -> Outgoing:
    """So many lines, whose frames are their numbers."""
    lines = Outgoing()
    for number in range(1, count + 1):
        lines.add(str(number).encode(), now)
    return lines


def test_the_oldest_is_repeated_with_pauses_that_double() -> None:
    lines = said(2)
    times = []
    while lines.due < 200:
        times.append(lines.due)
        assert lines.repeat(lines.due) == [(1, b"1")]
    assert times == [3, 9, 21, 45, 75, 105, 135, 165, 195]


def test_nothing_is_repeated_before_its_time_or_after_its_answer() -> None:
    lines = said(1)
    assert lines.repeat(2.9) == []
    assert lines.acknowledge(1, 2.9) == []
    assert lines.due == inf
    assert lines.repeat(100) == []


def test_an_answer_starts_the_pauses_anew() -> None:
    lines = said(3)
    lines.repeat(3)
    lines.repeat(9)
    lines.acknowledge(1, 10)
    assert lines.due == 13


def test_a_later_line_waits_for_the_time_of_the_oldest() -> None:
    lines = said(1)
    lines.add(b"2", 2)
    assert lines.due == 3


def test_after_a_repeat_each_answer_calls_for_the_next_line_until_none_waits() -> None:
    lines = said(3)
    assert lines.repeat(3) == [(1, b"1")]
    assert lines.acknowledge(1, 3.1) == [(2, b"2")]
    lines.add(b"4", 3.15)
    assert lines.acknowledge(3, 3.2) == [(4, b"4")]
    assert lines.acknowledge(4, 3.3) == []
    lines.add(b"5", 4)
    lines.add(b"6", 4)
    assert lines.acknowledge(5, 4.1) == [], "nothing was lost since"


def test_all_is_said_again_when_both_are_there() -> None:
    lines = said(4)
    lines.acknowledge(2, 1)
    lines.repeat(4)
    lines.repeat(10)
    assert lines.all_again(12) == [(3, b"3"), (4, b"4")]
    assert lines.due == 15
    assert lines.acknowledge(3, 12.1) == []
    assert said(0).all_again(1) == []


def test_answers_that_make_no_sense_are_ignored() -> None:
    lines = said(2)
    for number in (-1, 0, 3, 2**60):
        assert lines.acknowledge(number, 1) == []
    assert lines.acknowledged == 0
    lines.acknowledge(2, 1)
    lines.acknowledge(1, 1)
    assert (lines.acknowledged, lines.last) == (2, 2)


def test_sixty_wait_at_most() -> None:
    lines = said(60)
    assert (said(59).full, lines.full) == (False, True)
    lines.acknowledge(1, 1)
    assert [lines.full] == [False]
