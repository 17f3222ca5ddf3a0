"""Hashes passwords in threads, a few at a time: what anybody may ask for must not take the whole machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.contract.errors import Unavailable

from . import credentials

_AT_ONCE = 2
MOST = 20
"""Who hash, and who wait for it."""

Fits = Callable[[str, str], Awaitable[bool]]


class Hashing:
    """Raises `Unavailable` when too many wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        async with self.place():
            return await asyncio.to_thread(credentials.hash_password, password)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Fits]:
        """For one who logs in: `credentials.fits`, in a thread."""
        if self._waiting >= MOST:
            raise Unavailable("too many log in at once; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn:
                yield _fits
        finally:
            self._waiting -= 1


async def _fits(password: str, hashed: str) -> bool:
    return await asyncio.to_thread(credentials.fits, password, hashed)
