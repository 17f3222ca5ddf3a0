"""A pacer bounds how many searches a visitor may start, whatever the times they choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.rate_limit import UNLIMITED, Rate
from services.signaling.core.pacer import Pacer

RATE = Rate(5, 10)


def test_a_burst_is_followed_by_one_slot_per_interval() -> None:
    pacer = Pacer(RATE)
    assert [pacer.next_slot(100.0) for _ in range(10)] == [100.0] * 10
    assert pacer.next_slot(100.0) == pytest.approx(100.2)
    assert pacer.next_slot(100.2) == pytest.approx(100.2)


def test_asking_again_before_the_slot_returns_the_same_slot() -> None:
    pacer = Pacer(Rate(1, 1))
    pacer.next_slot(100.0)
    assert {pacer.next_slot(100.0 + tenth / 10) for tenth in range(10)} == {101.0}
    assert pacer.next_slot(101.0) == 102.0


@pytest.mark.parametrize("every", [0.2, 0.25, 1.0])
def test_a_pace_within_the_rate_is_never_delayed(every: float) -> None:
    pacer = Pacer(RATE)
    for number in range(5000):
        now = 1e6 + number * every
        assert pacer.next_slot(now) == now


def test_without_limits_every_slot_is_now() -> None:
    pacer = Pacer(UNLIMITED)
    assert all(pacer.next_slot(now) == now for now in (5.0, 5.0, 5.0, 6.0))


@given(st.lists(st.floats(0, 2), max_size=200))
def test_no_choice_of_times_gets_more_slots_than_the_rate(pauses: list[float]) -> None:
    """Only slots later than the last one count, because the same slot is returned again and again."""
    pacer, now, slots = Pacer(RATE), 100.0, [0.0]
    for pause in pauses:
        now += pause
        slot = pacer.next_slot(now)
        assert slot >= now
        assert slot <= now + 1 / RATE.per_second + 1e-9, "nobody waits longer than for one slot"
        if slot > slots[-1] or slot == now:
            slots.append(slot)
    for start in range(1, len(slots)):
        span = slots[-1] - slots[start]
        assert len(slots) - start <= RATE.burst + span * RATE.per_second + 1e-6
