"""Where connections come in: one after the other and so many a second, however many knock at once.

asyncio would take all that wait in the kernel's backlog in one turn of its loop, and then do all their
handshakes, while those who talk already wait. Here they wait in the backlog: that is what it is for.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

from aiohttp import web

from services.contract.rate_limit import Rate, gcra
from services.runtime.logs import logger

from . import metrics

BACKLOG = 4096
"""Who finds more before them is not answered, and their system tries again after 1 s, 3 s, 7 s."""

_RETRY_DELAY = 0.1
"""Seconds until the next try, when the system has nothing to take a connection with."""

_MIN_SLEEP = 0.001
"""Seconds: uvloop takes what is less than half of that for nothing."""

_FULL_RESPONSE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 10\r\n"
    b"Connection: close\r\n\r\n"
    b'{"type":"about:blank","status":503,"code":"unavailable","detail":"this gateway is full"}'
)

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)
"""Linux has it; elsewhere nobody is known to be gone."""
_ESTABLISHED = 1

OnAccepted = Callable[[asyncio.BaseTransport, asyncio.BaseProtocol], None]


class PacedAcceptor(web.BaseSite):
    """Accepts connections at every address of each host and port, at one `rate` for all of them.

    Other processes may listen at the same ports. At most `max_open` connections are open at a time.
    `on_accepted` is called with each one that is admitted. `accept_tasks` run until `stop`.
    """

    __slots__ = ("_listen", "_max_open", "_on_accepted", "_open", "_rate", "_tat", "accept_tasks")

    def __init__(
        self,
        runner: web.AppRunner,
        listen: Sequence[tuple[str, int]],
        rate: Rate,
        max_open: float,
        on_accepted: OnAccepted,
    ) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._listen = listen
        self._rate = rate
        self._tat = 0.0
        self._max_open = max_open
        self._on_accepted = on_accepted
        self._open = 0
        self.accept_tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return " ".join(f"http://{host}:{port}" for host, port in self._listen)

    async def start(self) -> None:
        """Raises `OSError` when a port is taken."""
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
        """Nobody comes in any more; who is in stays."""
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
                    logger().warning("a connection could not be taken", reason=str(error))
                    await asyncio.sleep(_RETRY_DELAY)
                    continue
                if _has_hung_up(connection):
                    connection.close()
                    continue
                await self._wait_for_slot()
                # Who is half in when the door closes comes in: else their request would never be answered.
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
        except OSError:  # gone before it was here
            connection.close()

    def _is_full(self) -> bool:
        """Counting takes a while, so it is done when it may matter."""
        self._open += 1
        if self._open > self._max_open and self._runner.server is not None:
            self._open = len(self._runner.server.connections) + 1
        return self._open > self._max_open


def _has_hung_up(connection: socket.socket) -> bool:
    """Whether they did not wait. A turn would be lost on them, and thousands may lie before one who did."""
    return (
        _TCP_INFO is not None and connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] != _ESTABLISHED
    )


def _reject(connection: socket.socket) -> None:
    metrics.REFUSED_REQUESTS.labels("full").inc()
    with connection:
        connection.setblocking(False)
        with suppress(OSError):  # it has said nothing yet
            connection.recv(65536)  # what is unread when a socket is closed takes the answer with it
        with suppress(OSError):  # it did not wait for an answer
            connection.send(_FULL_RESPONSE)
