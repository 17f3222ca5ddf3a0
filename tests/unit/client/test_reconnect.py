"""The plan after a closed socket is the page's (`web/src/core/reconnect.ts`)."""

import random

import pytest

from bench.client.reconnect import ReconnectPlan, plan_after

DRAWS = 200


def delays(code: int, attempt: int) -> list[float]:
    randomness = random.Random(1)
    plans = [plan_after(code, attempt, randomness) for _ in range(DRAWS)]
    assert all(plan.reconnect for plan in plans)
    return [plan.delay for plan in plans]


@pytest.mark.parametrize("code", [4400, 4403, 4409, 4413])
def test_some_codes_say_to_stay_away(code: int) -> None:
    assert not plan_after(code, 0, random.Random(1)).reconnect


def test_a_refused_token_is_renewed() -> None:
    assert plan_after(4401, 0, random.Random(1)) == ReconnectPlan(True, 0.0, new_token=True)
    assert plan_after(4401, 1, random.Random(1)).delay > 0


@pytest.mark.parametrize(
    ("code", "attempt", "least", "most"),
    [
        (1006, 0, 0, 0.5),
        (1006, 3, 0, 4),
        (1006, 50, 0, 15),
        (1012, 0, 0, 2),
        (1012, 1, 0, 1),
        (4408, 0, 0, 0.5),
        (4429, 0, 20, 20.5),
    ],
)
def test_others_say_to_come_back_with_full_jitter(code: int, attempt: int, least: float, most: float) -> None:
    drawn = delays(code, attempt)
    assert least <= min(drawn) < least + (most - least) / 10
    assert most - (most - least) / 10 < max(drawn) <= most
