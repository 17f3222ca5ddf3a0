"""A TCP proxy on a loopback port between two processes, with faults for tests."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Literal

from .servers import free_port

Way = Literal["there", "back"]
"""The direction of bytes: to the target, or from it."""


class _Connection:
    """Both ends of a connection. `delay` is in seconds. A `lossy` one has lost bytes and must end."""

    def __init__(self, ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter], delay: float) -> None:
        self.ends = ends
        self.delay = delay
        self.lossy = False

    def abort(self) -> None:
        for end in self.ends:
            end.transport.abort()


class Proxy:
    """Carries bytes both ways to `target` (a port on loopback) while it is `open`.

    `target` may be a function that chooses the port of each connection, or raises `OSError` to refuse it.

    TCP keeps the order within a connection, and so does this: things are reordered between connections,
    by delays that differ from one to the other.
    """

    def __init__(self, target: int | Callable[[], int]) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._target = target if callable(target) else lambda: target
        self._server: asyncio.Server | None = None
        self._connections: dict[_Connection, None] = {}  # in the order in which they came, as draws are
        self._arriving: set[asyncio.StreamWriter] = set()
        self._cuts = 0
        self._swallowed: set[Way] = set()
        self._draw_delay: Callable[[], float] = lambda: 0.0

    @property
    def used(self) -> bool:
        """Whether there is a connection through it."""
        return bool(self._connections)

    async def open(self) -> None:
        if self._server is None:
            carry = partial(self._carry, self._cuts)
            self._server = await asyncio.start_server(carry, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """End all connections, also those that are just being made, and accept no new ones."""
        self._cuts += 1
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._arriving:
            writer.transport.abort()
        for connection in self._connections:
            connection.abort()
        self._connections.clear()

    def swallow(self, *ways: Way) -> None:
        """Drop all bytes in these directions. Connections stay open, and new ones are accepted."""
        self._swallowed = set(ways)

    def delay(self, draw: Callable[[], float]) -> None:
        """Delay each connection, old or new, by the seconds that `draw` returns for it."""
        self._draw_delay = draw
        for connection in self._connections:
            connection.delay = draw()

    async def heal(self) -> None:
        """End all faults. Connections that lost bytes end, because their streams are broken."""
        self._swallowed.clear()
        self.delay(lambda: 0.0)
        for connection in list(self._connections):
            if connection.lossy:
                connection.abort()
        await self.open()

    async def _carry(self, cuts: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes until a cut. `cuts` is the number of cuts before the connection was made."""
        self._arriving.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target())
        except OSError:
            writer.transport.abort()
            return
        finally:
            self._arriving.discard(writer)
        connection = _Connection((writer, back), self._draw_delay())
        if cuts != self._cuts:
            connection.abort()
            return
        self._connections[connection] = None
        await asyncio.gather(
            self._copy(connection, "there", reader, back), self._copy(connection, "back", there, writer)
        )
        self._connections.pop(connection, None)

    async def _copy(
        self, connection: _Connection, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if connection.delay:
                    await asyncio.sleep(connection.delay)
                if way in self._swallowed:
                    connection.lossy = True
                    continue
                writer.write(data)
                await writer.drain()
        writer.close()
