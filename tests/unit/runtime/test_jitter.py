"""Replicas that started together do not go on together, and none waits much longer than it should."""

from services.runtime.jitter import jittered


def test_a_pause_is_half_as_long_to_half_as_long_again() -> None:
    pauses = [jittered(10.0) for _ in range(1_000)]
    assert 5.0 <= min(pauses) < 6.0
    assert 14.0 < max(pauses) <= 15.0
