"""The life of a process: a loop that a signal asks to stop, and one sentence when it cannot start."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from . import logs
from .config import ConfigError, load

C = TypeVar("C")


class Shutdown(asyncio.Event):
    """Set by SIGTERM or SIGINT. SIGINT, or a second signal, says to hurry: there is nobody left to go on."""

    def __init__(self) -> None:
        super().__init__()
        self._forced = asyncio.Event()

    def request(self) -> None:
        """SIGTERM."""
        if self.is_set():
            self._forced.set()
        self.set()

    def force(self) -> None:
        """SIGINT."""
        self._forced.set()
        self.set()

    async def run_until_forced(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work to its end, or until there is no time for it."""
        tasks = (asyncio.create_task(work), asyncio.create_task(self._forced.wait()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
        for task in tasks:
            task.cancel()


Main = Callable[[C, Shutdown], Awaitable[None]]
"""A service: takes its config and runs until it is asked to stop."""


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
                _result(task)
    finally:
        stopped.cancel()


def _result(task: "asyncio.Task[Any]") -> None:
    try:
        task.result()
    except (ConnectionError, TimeoutError) as error:  # else `run_service` would say that it could not start
        raise RuntimeError("a part of the service has ended") from error


async def _until_signalled(config: C, main: "Main[C]") -> None:
    shutdown = Shutdown()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, shutdown.request)
    loop.add_signal_handler(signal.SIGINT, shutdown.force)
    await main(config, shutdown)
