"""Waiting for what other processes do."""

import asyncio
from collections.abc import Callable

from ..timing import scaled


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Returns when `condition` holds; raises `TimeoutError` when it does not within the time."""
    async with asyncio.timeout(scaled(seconds)):
        while not condition():  # noqa: ASYNC110 -- other processes set no event of ours
            await asyncio.sleep(0.01)
