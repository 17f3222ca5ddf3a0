"""A TCP proxy that parses its messages, and strikes at a chosen one."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal

from ...servers import free_port
from .wires import Piece, Point, WireParser

Strike = Callable[["Tap"], Awaitable[None]]
How = Literal["held", "passed on", "a lie"]
"""The message is lost, or passed on before the strike, or answered although it never arrives."""

_COMMITTED = b"C\0\0\0\x0bCOMMIT\0" + b"Z\0\0\0\x05I"
"""The messages by which PostgreSQL confirms a commit and its readiness for the next transaction."""


class Trap:
    """Strikes once, at the `number`-th time that the point is passed (from 1), whichever tap it passes."""

    def __init__(self, point: Point, strike: Strike, how: How = "held", number: int = 1) -> None:
        self.point = point
        self.how = how
        self.springing = asyncio.Event()
        self.sprung = asyncio.Event()
        self._strike = strike
        self._left = number

    def springs(self, point: Point | None) -> bool:
        if point is self.point:
            self._left -= 1
            return self._left == 0
        return False

    async def spring(self, tap: "Tap") -> None:
        self.springing.set()
        await self._strike(tap)
        self.sprung.set()


class Tap:
    """A proxy for the connections of the service `server`. Several taps may share one `trap`."""

    def __init__(self, server: str, target: int, wire: Callable[[], WireParser]) -> None:
        self.server = server
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.trap: Trap | None = None
        self.target = target
        self._wire = wire
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """End every connection."""
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:  # what it leads to is dead at present
            writer.transport.abort()
            return
        wire, ends = self._wire(), {writer, back}
        self._ends |= ends
        await asyncio.gather(
            self._copy(reader, back, wire.there, writer), self._copy(there, writer, wire.back, back)
        )
        self._ends -= ends

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pieces: Callable[[bytes], list[Piece]],
        origin: asyncio.StreamWriter,
    ) -> None:
        """Copy bytes. `origin` writes back to their sender."""
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                for piece, point in pieces(data):
                    if self.trap is not None and self.trap.springs(point):
                        await self._spring(self.trap, piece, writer, origin)
                        return
                    writer.write(piece)
                await writer.drain()
        writer.close()

    async def _spring(
        self, trap: Trap, piece: bytes, writer: asyncio.StreamWriter, origin: asyncio.StreamWriter
    ) -> None:
        """Spring the trap and end the connection."""
        if trap.how == "passed on":
            writer.write(piece)
        elif trap.how == "a lie":
            origin.write(_COMMITTED)
            await origin.drain()
        await trap.spring(self)
        writer.transport.abort()
        origin.close()
