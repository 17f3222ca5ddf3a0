"""A watchdog for a peer that should send regularly: a process that hangs keeps its connections open."""

import asyncio

_TICKS = 4


class Watchdog:
    """Expires when a peer sends nothing for `limit` seconds.

    It counts ticks of our own loop since the last message, so a pause of this process does not expire it.
    """

    def __init__(self, limit: float) -> None:
        self._tick = limit / _TICKS
        self._ticks = 0

    def reset(self) -> None:
        """Note that the peer sent something."""
        self._ticks = 0

    async def expired(self) -> None:
        """Wait until nothing has come for `limit` seconds, or up to a quarter less."""
        while self._ticks < _TICKS:
            await asyncio.sleep(self._tick)
            self._ticks += 1
