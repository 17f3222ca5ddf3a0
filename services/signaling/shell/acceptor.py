"""Accepts connections one after the other, at a limited rate.

asyncio would accept all that wait in the kernel's backlog in one turn of its loop and then do all their
handshakes, while the visitors of open connections wait. Here new connections wait in the backlog instead.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence, Sized
from contextlib import suppress
from time import monotonic

from aiohttp import web

from services.contract.rate_limit import Rate, gcra
from services.runtime.logs import logger

from . import metrics

BACKLOG = 4096
"""Connections that may wait in the kernel. It ignores further ones, which retry after 1, 3 and 7 s."""

_RETRY_DELAY = 0.1
"""Seconds until the next attempt when the process has no file descriptor left."""

_MIN_SLEEP = 0.001
"""The shortest sleep in seconds. uvloop rounds less than half of it to zero."""

_FULL_RESPONSE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 10\r\n"
    b"Connection: close\r\n\r\n"
    b'{"type":"about:blank","status":503,"code":"unavailable","detail":"this gateway is full"}'
)

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)
"""The socket option with the state of a connection. Only Linux has it."""
_ESTABLISHED = 1

OnAccepted = Callable[[asyncio.BaseTransport, asyncio.BaseProtocol], None]


class PacedAcceptor(web.BaseSite):
    """Accepts connections at every address of each host and port, at one `rate` for all of them.

    Other processes may listen at the same ports. At most `max_open` connections are open at a time.
    These are aiohttp's and the WebSockets, `sockets`. `on_accepted` is called with each one that is admitted.
    `accept_tasks` run until `stop`.
    """

    __slots__ = ("_listen", "_max_open", "_on_accepted", "_open", "_rate", "_sockets", "_tat", "accept_tasks")

    def __init__(
        self,
        runner: web.AppRunner,
        listen: Sequence[tuple[str, int]],
        rate: Rate,
        max_open: float,
        on_accepted: OnAccepted,
        sockets: Sized,
    ) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._listen = listen
        self._rate = rate
        self._tat = 0.0
        self._max_open = max_open
        self._on_accepted = on_accepted
        self._sockets = sockets
        self._open = 0
        self.accept_tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return " ".join(f"http://{host}:{port}" for host, port in self._listen)

    async def start(self) -> None:
        """Begin to accept. Raises `OSError` when a port is in use."""
        await super().start()
        for host, port in self._listen:
            await self._listen_at(host, port)

    async def _listen_at(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((family, where[:2]) for family, *_, where in found):
            listening = socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=True)
            listening.setblocking(False)
            self.accept_tasks.append(asyncio.create_task(self._accept_loop(listening)))

    async def stop(self) -> None:
        """Stop accepting. Open connections stay open."""
        for task in self.accept_tasks:
            task.cancel()
        await asyncio.gather(*self.accept_tasks, return_exceptions=True)
        await super().stop()

    async def _accept_loop(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listening:
            while True:
                try:
                    connection, _ = await loop.sock_accept(listening)
                except OSError as error:
                    logger().warning("a connection could not be accepted", reason=str(error))
                    await asyncio.sleep(_RETRY_DELAY)
                    continue
                if _has_hung_up(connection):
                    connection.close()
                    continue
                await self._wait_for_slot()
                # Finish an admission that `stop` interrupts, so that its request is answered.
                await asyncio.shield(self._admit(connection))

    async def _wait_for_slot(self) -> None:
        while True:
            wait, self._tat = gcra(self._tat, self._rate, monotonic())
            if not wait:
                return
            await asyncio.sleep(max(wait, _MIN_SLEEP))

    async def _admit(self, connection: socket.socket) -> None:
        server = self._runner.server
        if server is None or self._is_full():
            _reject(connection)
            return
        loop = asyncio.get_running_loop()
        try:
            self._on_accepted(*await loop.connect_accepted_socket(server, connection))
        except OSError:  # the client has closed already
            connection.close()

    def _is_full(self) -> bool:
        """Count the open connections, but only when there may be too many, for counting takes time."""
        self._open += 1
        if self._open > self._max_open and self._runner.server is not None:
            self._open = len(self._runner.server.connections) + len(self._sockets) + 1
        return self._open > self._max_open


def _has_hung_up(connection: socket.socket) -> bool:
    """Return whether the client has already closed. Thousands of these may wait ahead of one that has not."""
    return (
        _TCP_INFO is not None and connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] != _ESTABLISHED
    )


def _reject(connection: socket.socket) -> None:
    metrics.REFUSED_REQUESTS.labels("full").inc()
    with connection:
        connection.setblocking(False)
        with suppress(OSError):  # nothing has been received yet
            connection.recv(65536)  # closing a socket with unread data would discard the answer
        with suppress(OSError):  # the client has closed already
            connection.send(_FULL_RESPONSE)
