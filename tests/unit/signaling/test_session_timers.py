"""Tests of when timers are due, also after a pause of the process."""

from services.contract.ids import MatchId, VisitorId
from services.signaling.core.events import ProposalTimedOut
from services.signaling.shell.session_timers import PAUSE, SessionTimers


def due(timers: SessionTimers, now: float) -> list[str]:
    return [visitor for visitor, _ in timers.due(now)]


def test_each_event_is_due_once() -> None:
    timers = SessionTimers()
    for visitor, seconds in (("late", 0.9), ("soon", 0.3), ("sooner", 0.2)):
        timers.set(seconds, VisitorId(visitor), ProposalTimedOut(MatchId("m")), 0.0)
    assert due(timers, 0.1) == []
    assert sorted(due(timers, 0.5)) == ["soon", "sooner"]
    assert due(timers, 1.0) == ["late"]
    assert due(timers, 1.1) == []


def test_after_a_pause_no_event_is_due_for_a_while() -> None:
    timers = SessionTimers()
    timers.set(1.0, VisitorId("v"), ProposalTimedOut(MatchId("m")), 0.0)
    assert due(timers, 0.1) == []
    woke = 0.1 + PAUSE + 0.1
    for moment in (woke, woke + PAUSE / 2):
        assert due(timers, moment) == []
    assert due(timers, woke + PAUSE) == ["v"]
