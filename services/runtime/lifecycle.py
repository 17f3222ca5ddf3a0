"""The life of a process: a loop that a signal asks to stop, and one sentence when it cannot start."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import uvloop

from . import logs
from .config import ConfigError, load

C = TypeVar("C")

Main = Callable[[C, asyncio.Event], Awaitable[None]]
"""A service: takes its config and runs until the event is set."""


def run_service(name: str, config_type: type[C], main: "Main[C]") -> int:
    """Run `main` until SIGTERM or SIGINT; returns the exit status."""
    try:
        config = load(config_type, os.environ)
    except ConfigError as error:
        for problem in error.problems:
            print(f"zufall {name}: {problem}", file=sys.stderr)  # noqa: T201 -- logs are not configured yet
        return 2
    logs.configure(name, json=os.environ.get("ZUFALL_LOGS", "json") == "json")
    # Most objects live as long as a socket: scanning them again and again finds nothing.
    gc.set_threshold(20_000, 50, 100)
    try:
        uvloop.run(_until_signalled(config, main))
    except OSError as error:
        logs.logger().error("could not start", reason=str(error))
        return 1
    return 0


async def until(stop: asyncio.Event, *work: "asyncio.Task[None]") -> None:
    """Returns when `stop` is set; raises what a task of `work` raises, so that none dies unseen."""
    stopped = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Task[Any]] = {stopped, *work}
    try:
        while not stop.is_set():
            ended, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
    finally:
        stopped.cancel()


async def _until_signalled(config: C, main: "Main[C]") -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await main(config, stop)
