"""The transport within one process: the other side is a function, and no event loop is needed."""

import asyncio
from collections.abc import Callable

from bench.client.transports import ConnectionClosed


class MemoryTransport:
    """A `Transport` whose frames go to `on_frame` at once; the other side calls `deliver`."""

    def __init__(self, on_frame: Callable[[bytes], None], on_closed: Callable[[int], None]) -> None:
        self.closed: ConnectionClosed | None = None
        self._on_frame = on_frame
        self._on_closed = on_closed
        self._received: asyncio.Queue[bytes | None] = asyncio.Queue()

    def deliver(self, frame: bytes) -> None:
        """Send one text frame from the other side."""
        self._received.put_nowait(frame)

    def deliver_close(self, code: int) -> None:
        """Close the connection from the other side."""
        self.closed = self.closed or ConnectionClosed(code)
        self._received.put_nowait(None)

    def take(self) -> list[bytes]:
        """Return what was delivered since the last call, without waiting."""
        return [frame for _ in range(self._received.qsize()) if (frame := self._received.get_nowait())]

    def send_now(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""
        if self.closed:
            raise self.closed
        self._on_frame(frame)

    async def send(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""
        self.send_now(frame)

    async def receive(self) -> bytes:
        """Return the next text frame; raises `ConnectionClosed`."""
        frame = await self._received.get()
        if frame is None or self.closed is not None:
            self._received.put_nowait(None)  # for the next call
            raise self.closed or ConnectionClosed(1000)
        return frame

    async def close(self, code: int = 1000) -> None:
        """Close the connection with `code`."""
        self.deliver_close(code)
        self._on_closed(code)

    def abort(self) -> None:
        """End the connection without a word, as a lost network does."""
        self.deliver_close(1006)
        self._on_closed(1006)
