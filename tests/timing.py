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

LEAST, MOST = 2.0, 8.0
"""Limits of the factor. A test that hangs ends in bounded time, also on a machine that is always busy."""

_USUAL_SECONDS = 0.008
"""Processor time of the computation below on a machine of 2024."""


def factor() -> float:
    """ZUFALL_TEST_TIMEOUT_FACTOR if it is set, else a number that grows with the load of the machine."""
    if fixed := os.environ.get("ZUFALL_TEST_TIMEOUT_FACTOR"):
        return float(fixed)
    processes_per_processor = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(LEAST * _slowness_of_processor() * max(1.0, processes_per_processor), MOST)


def scaled(seconds: float) -> float:
    """`seconds` times the factor of this moment. Call it when the wait begins."""
    return seconds * factor()


@cache
def _slowness_of_processor() -> float:
    """How many times longer than usual a fixed computation takes, at least 1."""
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
