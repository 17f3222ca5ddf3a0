"""Timers come up in time, never early, and not more at once than asked for."""

from services.matcher.timers import SLOT, Timers


def test_nothing_comes_up_early_and_everything_within_a_slot() -> None:
    timers: Timers[str] = Timers()
    timers.add(2.0, "b")
    timers.add(1.01, "a")
    assert timers.pop(1.0, 10) == []
    due = timers.next()
    assert due is not None
    assert 1.01 <= due <= 1.01 + SLOT
    assert timers.pop(due, 10) == ["a"]
    assert timers.pop(2.0 + SLOT, 10) == ["b"]
    assert timers.next() is None


def test_what_is_too_much_at_once_stays_due() -> None:
    timers: Timers[int] = Timers()
    for number in range(5):
        timers.add(1.0, number)
    timers.add(1.2, 5)
    first, second = timers.pop(2.0, 4), timers.pop(2.0, 4)
    assert len(first) == 4
    assert sorted(first + second) == [0, 1, 2, 3, 4, 5]


def test_what_is_not_wanted_any_more_is_forgotten() -> None:
    timers: Timers[int] = Timers()
    for number in range(10):
        timers.add(number % 3, number)
    timers.keep(lambda number: number in {3, 4})
    assert len(timers) == 2
    assert timers.next() == 0.0
    assert timers.pop(2.0, 10) == [3, 4]
    assert len(timers) == 0
    assert timers.next() is None
