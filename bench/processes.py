"""Start and stop the servers under test, and read their cost from the operating system."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil


class MissingPartError(RuntimeError):
    """A baseline cannot run on this machine; the message says in one sentence what is missing."""


class Servers:
    """Processes of one product, with everything they start."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._roots: list[psutil.Popen] = []

    def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start `command`, with `environment` added to our own."""
        everything = os.environ | (environment or {})
        with self._log.open("ab") as log:
            self._roots.append(
                psutil.Popen(list(command), env=everything, stdout=log, stderr=subprocess.STDOUT)
            )

    def tree(self) -> list[psutil.Process]:
        """Return every process started here, and every descendant of one."""
        return [
            process
            for root in self._roots
            if root.poll() is None
            for process in (root, *root.children(recursive=True))
        ]

    def cpu_seconds(self) -> dict[str, float]:
        """User and system time of each process, all its threads, since its start; in steps of 10 ms."""
        seconds = {}
        for one in self.tree():
            times = one.cpu_times()
            seconds[f"{label(one.cmdline())} ({one.pid})"] = float(times.user + times.system)
        return seconds

    def memory_bytes(self) -> int:
        """Proportional set size of all processes."""
        return int(sum(one.memory_full_info().pss for one in self.tree()))

    def check_alive(self) -> None:
        """Raises `RuntimeError` with the end of the log when a process has ended."""
        for root in self._roots:
            if root.poll() is not None:
                tail = self._log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{root.args} ended with {root.returncode}:\n{tail}")

    def wait_for_port(self, port: int, timeout: float = 30) -> None:
        """Wait until something listens on `port`; raises `TimeoutError` with the end of the log."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.check_alive()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        tail = self._log.read_text(errors="replace")[-2000:]
        raise TimeoutError(f"nothing listens on port {port} after {timeout:.0f} s:\n{tail}")

    def stop(self, grace: float = 15) -> None:
        """Ask all to end, and kill what is left after `grace` seconds; nothing outlives this call."""
        everything = self.tree()
        for root in self._roots:
            with suppress(psutil.NoSuchProcess):
                root.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(everything, timeout=grace)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=15)
        self._roots.clear()


def label(command: Sequence[str]) -> str:
    """Return what a person calls the process with this command line."""
    if "-m" in command:
        return " ".join(command[command.index("-m") + 1 :][:2])
    words = [Path(word).name for word in command if not word.startswith("-")]
    return next((word for word in words if word.endswith(".js")), words[0] if words else "?")


def program(name: str, purpose: str) -> str:
    """Return the path of an installed program. Raises `MissingPartError`."""
    path = shutil.which(name)
    if path is None:
        raise MissingPartError(f"{name} is not installed, so {purpose} is left out")
    return path
