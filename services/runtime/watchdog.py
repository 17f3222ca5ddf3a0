"""Notices that a peer who should speak regularly does not: a process that hangs keeps its connections."""

import asyncio

_TURNS = 4


class Watchdog:
    """Counts turns of our own clock since the peer spoke, so that a pause of ours is not taken for theirs."""

    def __init__(self, limit: float) -> None:
        self._turn = limit / _TURNS
        self._turns = 0

    def reset(self) -> None:
        """The peer spoke."""
        self._turns = 0

    async def expired(self) -> None:
        """Returns when nothing was heard for `limit` seconds, or up to a quarter less."""
        while self._turns < _TURNS:
            await asyncio.sleep(self._turn)
            self._turns += 1
