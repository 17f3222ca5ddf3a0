"""Timeouts of the tests, which adapt to the machine.

A test that passes does not wait for a timeout to run out. A long timeout therefore costs nothing; it only
makes a failure slow.
"""

import asyncio
import os
import time
from collections.abc import Callable
from functools import cache
from inspect import isawaitable

import pytest
from _pytest.mark import ParameterSet

LEAST, MOST = 2.0, 8.0
"""The factor stays within these limits, so that a test that hangs ends on a busy machine, too."""

_USUAL_SECONDS = 0.008
"""Processor time in seconds of the computation below on a machine of 2024."""


def factor() -> float:
    """Return ZUFALL_TEST_TIMEOUT_FACTOR, or else a number that grows with the load of the machine."""
    if fixed := os.environ.get("ZUFALL_TEST_TIMEOUT_FACTOR"):
        return float(fixed)
    processes_per_processor = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(LEAST * _slowness_of_processor() * max(1.0, processes_per_processor), MOST)


def scaled(seconds: float) -> float:
    """Return `seconds` times the present factor. Call it when the wait begins."""
    return seconds * factor()


def long(*values: object) -> ParameterSet:
    """Return the parameters of a test that runs only in `make test-long`."""
    return pytest.param(*values, marks=pytest.mark.long)


@cache
def _slowness_of_processor() -> float:
    """Return how many times longer than usual a fixed computation takes, at least 1."""
    began = time.thread_time()
    sum(number * number for number in range(200_000))
    return max(1.0, (time.thread_time() - began) / _USUAL_SECONDS)


async def until(condition: Callable[[], object], seconds: float = 15, pause: float = 0.01) -> None:
    """Wait until `condition`, which may be a coroutine function, holds; raise `TimeoutError` if it does not.

    Other processes set no event of ours, so it is asked again after each `pause`.
    """
    async with asyncio.timeout(scaled(seconds)):
        while True:
            holds = condition()
            if await holds if isawaitable(holds) else holds:
                return
            await asyncio.sleep(pause)
