"""Deadlines come up in time, never early, and no more at once than asked for."""

from itertools import islice
from math import inf

import pytest

from services.matcher.core.deadline_queue import SLOT, DeadlineQueue


def anything(_: object) -> bool:
    return True


def test_no_item_is_early_and_every_item_comes_within_a_slot() -> None:
    timers: DeadlineQueue[str] = DeadlineQueue(anything)
    timers.add(2.0, "b")
    timers.add(1.01, "a")
    assert list(timers.pop_due(1.0)) == []
    due = timers.next_at()
    assert 1.01 <= due <= 1.01 + SLOT
    assert list(timers.pop_due(due)) == ["a"]
    assert list(timers.pop_due(2.0 + SLOT)) == ["b"]
    assert timers.next_at() == inf


def test_items_that_are_not_taken_stay_due() -> None:
    timers: DeadlineQueue[int] = DeadlineQueue(anything)
    for number in range(5):
        timers.add(1.0, number)
    timers.add(1.2, 5)
    first, second = list(islice(timers.pop_due(2.0), 4)), list(islice(timers.pop_due(2.0), 4))
    assert len(first) == 4
    assert sorted(first + second) == [0, 1, 2, 3, 4, 5]


def test_unwanted_items_neither_come_up_nor_pile_up() -> None:
    gone: set[int] = set()
    timers: DeadlineQueue[int] = DeadlineQueue(lambda number: number not in gone)
    for number in range(100_000):
        timers.add(number % 3 + 1, number)
        if number % 1000:
            gone.add(number)
        assert len(timers) <= 2 * 100 + 1024 + 1
    assert sorted(timers.pop_due(3.0)) == list(range(0, 100_000, 1000))
    assert len(timers) == 0
    assert timers.next_at() == inf


@pytest.mark.parametrize("when", [3.3500000000000005, 3.7500000000000004, 7.950000000000001, 14.15, 20.0])
def test_no_item_is_early_however_slots_are_rounded(when: float) -> None:
    """A ticket that comes up early would lose its deadline."""
    timers: DeadlineQueue[float] = DeadlineQueue(anything)
    timers.add(when, when)
    due = timers.next_at()
    assert when <= due <= when + SLOT + 1e-9
    assert list(timers.pop_due(due)) == [when]
