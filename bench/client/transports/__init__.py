"""Transports move text frames between a client and a gateway. They know nothing of the protocol."""

from typing import Protocol

UNREACHABLE = 1006
"""The close code of a connection that ended without one (RFC 6455, 7.1.5)."""


class ConnectionClosed(ConnectionError):
    """The connection has ended. `code` is its close code, or 1006 without one."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the connection was closed with code {code}")
        self.code = code


class Transport(Protocol):
    """One connection to one gateway."""

    async def send(self, frame: bytes) -> None:
        """Send one text frame; raises `ConnectionClosed`."""

    async def receive(self) -> bytes:
        """Return the next text frame; raises `ConnectionClosed` when there will be none."""

    async def close(self, code: int = 1000) -> None:
        """Close the connection with `code`."""

    def abort(self) -> None:
        """End the connection without a word, as a lost network does."""
