"""Hashes passwords in threads, a few at a time: what anybody may ask for must not take the whole machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.contract.errors import Unavailable

from . import credentials

_AT_ONCE, _MOST = 2, 20


class Hashing:
    """Raises `Unavailable` when too many wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def fits(self, password: str, hashed: str) -> bool:
        """Whether the password is the one of the hash; takes as long where there is no hash."""
        async with self._place():
            return await asyncio.to_thread(credentials.fits, password, hashed)

    async def hashed(self, password: str) -> str:
        async with self._place():
            return await asyncio.to_thread(credentials.hash_password, password)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= _MOST:
            raise Unavailable("too many log in at once; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1
