"""Hashes passwords in threads, a few at a time, so that logins cannot take the whole machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.contract.errors import Unavailable

from . import credentials

_MAX_RUNNING = 2
MAX_PENDING = 20
"""At most this many hashes may run or wait."""

VerifyPassword = Callable[[str, str], Awaitable[bool]]


class PasswordHasherPool:
    """Limits how many hashes run and wait; raises `Unavailable` beyond that."""

    def __init__(self) -> None:
        self._running = asyncio.Semaphore(_MAX_RUNNING)
        self._pending = 0

    async def hash(self, password: str) -> str:
        async with self.slot():
            return await asyncio.to_thread(credentials.hash_password, password)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[VerifyPassword]:
        """Wait for a slot, and give `credentials.verify_password` in a thread."""
        if self._pending >= MAX_PENDING:
            raise Unavailable("too many people are logging in: try again in a moment")
        self._pending += 1
        try:
            async with self._running:
                yield _verify
        finally:
            self._pending -= 1


async def _verify(password: str, hashed: str) -> bool:
    return await asyncio.to_thread(credentials.verify_password, password, hashed)
