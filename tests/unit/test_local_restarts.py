"""Tests when a process of `zufall run` that has ended starts again."""

from services.local.restarts import Restarts


def test_the_pause_grows_until_a_process_has_ended_too_often() -> None:
    restarts = Restarts()
    assert [restarts.pause_after(float(second)) for second in range(5)] == [0.5, 1, 2, 4, None]


def test_an_end_counts_for_a_minute() -> None:
    restarts = Restarts()
    assert [restarts.pause_after(now) for now in (0, 59.9, 60, 119.9, 1_000)] == [0.5, 1, 1, 1, 0.5]


def test_a_process_that_ends_now_and_then_always_starts_again() -> None:
    restarts = Restarts()
    assert {restarts.pause_after(16.0 * number) for number in range(4, 100)} == {0.5, 1, 2, 4}
