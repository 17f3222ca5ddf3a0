"""A watchdog decides when a peer hangs."""

import asyncio
import time

from services.runtime.watchdog import Watchdog

from ...timing import scaled


async def test_a_peer_that_says_nothing_is_noticed() -> None:
    async with asyncio.timeout(scaled(2)):
        await Watchdog(0.1).expired()


async def test_a_peer_that_speaks_is_left_alone() -> None:
    watchdog = Watchdog(scaled(0.2))
    watching = asyncio.create_task(watchdog.expired())
    for _ in range(12):
        await asyncio.sleep(scaled(0.02))
        watchdog.reset()
    assert not watching.done()
    watching.cancel()


async def test_a_pause_of_our_own_is_not_taken_for_theirs() -> None:
    """All turns that passed while this process was stopped count as one."""
    watchdog = Watchdog(0.2)
    watching = asyncio.create_task(watchdog.expired())
    await asyncio.sleep(0)
    time.sleep(1.0)  # noqa: ASYNC251 -- the loop is to stand still
    await asyncio.sleep(0)
    watchdog.reset()
    await asyncio.sleep(0.05)
    assert not watching.done()
    watching.cancel()
