"""The life of a service: an event loop that stops on a signal, and one sentence when it cannot start."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from . import logs, loop_lag, systemd, tracing
from .config import ConfigError, load
from .unknown_settings import unknown_settings

C = TypeVar("C")


_LAST_STEPS = 0.1
"""Seconds that tasks of libraries have to end by themselves after a service has stopped."""


class Shutdown(asyncio.Event):
    """An event that SIGTERM or SIGINT sets. SIGINT, or a second signal, also cuts the drain short."""

    def __init__(self) -> None:
        super().__init__()
        self._forced = asyncio.Event()

    def request(self) -> None:
        """Handle SIGTERM: start a graceful shutdown, or force it when one is under way."""
        if self.is_set():
            self._forced.set()
        self._begin()

    def force(self) -> None:
        """Handle SIGINT: shut down without draining."""
        self._forced.set()
        self._begin()

    def _begin(self) -> None:
        systemd.notify("STOPPING=1")
        self.set()

    async def run_until_forced(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the work until it ends or the shutdown is forced."""
        tasks = (asyncio.create_task(work), asyncio.create_task(self._forced.wait()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
        for task in tasks:
            task.cancel()


Main = Callable[[C, Shutdown], Awaitable[None]]
"""A service's main coroutine: it takes its config and runs until the shutdown is requested."""


def run_service(name: str, config_type: type[C], main: "Main[C]") -> int:
    """Run `main` until a signal. Return the exit status: 2 for a bad configuration, 1 if it cannot start."""
    try:
        log_config, trace_config, config = _load(logs.LogConfig, tracing.TraceConfig, config_type)
    except ConfigError as error:
        for problem in error.problems:
            print(f"zufall {name}: {problem}", file=sys.stderr)  # noqa: T201 -- logs are not configured yet
        return 2
    logs.configure(name, log_config)
    if unknown := unknown_settings(os.environ):
        logs.logger().warning("these settings are unknown to every service", names=unknown)
    # The C part of gRPC would print lines of its own. What it knows also comes as errors of calls.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    tracing.configure(name, trace_config)
    # Most objects live as long as a socket: scanning them again and again finds nothing. What the imports
    # made lives as long as the process. If it were not frozen, it would be scanned once more at the end.
    gc.set_threshold(20_000, 50, 100)
    gc.freeze()
    try:
        uvloop.run(_until_signalled(config, main))
    except OSError as error:
        logs.logger().error("could not start", reason=str(error))
        return 1
    except Exception:  # noqa: BLE001 -- Python would print it past the log
        logs.logger().exception("ended by an error")
        return 1
    finally:
        tracing.tracer().close()
    return 0


def _load(*kinds: type[Any]) -> list[Any]:
    """Return the configurations. Raises `ConfigError` with the problems of all of them."""
    loaded, problems = [], []
    for kind in kinds:
        try:
            loaded.append(load(kind, os.environ))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return loaded


async def until(stop: asyncio.Event, *work: "asyncio.Task[None]") -> None:
    """Wait until `stop` is set. Raise what a task of `work` raises, so that no task dies unseen."""
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
        raise RuntimeError("a task of the service failed") from error


async def _until_signalled(config: C, main: "Main[C]") -> None:
    shutdown = Shutdown()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.on_loop_error)
    loop.add_signal_handler(signal.SIGTERM, shutdown.request)
    loop.add_signal_handler(signal.SIGINT, shutdown.force)
    beside = [asyncio.create_task(loop_lag.measure()), asyncio.create_task(systemd.report_alive())]
    try:
        await main(config, shutdown)
    finally:
        for task in beside:
            task.cancel()
    # gRPC prints a traceback if a task of its own is cancelled in its last step.
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=_LAST_STEPS)
