"""A socket that hears what services tell systemd (sd_notify(3))."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .timing import scaled


class ServiceManager:
    """The receiving end of NOTIFY_SOCKET."""

    def __init__(self, path: Path, hearing: socket.socket) -> None:
        self.path = path
        self._hearing = hearing

    async def told(self, line: str, seconds: float = 15) -> None:
        """Wait for a message with this line, and drop those before it."""
        async with asyncio.timeout(scaled(seconds)):
            while line not in await self._next():
                pass

    async def _next(self) -> list[str]:
        message = await asyncio.get_running_loop().sock_recv(self._hearing, 4096)
        return message.decode().splitlines()

    def waiting(self) -> list[str]:
        """Return the lines that have arrived by now."""
        lines: list[str] = []
        try:
            while True:
                lines += self._hearing.recv(4096).decode().splitlines()
        except BlockingIOError:
            return lines


@contextmanager
def service_manager(folder: Path) -> Iterator[ServiceManager]:
    """Listen in `folder`, whose path must be short, as that of every Unix socket."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as hearing:
        hearing.bind(str(path))
        yield ServiceManager(path, hearing)
