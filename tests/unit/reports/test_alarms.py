"""The rules that say when an operator is told of something."""

import pytest

from services.reports.core.alarms import (
    SENTENCES,
    Alarm,
    AlarmRule,
    AlarmTimes,
    RuleState,
    due_alarms,
    is_given_up,
    is_pausing,
    pause_after,
    redelivery_delay,
)

MINUTE = 60_000
HOUR = 60 * MINUTE
NOW = 1_000 * HOUR


def test_each_new_thing_is_told_of_with_counts() -> None:
    states = [
        RuleState(AlarmRule.MINOR, count=5, untold=2, told_at=0),
        RuleState(AlarmRule.KNOWN_PICTURE, count=4, untold=0, told_at=0),
        RuleState(AlarmRule.APPEAL_DUE, count=0, untold=0, told_at=0),
    ]
    assert due_alarms(states, NOW) == [Alarm(AlarmRule.MINOR, 5, 2)]


@pytest.mark.parametrize("rule", AlarmRule)
def test_a_rule_says_one_thing_in_a_quarter_of_an_hour_at_most(rule: AlarmRule) -> None:
    pause = pause_after(rule)
    assert pause >= 15 * MINUTE
    (flood,) = due_alarms([RuleState(rule, 900, 900, NOW - pause)], NOW)
    assert (flood.count, flood.new) == (900, 900)
    assert not due_alarms([RuleState(rule, 900, 900, NOW - pause + 1)], NOW)
    assert is_pausing(rule, NOW - pause + 1, NOW)
    assert not is_pausing(rule, NOW - pause, NOW)


def test_a_team_that_is_behind_hears_of_it_once_a_day() -> None:
    assert pause_after(AlarmRule.OLDEST_CASE) == 24 * HOUR


def test_an_appeal_is_told_of_before_the_promised_time() -> None:
    times = AlarmTimes(case_hours=24, appeal_promise_hours=168, appeal_hours=24)
    assert times.old_case_opened_before(NOW) == NOW - 24 * HOUR
    assert times.due_appeal_filed_before(NOW) == NOW - 144 * HOUR


def test_a_message_is_tried_for_a_day_with_growing_delays() -> None:
    assert [redelivery_delay(tries) // MINUTE for tries in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert redelivery_delay(1_000_000) == HOUR
    assert not is_given_up(NOW - 24 * HOUR + 1, NOW)
    assert is_given_up(NOW - 24 * HOUR, NOW)


@pytest.mark.parametrize("rule", AlarmRule)
def test_each_rule_has_a_sentence(rule: AlarmRule) -> None:
    assert SENTENCES[rule].endswith(".")
    assert Alarm(rule, 0, 0).sentence == SENTENCES[rule]
    assert Alarm(rule, 3, 1).sentence == f"{SENTENCES[rule]} Open: 3, new: 1."
