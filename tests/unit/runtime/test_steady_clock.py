"""A wall clock follows the system's clock, but a jump only after a while."""

import pytest

from services.runtime.steady_clock import SteadyClock


class SystemClock:
    """A clock that a test sets. `now` is monotonic."""

    def __init__(self) -> None:
        self.now = 100.0
        self.ahead = 1_000_000.0

    def wall(self) -> float:
        return self.now + self.ahead

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def system() -> SystemClock:
    return SystemClock()


@pytest.fixture
def clock(system: SystemClock) -> SteadyClock:
    return SteadyClock(system.wall, system.monotonic)


def test_it_follows_a_clock_that_is_adjusted_slowly(system: SystemClock, clock: SteadyClock) -> None:
    for _ in range(100):
        system.now += 60
        system.ahead -= 20
        assert clock() == system.wall()


@pytest.mark.parametrize("jump", [-3 * 3600.0, 3600.0, 3 * 3600.0])
def test_a_jump_counts_once_it_has_lasted(system: SystemClock, clock: SteadyClock, jump: float) -> None:
    system.ahead += jump
    for _ in range(10):
        assert clock() == system.wall() - jump
        system.now += 29
    system.now += 11
    assert clock() == system.wall()


def test_a_jump_that_is_undone_changes_nothing(system: SystemClock, clock: SteadyClock) -> None:
    for _ in range(5):
        system.ahead += 3600
        assert clock() == system.wall() - 3600
        system.now += 200
        system.ahead -= 3600
        assert clock() == system.wall()
