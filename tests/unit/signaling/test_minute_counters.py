"""The counts of one gateway, minute by minute."""

from services.contract.presence import MinuteCounts, wait_bucket
from services.signaling.shell.stats.minute_counters import MINUTES, MinuteCounters, minute_of

NOON = 29_000_000 * 60.0


def test_matches_and_visitors_count_in_their_minute() -> None:
    counters = MinuteCounters()
    counters.count_match(0.002, repeat=False, wall=NOON)
    counters.count_match(30.0, repeat=True, wall=NOON + 59.9)
    counters.count_presence(3, 1.5, NOON + 1)
    counters.count_match(1.0, repeat=False, wall=NOON + 60)
    later, earlier = counters.recent(NOON + 61, turn=0)
    assert (earlier.number, earlier.sides, earlier.repeats, earlier.visitor_ms) == (29_000_000, 2, 1, 4500)
    assert earlier.waits[wait_bucket(0.002)] == earlier.waits[wait_bucket(30.0)] == 1
    assert sum(earlier.waits) == 2
    assert (later.number, later.sides, later.visitor_ms) == (29_000_001, 1, 0)


def test_a_later_count_of_a_minute_is_the_greater_one() -> None:
    counters, told = MinuteCounters(), list[MinuteCounts]()
    for number in range(20):
        counters.count_match(number / 10, number % 3 == 0, NOON)
        told += counters.recent(NOON, number)
        counters.count_presence(number, 1, NOON)
        told += counters.recent(NOON, number)
    assert told == sorted(told)


def test_older_minutes_are_sent_in_turn() -> None:
    counters = MinuteCounters()
    for minute in range(200):
        counters.count_match(1, repeat=False, wall=NOON + 60 * minute)
    now = NOON + 60 * 199
    told = {minute.number for turn in range(MINUTES) for minute in counters.recent(now, turn)}
    assert told == {minute_of(now) - back for back in range(MINUTES + 1)}


def test_a_clock_jump_loses_nothing_of_the_present_minute() -> None:
    counters = MinuteCounters()
    counters.count_match(1, repeat=False, wall=NOON)
    counters.count_match(1, repeat=False, wall=NOON + 86_400)
    counters.count_match(1, repeat=False, wall=NOON)
    assert [minute.sides for minute in counters.recent(NOON, turn=0)] == [2]
