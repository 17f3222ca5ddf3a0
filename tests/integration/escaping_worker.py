"""Tries to get out of a worker, as a picture would that has taken it over. Each request names a way."""

import ctypes
import os
import socket
import threading
from collections.abc import Callable
from resource import RLIMIT_CPU, prlimit

from services.reports.shell.evidence.worker_main import run


def _environment() -> str:
    return " ".join(sorted(os.environ))


def _parent_environment() -> str:
    os.close(2)  # a descriptor is free, though the process may open none
    with open(f"/proc/{os.getppid()}/environ", "rb") as file:
        return file.read().decode()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _ptrace() -> None:
    trace_me = 0  # PTRACE_TRACEME, which does no harm to the tests where it works
    if ctypes.CDLL(None, use_errno=True).ptrace(trace_me, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")


WAYS: dict[str, Callable[[], object]] = {
    "socket": socket.socket,
    "socketpair": socket.socketpair,
    "the environment of the service": _parent_environment,
    "a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "a new file": lambda: os.open("/tmp/escaped", os.O_WRONLY | os.O_CREAT),
    "a list of files": lambda: os.listdir("/"),
    "another program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 -- it must fail
    "another process": _fork,
    "another thread": lambda: threading.Thread(target=print).start(),
    "a signal": lambda: os.kill(os.getppid(), 0),
    "a debugger": _ptrace,
    "a limit of the service": lambda: prlimit(os.getppid(), RLIMIT_CPU),
    "a message through stdin": lambda: socket.socket(fileno=0).sendmsg([b"x"]),
}


def attempt(way: bytes) -> bytes:
    """Return the name of the error, or what was reached."""
    try:
        return f"reached: {WAYS[way.decode()]()!r}".encode() if way else _environment().encode()
    except (OSError, RuntimeError) as error:
        return type(error).__name__.encode()


if __name__ == "__main__":
    run(attempt, 512 * 2**20, 4)
