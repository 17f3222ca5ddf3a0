"""Who does not stand well, in memory: fed from the database, watched by gateways."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from services.contract.errors import Unavailable
from services.contract.ids import DecisionId, VisitorId
from services.runtime.logs import logger

from ..core.records import Decision
from .ports import ReportStore

POLL = 0.5
"""Seconds after which a decision of another replica is seen at the latest."""

_MAX_BEHIND = 10_000

Change = Decision | None
"""None: no more will come, because the watcher was too slow or the service ends."""


class StandingsCache:
    """The last decision about each visitor. Decisions may arrive twice and, from several sources, late."""

    def __init__(self) -> None:
        self._last: dict[VisitorId, Decision] = {}
        self._watchers: set[asyncio.Queue[Change]] = set()
        self._closed = False
        self._whole = 0
        self._since: dict[int, DecisionId] = {}  # what came after `_whole`

    def standing(self, visitor: VisitorId, now: int) -> Decision | None:
        """What sets `visitor` apart at `now` (ms), if anything does."""
        decision = self._last.get(visitor)
        return decision if decision is not None and decision.holds(now) else None

    def standings(self, now: int) -> list[Decision]:
        return [decision for decision in self._last.values() if decision.holds(now)]

    def snapshot(self, now: int) -> tuple[int, list[Decision]]:
        """Up to which sequence it tells all, and what sets anybody apart or was decided since.

        Also a lift that was decided since: whoever heard of the ban alone would hear no more of it.
        """
        made = [one for one in self._last.values() if one.holds(now) or one.sequence > self._whole]
        return self._whole, made

    def apply(self, decisions: Iterable[Decision]) -> None:
        """Remember what is newer than what is known, and tell the watchers the last about each visitor."""
        news: dict[VisitorId, Decision] = {}
        for decision in decisions:
            self._since[decision.sequence] = decision.id
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
        self._whole = sequence
        self._since = {number: id for number, id in self._since.items() if number > sequence}

    def contradicts(self, decisions: Iterable[Decision]) -> bool:
        """Whether another decision was known by the number of one of these."""
        return any(self._since.get(one.sequence, one.id) != one.id for one in decisions)

    def restart(self) -> None:
        """What was known is no longer so: those who watch have to begin anew."""
        self._last.clear()
        self._since.clear()
        self._whole = 0
        for watcher in self._watchers:
            watcher.put_nowait(None)
        self._watchers.clear()

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


class StandingsPoller:
    """Keeps a board up with the database."""

    def __init__(self, store: ReportStore, board: StandingsCache, now: Callable[[], int]) -> None:
        self._store = store
        self._board = board
        self._now = now
        self._read_last = (0, "")  # its sequence and id
        self._look = asyncio.Event()
        self.problem: str | None = "the standings are not loaded"

    async def load(self) -> None:
        """Raises `Unavailable`."""
        sequence, decisions = await self._store.standings(self._now())
        last = [one.id for one in await self._store.decisions_after(sequence - 1) if one.sequence == sequence]
        self._read_last = sequence, "".join(last)
        self._board.restart()
        self._board.apply(decisions)
        self._board.forget(sequence, self._now())
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
            while decisions := await self._news():
                self._board.apply(decisions)
                self._read_last = decisions[-1].sequence, decisions[-1].id
        except Unavailable as error:
            if self.problem is None:
                logger().error("the database is away", reason=str(error.__cause__))
            self.problem = error.message
        else:
            if self.problem is not None:
                logger().info("the database is back")
            self.problem = None
            self._board.forget(self._read_last[0], self._now())

    async def _news(self) -> list[Decision]:
        """What was decided after the last decision that was read.

        That one is still there, unless the database went back: to a backup, or to a standby that had not
        heard of it. Then numbers are given again.
        """
        sequence, id = self._read_last
        decisions = await self._store.decisions_after(sequence - 1)
        is_there = not sequence or (decisions and (decisions[0].sequence, decisions[0].id) == (sequence, id))
        if is_there and not self._board.contradicts(decisions):
            return [one for one in decisions if one.sequence > sequence]
        logger().error("the database went back: what it no longer knows is forgotten", sequence=sequence)
        await self.load()
        return []
