"""The waves in which a gateway sends its visitors away."""

import pytest

from services.signaling.shell.drain import WAVE_INTERVAL, plan_waves


@pytest.mark.parametrize("per_second", [0.1, 1, 3, 4, 10, 99, 100, 4000])
@pytest.mark.parametrize("visitors", [1, 7, 500, 16_384])
def test_waves_keep_the_rate_and_the_time(visitors: int, per_second: float) -> None:
    waves = plan_waves(visitors, per_second, seconds=40)
    rate = waves.size / waves.interval
    assert rate == pytest.approx(max(per_second, visitors / 40))
    assert waves.size >= 1
    assert waves.interval >= WAVE_INTERVAL


def test_a_low_rate_means_longer_pauses() -> None:
    """A visitor in each quarter of a second would be four a second."""
    assert plan_waves(2, per_second=1, seconds=40) == (1, 1.0)
    assert plan_waves(2, per_second=100, seconds=40) == (25, 0.25)
