"""Who does not stand well, in memory: fed from the database, watched by gateways."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from services.contract.errors import Unavailable
from services.contract.ids import VisitorId
from services.runtime.logs import logger

from .ports import Store
from .records import Decision

POLL = 0.5
"""Seconds after which a decision of another replica is seen at the latest."""

_MAX_BEHIND = 10_000

Change = Decision | None
"""None: no more will come, because the watcher was too slow or the service ends."""


class Board:
    """The last decision about each visitor. Decisions may arrive twice and, from several sources, late."""

    def __init__(self) -> None:
        self._last: dict[VisitorId, Decision] = {}
        self._watchers: set[asyncio.Queue[Change]] = set()
        self._closed = False

    def standing(self, visitor: VisitorId, now: int) -> Decision | None:
        """What sets `visitor` apart at `now` (ms), if anything does."""
        decision = self._last.get(visitor)
        return decision if decision is not None and decision.holds(now) else None

    def standings(self, now: int) -> list[Decision]:
        return [decision for decision in self._last.values() if decision.holds(now)]

    def apply(self, decisions: Iterable[Decision]) -> None:
        """Remember what is newer than what is known, and tell the watchers the last about each visitor."""
        news: dict[VisitorId, Decision] = {}
        for decision in decisions:
            known = self._last.get(decision.visitor)
            if known is None or known.sequence < decision.sequence:
                self._last[decision.visitor] = news[decision.visitor] = decision
        for watcher in list(self._watchers):
            self._tell(watcher, news.values())

    def forget(self, sequence: int, now: int) -> None:
        """Drop what no longer holds. All up to `sequence` was applied, so nothing older can come up again."""
        over = [v for v, d in self._last.items() if d.sequence <= sequence and not d.holds(now)]
        for visitor in over:
            del self._last[visitor]

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Change]]:
        """Changes from this moment on, so that they continue a snapshot that is taken at once."""
        watcher: asyncio.Queue[Change] = asyncio.Queue()
        if self._closed:
            watcher.put_nowait(None)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """End every watch."""
        self._closed = True
        for watcher in self._watchers:
            watcher.put_nowait(None)

    def _tell(self, watcher: asyncio.Queue[Change], news: Iterable[Decision]) -> None:
        for decision in news:
            if watcher.qsize() >= _MAX_BEHIND:
                watcher.put_nowait(None)
                self._watchers.discard(watcher)
                return
            watcher.put_nowait(decision)


class Follower:
    """Keeps a board up with the database."""

    def __init__(self, store: Store, board: Board, now: Callable[[], int]) -> None:
        self._store = store
        self._board = board
        self._now = now
        self._sequence = 0
        self._look = asyncio.Event()
        self.problem: str | None = "the standings are not loaded"

    async def load(self) -> None:
        """Raises `Unavailable`."""
        self._sequence, decisions = await self._store.standings(self._now())
        self._board.apply(decisions)
        self.problem = None

    def look(self) -> None:
        """Somebody said that there is something new."""
        self._look.set()

    async def follow(self) -> None:
        """Look for what is new, for ever."""
        while True:
            try:
                async with asyncio.timeout(POLL):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            await self._read()

    async def _read(self) -> None:
        try:
            while decisions := await self._store.decisions_after(self._sequence):
                self._board.apply(decisions)
                self._sequence = decisions[-1].sequence
        except Unavailable as error:
            if self.problem is None:
                logger().error("the database is away", reason=str(error.__cause__))
            self.problem = error.message
        else:
            if self.problem is not None:
                logger().info("the database is back")
            self.problem = None
            self._board.forget(self._sequence, self._now())
