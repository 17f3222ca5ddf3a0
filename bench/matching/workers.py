"""A process that measures or makes load once for every line that it gets."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from services.local.plan import HUGE_PAGES


class BenchmarkWorker:
    """The process `python -m module arguments`. It prints a line when it is ready, and one for each round."""

    def __init__(self, module: str, *arguments: object) -> None:
        command = [sys.executable, "-m", f"bench.matching.{module}", *map(str, arguments)]
        environment = {**os.environ, **HUGE_PAGES}  # so that a room runs as in a matcher
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def begin(self, *arguments: object) -> None:
        """Start one round."""
        assert self._process.stdin is not None  # noqa: S101 # a pipe
        self._process.stdin.write(" ".join(map(str, arguments)) + "\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        """Return the next line. Raises `RuntimeError` if the process has ended."""
        assert self._process.stdout is not None  # noqa: S101 # a pipe
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return line

    def ask(self) -> str:
        """Run one round and return its line."""
        self.begin()
        return self.answer()

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def workers(*wanted: tuple[object, ...]) -> Iterator[list[BenchmarkWorker]]:
    """Start a worker for each module with its arguments, yield them when all are ready, and stop them."""
    with ExitStack() as stack:
        started = [BenchmarkWorker(str(module), *arguments) for module, *arguments in wanted]
        for worker in started:
            stack.callback(worker.stop)
        for worker in started:
            worker.answer()
        yield started
