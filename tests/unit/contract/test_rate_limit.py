"""The rate limiter admits exactly what a token bucket admits."""

from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.rate_limit import UNLIMITED, Rate, gcra

RATE = Rate(4, 10)

steps = st.lists(st.tuples(st.integers(0, 64), st.integers(1, 12)), max_size=100)
"""Pauses in sixteenths of a second, and amounts. They are exact as floats, so the model can compare them."""


@given(steps)
def test_it_admits_what_a_token_bucket_admits(steps: list[tuple[int, int]]) -> None:
    tokens, tat, now = Fraction(10), 0.0, 1024.0
    for pause, amount in steps:
        now += pause / 16
        tokens = min(tokens + Fraction(pause, 4), Fraction(10))
        admitted = amount <= tokens
        tokens -= amount if admitted else 0
        wait, tat = gcra(tat, RATE, now, amount)
        assert (wait == 0) == admitted
        assert wait == (0 if admitted else (amount - tokens) / 4)


def test_after_the_wait_that_it_names_the_amount_is_admitted() -> None:
    _, tat = gcra(0.0, RATE, 100.0, 10)
    wait, unchanged = gcra(tat, RATE, 100.0, 3)
    assert (wait, unchanged) == (0.75, tat)
    assert gcra(tat, RATE, 100.0 + wait, 3)[0] == 0


@pytest.mark.parametrize("every", [0.1, 1 / 3, 0.01])
def test_rounding_errors_of_times_delay_nothing(every: float) -> None:
    rate, tat = Rate(1 / every, 1), 0.0
    for now in accumulate([1e6] + [every] * 5000):
        wait, tat = gcra(tat, rate, now)
        assert wait == 0


def test_without_a_limit_everything_is_admitted() -> None:
    tat = 0.0
    for amount in (1, 10**6, 1):
        wait, tat = gcra(tat, UNLIMITED, 100.0, amount)
        assert wait == 0
