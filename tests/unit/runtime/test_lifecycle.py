"""A service waits for its end, and for the death of what it stands on."""

import asyncio

import pytest

from services.runtime.lifecycle import until


async def forever() -> None:
    await asyncio.Event().wait()


async def nothing() -> None:
    pass


async def fails() -> None:
    raise OSError("no such server")


async def test_a_signal_ends_the_wait_and_leaves_the_work_alone() -> None:
    stop, work = asyncio.Event(), asyncio.create_task(forever())
    waiting = asyncio.create_task(until(stop, work))
    await asyncio.sleep(0)
    assert not waiting.done()
    stop.set()
    await waiting
    assert not work.done()
    work.cancel()


async def test_work_that_is_done_does_not_end_the_wait() -> None:
    stop = asyncio.Event()
    waiting = asyncio.create_task(until(stop, asyncio.create_task(nothing())))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    stop.set()
    await waiting


async def test_work_that_fails_does() -> None:
    with pytest.raises(OSError, match="no such server"):
        await until(asyncio.Event(), asyncio.create_task(fails()))


async def test_a_part_that_ends_later_is_no_service_that_could_not_start() -> None:
    async def fails() -> None:
        raise TimeoutError

    with pytest.raises(RuntimeError):
        await until(asyncio.Event(), asyncio.create_task(fails()))
