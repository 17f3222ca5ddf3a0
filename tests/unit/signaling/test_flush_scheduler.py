"""Tests of when the flush scheduler flushes, on an event loop with a fake clock."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from services.signaling.shell.flush_scheduler import FlushScheduler

WINDOW, BUSY, RATE = 0.001, 0.010, 200.0


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when a test moves it."""

    now = 100.0

    def time(self) -> float:
        return self.now

    def turn(self) -> None:
        """Run one turn of the loop."""
        self.call_soon(self.stop)
        self.run_forever()

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.turn()
        self.turn()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def flushes(loop: Loop) -> list[float]:
    return []


@pytest.fixture
def scheduler(loop: Loop, flushes: list[float]) -> FlushScheduler:
    async def make() -> FlushScheduler:
        return FlushScheduler(WINDOW, BUSY, RATE, lambda: flushes.append(loop.now))

    return loop.run_until_complete(make())


def times(count: int, call: Callable[[], None]) -> None:
    for _ in range(count):
        call()


def test_a_single_request_flushes_in_the_same_turn(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    scheduler.request()
    assert flushes == []
    loop.turn()
    assert flushes == [100.0]


def test_requests_of_one_turn_share_a_flush(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    times(3, scheduler.request)
    loop.turn()
    loop.advance(1)
    assert flushes == [100.0]


def test_a_request_soon_after_a_flush_waits_for_the_window(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    scheduler.request()
    loop.turn()
    scheduler.request()
    loop.turn()
    assert len(flushes) == 1
    loop.advance(WINDOW)
    assert len(flushes) == 2


def test_many_requests_make_the_window_long(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    scheduler.request()
    loop.turn()  # the rate is measured from here on
    loop.advance(FlushScheduler.LOOK_BACK)
    times(int(RATE * FlushScheduler.LOOK_BACK) + 1, scheduler.request)
    loop.turn()
    assert len(flushes) == 2
    scheduler.request()
    loop.advance(WINDOW)
    assert len(flushes) == 2
    loop.advance(BUSY)
    assert len(flushes) == 3
    loop.advance(FlushScheduler.LOOK_BACK)
    scheduler.request()
    loop.turn()
    scheduler.request()
    loop.advance(WINDOW)
    assert len(flushes) == 5


def test_after_a_quiet_time_a_request_flushes_at_once(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    times(100, scheduler.request)
    loop.turn()
    loop.advance(1)
    scheduler.request()
    loop.turn()
    assert flushes == [100.0, 101.0]


def test_flush_soon_includes_waiting_requests(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    scheduler.request()
    loop.turn()
    scheduler.request()
    times(3, scheduler.flush_soon)
    loop.turn()
    assert flushes == [100.0, 100.0]


def test_without_a_request_there_is_no_flush(
    loop: Loop, scheduler: FlushScheduler, flushes: list[float]
) -> None:
    loop.advance(1)
    assert flushes == []
