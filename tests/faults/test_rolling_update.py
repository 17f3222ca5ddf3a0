"""A rolling update starts and stops pods in the order in which Kubernetes does."""

from collections.abc import Iterator

import pytest

from .rollout.rolling_update import PodCounts, RollingUpdate, RolloutStep


def steps(update: RollingUpdate) -> Iterator[RolloutStep]:
    """Yield what happens when each new pod is available before the next step."""
    old, new = update.replicas, 0
    while old:
        step = update.next_step(PodCounts(old, old, new, new))
        assert step != RolloutStep(), "the update stands still"
        old, new = old - step.stop, new + step.start
        yield step


@pytest.mark.parametrize(
    ("surge", "unavailable", "most", "least"),
    [
        (1, 0, 11, 10),
        ("25%", 0, 13, 10),
        ("25%", "25%", 13, 8),
        ("100%", 0, 20, 10),
        (0, 1, 10, 9),
        (0, 0, 10, 9),
    ],
)
def test_a_surge_is_rounded_up_and_what_may_be_missing_down(
    surge: int | str, unavailable: int | str, most: int, least: int
) -> None:
    update = RollingUpdate(10, surge, unavailable)
    assert (update.most, update.least_available) == (most, least)


def test_with_a_surge_of_one_the_pods_follow_each_other() -> None:
    assert list(steps(RollingUpdate(3, 1, 0))) == [RolloutStep(start=1), RolloutStep(stop=1)] * 3


def test_with_a_whole_surge_all_come_before_the_first_goes() -> None:
    assert list(steps(RollingUpdate(10, "100%", 0))) == [RolloutStep(start=10), RolloutStep(stop=10)]


def test_with_half_a_surge_there_are_two_batches() -> None:
    assert list(steps(RollingUpdate(10, "50%", 0))) == [RolloutStep(start=5), RolloutStep(stop=5)] * 2


def test_an_old_pod_goes_for_each_new_one_that_is_available() -> None:
    """Also of a whole surge: the first new pod does not wait for the others."""
    update = RollingUpdate(10, "100%", 0)
    assert update.next_step(PodCounts(10, 10, 10, 0)) == RolloutStep()
    assert update.next_step(PodCounts(10, 10, 10, 1)) == RolloutStep(stop=1)
    assert update.next_step(PodCounts(9, 9, 10, 1)) == RolloutStep()
    assert update.next_step(PodCounts(9, 9, 10, 4)) == RolloutStep(stop=3)


def test_an_old_pod_that_is_broken_goes_first() -> None:
    update = RollingUpdate(10, 3, 0)
    assert update.next_step(PodCounts(10, 8, 3, 1)) == RolloutStep(stop=1), "as there is one to spare"
    assert update.next_step(PodCounts(10, 8, 3, 3)) == RolloutStep(stop=3), "two broken ones, and one more"


def test_new_pods_that_never_become_available_end_nothing() -> None:
    assert RollingUpdate(10, 3, 0).next_step(PodCounts(10, 10, 3, 0)) == RolloutStep()
    assert RollingUpdate(10, 3, 2).next_step(PodCounts(8, 7, 5, 0)) == RolloutStep()
