"""Invariant 7 on histories written by hand."""

from bench.swarm import events
from bench.swarm.checker import Row

from .histories import both_came, invariants, judge, meet, part, strike

FILED = [
    *both_came(),
    *meet(1),
    events.Filing(2, "ann", "m"),
    events.Filed(3, "ann", "m", "r1"),
    *part(5),
]
ROW = Row("r1", "m", "id of ann")


def test_acknowledged_and_stored() -> None:
    assert judge(FILED, rows=[ROW]) == []


UNANSWERED = [event for event in FILED if not isinstance(event, events.Filed)]


def test_not_yet_acknowledged_it_may_be_stored_or_not() -> None:
    assert judge(UNANSWERED, rows=[], until=15) == []
    assert judge(UNANSWERED, rows=[ROW], until=15) == []


def test_a_report_is_never_acknowledged() -> None:
    found = judge(UNANSWERED, rows=[ROW])
    assert invariants(found) == [7]
    assert "was not acknowledged for 98.0 s" in str(found[0])
    assert invariants(judge(UNANSWERED, events.Filed(30, "ann", "m", "r1"), rows=[ROW])) == [7]


def test_to_be_asked_to_wait_is_no_acknowledgement() -> None:
    assert invariants(judge(UNANSWERED, events.Postponed(3, "ann", "m"))) == [7]


def test_a_report_waits_for_what_it_needs() -> None:
    for target, excused in [
        ("reports", True),
        ("reports~database", True),
        ("gateway-3", True),
        ("nats", False),
    ]:
        fault = [strike(1, "pause", target), events.Healed(30, 1)]
        found = judge(UNANSWERED, events.Filed(40, "ann", "m", "r1"), fault, rows=[ROW])
        assert invariants(found) == ([] if excused else [7]), target


def test_a_report_is_refused() -> None:
    found = judge(UNANSWERED, events.Dismissed(3, "ann", "m", "pass_refused"))
    assert invariants(found) == [7]
    assert "was refused: pass_refused" in str(found[0])


def test_an_acknowledged_report_is_lost() -> None:
    found = judge(FILED, rows=[])
    assert invariants(found) == [7]
    assert "acknowledged and is not stored" in str(found[0])


def test_one_report_is_counted_twice() -> None:
    assert invariants(judge(FILED, rows=[ROW, Row("r2", "m", "id of ann")])) == [7]
    assert invariants(judge(FILED, events.Filed(4, "ann", "m", "r2"))) == [7]


def test_a_report_that_nobody_filed() -> None:
    assert invariants(judge(FILED, rows=[ROW, Row("r2", "m", "id of bob")])) == [7]
