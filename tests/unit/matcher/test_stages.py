"""Stages by age and by pool, and the count of recent visitors."""

import pytest

from services.matcher.core.stages import RecentVisitorCount, Stages

STAGES = Stages(ages=(2.0, 5.0, 15.0), thin=16, tiny=4)


@pytest.mark.parametrize(
    ("waited", "interests", "crowd", "stage"),
    [
        (0.0, True, 16, 0),
        (1.99, True, 16, 0),
        (0.0, False, 16, 1),
        (2.0, True, 16, 1),
        (5.0, True, 16, 2),
        (15.0, True, 16, 3),
        (0.0, True, 15, 2),
        (0.0, False, 4, 2),
        (0.0, True, 3, 3),
        (99.0, False, 16, 3),
    ],
)
def test_stage(waited: float, interests: bool, crowd: int, stage: int) -> None:
    assert STAGES.stage(waited, interests, crowd) == stage


def test_only_different_visitors_count() -> None:
    crowd = RecentVisitorCount(15.0, 4)
    for _ in range(10):
        crowd.record(1, 0.0)
    crowd.record(2, 1.0)
    assert crowd.count(1.0) == 2


def test_the_count_ends_at_its_limit() -> None:
    crowd = RecentVisitorCount(15.0, 4)
    for visitor in range(100):
        crowd.record(visitor, 0.0)
    assert crowd.count(0.0) == 4


def test_visitors_are_forgotten_within_two_windows() -> None:
    crowd = RecentVisitorCount(15.0, 4)
    crowd.record(1, 0.0)
    assert crowd.count(14.9) == 1
    assert crowd.count(15.0) == 1
    assert crowd.count(30.0) == 0


def test_visitors_are_forgotten_at_once_after_a_long_silence() -> None:
    crowd = RecentVisitorCount(15.0, 4)
    crowd.record(1, 0.0)
    assert crowd.count(1000.0) == 0


def test_visitors_are_forgotten_within_two_windows_whenever_it_is_asked() -> None:
    crowd = RecentVisitorCount(15.0, 4)
    crowd.record(1, 0.0)
    crowd.record(2, 29.5)
    assert crowd.count(29.9) == 2
    assert crowd.count(30.0) == 1
