"""The speed of a recovery is read from histories written by hand."""

import pytest

from bench.swarm import events
from tests.faults.recovery import Bars, Recovery, Times, assert_recovered, read_recovery, shortfalls

from .histories import came, heard, meet, said, searches, strike

ORIGINS = {"gateway-1": "http://g1"}


def killed(*after: events.Event) -> Times:
    """Ann and Bob, on gateway-1, are in a match when it is killed at 5."""
    both = [came(0, "ann"), came(0, "bob"), *meet(1), said(2, 1), heard(2, 1)]
    lost = [strike(5, "kill", "gateway-1", sudden=True), events.Lost(5.01, "ann", 1006)]
    history = [*both, *lost, *sorted(after, key=lambda event: event.at), events.Finished(60)]
    return read_recovery(history, ORIGINS).calls["kill"]


def test_a_call_goes_on_when_both_hear_each_other_again() -> None:
    both = [said(6, 2), heard(6.5, 2), said(7, 1, visitor="bob"), heard(7.5, 1, of="bob", visitor="ann")]
    assert killed(came(5.5, "ann", resumed="m"), *both).seconds == [2.5]


def test_a_call_that_is_lost() -> None:
    times = killed(came(5.5, "ann"), events.MatchEnded(20, "bob", "m", "lost"))
    assert (times.total, times.failed, times.share_within(5)) == (1, 1, 0)


def test_a_call_that_neither_goes_on_nor_ends_is_lost() -> None:
    assert killed(came(5.5, "ann", resumed="m")).failed == 1


def test_a_call_that_a_person_ended_says_nothing() -> None:
    ended = [
        came(5.5, "ann", resumed="m"),
        events.Pressed(6, "ann", "m"),
        events.MatchEnded(6, "bob", "m", "next"),
    ]
    assert killed(*ended).total == 0


def test_searches_after_the_death_of_a_matcher() -> None:
    before = [came(0, "ann"), came(0, "bob"), *searches(4, "ann", "bob")]
    killed = strike(5, "kill", "matcher-1", sudden=True)
    recovery = read_recovery([*before, killed, *meet(6), events.Finished(60)], ORIGINS)
    assert recovery.searches.seconds == [1, 1]
    assert recovery.faults == {"kill matcher": 1}


def test_quantiles_count_what_failed() -> None:
    times = Times([1.0, 2.0, 3.0], failed=1)
    assert times.quantile(0.5) == 2.0
    assert times.quantile(0.99) == float("inf")
    assert times.share_within(2) == 0.5


def test_the_bars_are_for_calls_that_no_other_fault_disturbs() -> None:
    both = [came(0, "ann"), came(0, "bob"), *meet(1), strike(5, "kill", "gateway-1", True, 1, "http://g1")]
    others = [("gateway-2", "http://g2", 1), ("gateway-1~nats", "http://g1", 0), ("nats", "", 0)]
    for target, origin, counted in others:
        other = [strike(6, "cut", target, number=2, origin=origin), events.Healed(9, 2)]
        recovery = read_recovery([*both, *other, events.Finished(60)], ORIGINS)
        assert recovery.calls["kill"].total == 1
        assert recovery.killed_calls.total == counted, target


def test_the_bars_are_for_searches_that_no_other_fault_disturbs() -> None:
    before = [came(0, "ann"), came(0, "bob"), *searches(4, "ann", "bob")]
    killed = strike(5, "kill", "matcher-1", sudden=True)
    for target, counted in [("matcher-2", 0), ("nats", 0), ("reports", 2)]:
        history = [*before, killed, strike(5.5, "pause", target, number=2), *meet(6), events.Finished(60)]
        recovery = read_recovery(history, ORIGINS)
        assert recovery.searches.total == 2
        assert recovery.killed_searches.total == counted, target


def test_a_matcher_that_is_still_missing_disturbs_them() -> None:
    before = [came(0, "ann"), came(0, "bob"), strike(2, "kill", "matcher-2", sudden=True, number=2)]
    killed = [*searches(4, "ann", "bob"), strike(5, "kill", "matcher-1", sudden=True)]
    for back, counted in [(4.5, 2), (9.5, 0)]:
        healed = sorted([*killed, events.Healed(back, 2), *meet(10)], key=lambda event: event.at)
        recovery = read_recovery([*before, *healed, events.Finished(60)], ORIGINS)
        assert recovery.killed_searches.total == counted


def test_a_call_that_a_visitor_gave_up_was_not_restored_in_time() -> None:
    ended: list[events.Event] = [events.Pressed(14, "bob", "m"), events.MatchEnded(14, "ann", "m", "next")]
    assert killed(came(5.5, "ann", resumed="m"), *ended).share_within(5) == 0


def recovered(calls: Times, searches: Times) -> Recovery:
    return Recovery({}, {"kill": Times(failed=1000)}, Times(failed=1000), calls, searches)


def test_a_recovery_in_time_is_no_shortfall() -> None:
    assert shortfalls(recovered(Times([1.0] * 99, failed=1), Times([1.0] * 98 + [4.0] * 2)), Bars()) == []
    assert shortfalls(Recovery({}, {}, Times()), Bars()) == []


def test_a_slow_recovery_is_a_shortfall() -> None:
    slow = recovered(Times([1.0] * 98 + [6.0] * 2), Times([1.0] * 97, failed=3))
    calls, searches = shortfalls(slow, Bars())
    assert calls == "98.0% of 100 calls of killed gateways went on within 5 s, not 99%"
    assert searches == "97.0% of 100 searches after a matcher was killed went on within 3 s, not 98%"


def test_nine_in_ten_recover_in_a_short_run() -> None:
    fast, slow = Times([1.0] * 9, failed=1), Times([1.0] * 8, failed=2)
    assert_recovered(Recovery({}, {"kill": fast}, fast), delay=4)
    for calls, found in [(slow, fast), (fast, slow), (Times(), fast), (fast, Times())]:
        with pytest.raises(AssertionError):
            assert_recovered(Recovery({}, {"kill": calls}, found), delay=4)


def test_few_say_little_unless_that_is_wanted() -> None:
    few = recovered(Times([1.0], failed=1), Times(failed=1))
    assert shortfalls(few, Bars()) == []
    assert len(shortfalls(few, Bars(calls=0.9, searches=0.9, least=1))) == 2
