"""Invariant 8 on histories written by hand."""

from bench.swarm import events
from bench.swarm.checker import Bounds, check

from .histories import both_came, invariants, judge

MIB = 2**20


def measured(at: float, mib: int, pid: int = 1) -> events.Event:
    return events.Measured(at, "gateway-1", mib * MIB, pid)


SMALL = [measured(at, 90) for at in range(1, 60)]


def test_memory_stays_below_its_ceiling() -> None:
    assert judge(both_came(), SMALL) == []
    found = judge(both_came(), SMALL, measured(60, 900, pid=2))
    assert invariants(found) == [8]
    assert "gateway-1 holds 900 MiB" in str(found[0])


def test_memory_does_not_grow() -> None:
    young = [measured(at, 20 + 10 * at) for at in range(1, 10)]
    assert judge(both_came(), young, [measured(at, 120) for at in range(12, 60)]) == []
    found = judge(both_came(), [measured(at, 50 + 2 * at) for at in range(1, 80)])
    assert invariants(found) == [8]
    assert "gateway-1 grew by 136 MiB in 68 s" in str(found[0])


def test_a_process_that_was_started_again_begins_anew() -> None:
    assert judge(both_came(), SMALL, [measured(at, 170, pid=2) for at in range(61, 90)]) == []


def test_a_process_whose_memory_nobody_knows() -> None:
    history = [*both_came(), *SMALL, events.Finished(100)]
    assert check(history, Bounds(), processes=["gateway-1"]) == []
    (found,) = check(history, Bounds(), processes=["gateway-1", "matcher-1"])
    assert "nobody knows what matcher-1 holds" in str(found)
