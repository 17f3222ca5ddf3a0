"""Invariants 7 and 8 on histories written by hand."""

from bench.swarm import events
from bench.swarm.checker import Row

from .histories import both_came, invariants, judge, meet, part

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


def test_not_acknowledged_it_may_be_stored_or_not() -> None:
    doubtful = [event for event in FILED if not isinstance(event, events.Filed)]
    assert judge(doubtful, rows=[]) == []
    assert judge(doubtful, rows=[ROW]) == []


def test_an_acknowledged_report_is_lost() -> None:
    found = judge(FILED, rows=[])
    assert invariants(found) == [7]
    assert "acknowledged and is not stored" in str(found[0])


def test_one_report_is_counted_twice() -> None:
    assert invariants(judge(FILED, rows=[ROW, Row("r2", "m", "id of ann")])) == [7]
    assert invariants(judge(FILED, events.Filed(4, "ann", "m", "r2"))) == [7]


def test_a_report_that_nobody_filed() -> None:
    assert invariants(judge(FILED, rows=[ROW, Row("r2", "m", "id of bob")])) == [7]


def test_memory_stays_below_its_ceiling() -> None:
    small = [events.Measured(at, "gateway-1", 90 * 2**20) for at in range(1, 60)]
    assert judge(both_came(), small) == []
    large = events.Measured(60, "gateway-1", 900 * 2**20)
    found = judge(both_came(), small, large)
    assert invariants(found) == [8]
    assert "gateway-1 holds 900 MiB" in str(found[0])
