"""Accepts connections at a limited rate, and lets networks take turns.

asyncio would do the handshakes of all that wait in the kernel's backlog in one turn of its loop, while the
visitors of open connections wait. Here new connections wait in a fair queue instead. So a network that opens
thousands of them only waits for itself.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import NamedTuple, cast

from aiohttp import web

from services.contract.errors import Unavailable
from services.contract.rate_limit import Rate, gcra
from services.runtime.client_address import TrustedProxies, network
from services.runtime.http_responses import problem_response
from services.runtime.http_server import HttpProtocol, HttpRunner
from services.runtime.listening import naming_address
from services.runtime.logs import logger

from ..core.fair_queue import FairQueue
from ..core.proxy_protocol import START_BYTES, parse_client, parse_length
from . import metrics
from .address_hash import IPV6_SUBSCRIBER_BITS
from .open_connections import OpenConnections

BACKLOG = 4096
"""Connections that may wait in the kernel. It ignores further ones, which retry after 1, 3 and 7 s."""

MAX_WAITING = 1024
"""Connections that may wait in the fair queue. Further ones wait in the kernel if no network has too many."""

MAX_WAITING_OF_NETWORK = 64
"""Connections that a network may have in a full queue. With more, its newest makes room for others."""

_ANNOUNCEMENT_SECONDS = 5.0
"""Seconds that a proxy has to say for whom a connection is."""

_PROXY = ""
"""The source of connections through proxies."""

_RETRY_DELAY = 0.1
"""Seconds until the next attempt when the process has no file descriptor left."""

_MIN_SLEEP = 0.001
"""The shortest sleep in seconds. uvloop rounds less than half of it to zero."""

_RETRY_AFTER = "10"
"""Seconds after which a client that was refused should come back."""

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)
"""The socket option with the state of a connection. Only Linux has it."""
_ESTABLISHED = 1

OnAccepted = Callable[[asyncio.BaseTransport, asyncio.BaseProtocol], None]


class _Newcomer(NamedTuple):
    """A connection that waits, the network that it counts for, and the client if a proxy named it."""

    connection: socket.socket
    source: str
    client: str


class PacedAcceptor(web.BaseSite):
    """Accepts connections at every address of each host and port, at one `rate` for all of them.

    If they are `shared`, other processes of the same user may listen there, too. `opened` limits how many are
    open at a time, in all and for each network. The connections of `proxies` come from many networks. If the
    proxies are `announcing`, each connection begins with a PROXY header that names the client. Otherwise only
    requests tell, and the connections count as one source without a limit of its own. `on_accepted` is called
    with each connection that is admitted. `accept_tasks` run until `stop`.
    """

    __slots__ = (
        "_announcing",
        "_arrived",
        "_full_answer",
        "_left",
        "_listen",
        "_on_accepted",
        "_opened",
        "_proxies",
        "_rate",
        "_reading",
        "_shared",
        "_tat",
        "_waiting",
        "accept_tasks",
    )

    def __init__(
        self,
        runner: HttpRunner,
        listen: Sequence[tuple[str, int]],
        rate: Rate,
        opened: OpenConnections,
        proxies: TrustedProxies,
        announcing: bool,
        on_accepted: OnAccepted,
        *,
        shared: bool = False,
    ) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._shared = shared
        self._listen = listen
        self._rate = rate
        self._tat = 0.0
        self._opened = opened
        self._proxies = proxies
        self._announcing = announcing
        self._reading: set[asyncio.Task[None]] = set()
        """The tasks that each read a PROXY header."""
        self._on_accepted = on_accepted
        self._waiting: FairQueue[_Newcomer] = FairQueue()
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()
        self._full_answer = _full_answer(runner.headers)
        self.accept_tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return " ".join(f"http://{host}:{port}" for host, port in self._listen)

    async def start(self) -> None:
        """Begin to accept. Raises `OSError` when a port is in use."""
        await super().start()
        for host, port in self._listen:
            await self._listen_at(host, port)
        self.accept_tasks.append(asyncio.create_task(self._admit_loop()))

    async def _listen_at(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((family, where[:2]) for family, *_, where in found):
            with naming_address(f"{host}:{port}"):
                listening = socket.create_server(
                    address, family=family, backlog=BACKLOG, reuse_port=self._shared
                )
            listening.setblocking(False)
            self.accept_tasks.append(asyncio.create_task(self._accept_loop(listening)))

    async def stop(self) -> None:
        """Stop accepting. Open connections stay open, and those that wait are closed."""
        tasks = [*self.accept_tasks, *self._reading]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._waiting:
            self._waiting.pop().connection.close()
        await super().stop()

    async def _accept_loop(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listening:
            while True:
                await self._wait_for_room()
                try:
                    connection, peer = await loop.sock_accept(listening)
                except OSError as error:
                    logger().warning("a connection could not be accepted", reason=str(error))
                    await asyncio.sleep(_RETRY_DELAY)
                    continue
                self._receive(connection, peer[0])
                await asyncio.sleep(0)  # visitors have their turn between two connections

    def _receive(self, connection: socket.socket, peer: str) -> None:
        if not self._proxies.is_proxy(peer):
            self._queue(_Newcomer(connection, network(peer, IPV6_SUBSCRIBER_BITS), ""))
        elif self._announcing:
            task = asyncio.create_task(self._receive_announced(connection))
            self._reading.add(task)
            task.add_done_callback(self._on_read)
        else:
            self._queue(_Newcomer(connection, _PROXY, ""))

    def _on_read(self, task: asyncio.Task[None]) -> None:
        self._reading.discard(task)
        self._left.set()  # if it was refused, there is room for another one

    async def _receive_announced(self, connection: socket.socket) -> None:
        """Queue the connection for the network that its proxy announces, or close it."""
        try:
            client = await _read_announcement(connection)
        except (OSError, ValueError):
            metrics.REFUSED_REQUESTS.labels("no_proxy_header").inc()
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
        else:
            source = network(client, IPV6_SUBSCRIBER_BITS) if client else _PROXY
            self._queue(_Newcomer(connection, source, client))

    def _queue(self, newcomer: _Newcomer) -> None:
        self._waiting.push(newcomer.source, newcomer)
        self._arrived.set()

    async def _wait_for_room(self) -> None:
        """Make room in a full queue at the cost of the network that has most in it, or wait for room."""
        while len(self._waiting) + len(self._reading) >= MAX_WAITING:
            dropped = self._waiting.drop_excess(MAX_WAITING_OF_NETWORK, spared=_PROXY)
            if dropped is not None:
                metrics.REFUSED_REQUESTS.labels("crowded_out").inc()
                dropped.connection.close()
                return
            self._left.clear()
            await self._left.wait()

    async def _admit_loop(self) -> None:
        while True:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            await self._wait_for_slot()
            newcomer = self._next()
            if newcomer is not None:
                # Finish an admission that `stop` interrupts, so that its request is answered.
                await asyncio.shield(self._admit(newcomer))

    def _next(self) -> _Newcomer | None:
        """Return whose turn it is, and pass over those that have hung up."""
        while self._waiting:
            newcomer = self._waiting.pop()
            self._left.set()
            if not _has_hung_up(newcomer.connection):
                return newcomer
            newcomer.connection.close()
        return None

    async def _wait_for_slot(self) -> None:
        while True:
            wait, self._tat = gcra(self._tat, self._rate, monotonic())
            if not wait:
                return
            await asyncio.sleep(max(wait, _MIN_SLEEP))

    async def _admit(self, newcomer: _Newcomer) -> None:
        server, connection, source = self._runner.server, newcomer.connection, newcomer.source
        if (
            server is None
            or self._opened.is_full()
            or (source != _PROXY and self._opened.is_full_for(source))
        ):
            _reject(connection, self._full_answer)
            return
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.connect_accepted_socket(server, connection)
        except OSError:  # the client has closed already
            connection.close()
            return
        cast(HttpProtocol, protocol).announced_client = newcomer.client
        self._opened.add(source, transport)
        self._on_accepted(transport, protocol)


async def _read_announcement(connection: socket.socket) -> str:
    """Read the PROXY header and return the client's address. Raises `OSError` or `ValueError`."""
    async with asyncio.timeout(_ANNOUNCEMENT_SECONDS):
        start = await _read_exactly(connection, START_BYTES)
        return parse_client(start, await _read_exactly(connection, parse_length(start)))


async def _read_exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = await asyncio.get_running_loop().sock_recv(connection, size - len(data))
        if not more:
            raise ConnectionError("the connection ended in the PROXY header")
        data += more
    return data


def _has_hung_up(connection: socket.socket) -> bool:
    """Return whether the client has already closed. Thousands of these may wait ahead of one that has not."""
    return (
        _TCP_INFO is not None and connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] != _ESTABLISHED
    )


def _full_answer(headers: Mapping[str, str]) -> bytes:
    """Return the answer to a connection for which there is no place."""
    problem = problem_response(503, Unavailable.code, "this gateway is full")
    problem.headers.update(headers)
    problem.headers["Retry-After"] = _RETRY_AFTER
    problem.headers["Connection"] = "close"
    lines = [
        "HTTP/1.1 503 Service Unavailable",
        *(f"{name}: {value}" for name, value in problem.headers.items()),
    ]
    return "\r\n".join((*lines, "", "")).encode() + cast(bytes, problem.body)


def _reject(connection: socket.socket, answer: bytes) -> None:
    metrics.REFUSED_REQUESTS.labels("full").inc()
    with connection:
        connection.setblocking(False)
        with suppress(OSError):  # nothing has been received yet
            connection.recv(65536)  # closing a socket with unread data would discard the answer
        with suppress(OSError):  # the client has closed already
            connection.send(answer)
