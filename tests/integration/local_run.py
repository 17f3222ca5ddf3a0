"""Runs `zufall run` as a person does, and finds processes that it left behind."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from ..timing import scaled

ZUFALL = Path(sys.prefix) / "bin" / "zufall"


class Run:
    """One `zufall run`, which has started but may not be ready."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, data: Path) -> None:
        self.process = process
        self.port = port
        self.data = data
        self.output: list[str] = []
        self._seen: set[psutil.Process] = set()

    def url(self, number: int) -> str:
        """Return the URL of the shared port (0) or of one gateway (1, 2 …)."""
        return f"http://127.0.0.1:{self.port + number}"

    async def until_said(self, words: str, seconds: float = 20) -> str:
        """Return the line with these words. Raises if the output ends first or the time is over."""
        assert self.process.stdout is not None
        async with asyncio.timeout(scaled(seconds)):
            while line := (await self.process.stdout.readline()).decode():
                self.output.append(line)
                if words in line:
                    self.look()
                    return line
        raise AssertionError(f"never said {words!r}:\n{''.join(self.output)}")

    def look(self) -> list[psutil.Process]:
        """Return all processes below it, and remember them."""
        below: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        self._seen.update(below)
        return below

    def child(self, module: str, number: int = 0) -> psutil.Process:
        """Return the process of a service. `number` counts in the order of their start."""
        return self._children(module)[number]

    def has(self, module: str) -> bool:
        """Return whether a process of a service runs."""
        return bool(self._children(module))

    def nats(self) -> psutil.Process:
        """Return the process of NATS, which has no module."""
        (found,) = [one for one in self.look() if one.name() == "nats-server"]
        return found

    def _children(self, module: str) -> list[psutil.Process]:
        found = [one for one in self.look() if _runs(one) and f"services.{module}" in one.cmdline()]
        return sorted(found, key=lambda one: (one.create_time(), one.pid))

    async def ended(self, seconds: float = 20) -> int:
        """Wait until it has ended, and return its status."""
        assert self.process.stdout is not None
        async with asyncio.timeout(scaled(seconds)):
            self.output += (await self.process.stdout.read()).decode().splitlines(keepends=True)
            return await self.process.wait()

    async def left(self, seconds: float = 5) -> list[psutil.Process]:
        """Return the processes below it that still run after the given time."""
        deadline = time.monotonic() + scaled(seconds)
        while (alive := [one for one in self._seen if _runs(one)]) and time.monotonic() < deadline:  # noqa: ASYNC110 -- they are not ours to wait for
            await asyncio.sleep(0.05)
        return alive


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def running(data: Path, port: int, *words: str, program: Path = ZUFALL) -> AsyncIterator[Run]:
    """Run `zufall run --data … --port …`, and end all its processes afterwards."""
    process = await asyncio.create_subprocess_exec(
        program, "run", "--data", data, "--port", str(port), *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    run = Run(process, port, data)
    try:
        yield run
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await run.ended()
        left = await run.left()
        for one in left:
            one.kill()
        assert left == []
