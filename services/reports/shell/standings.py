"""Keeps in memory who is restricted, and which tokens are revoked: from the database, for gateways."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from services.contract.errors import Unavailable
from services.contract.ids import DecisionId, TokenId, VisitorId
from services.contract.standing_index import StandingIndex
from services.runtime import database_metrics
from services.runtime.logs import logger

from ..core.records import Decision, RevokedToken
from .ports import ReportStore, RevocationStore

POLL_INTERVAL = 0.5
"""Seconds after which a decision of another replica is seen at the latest."""

StandingChange = Decision | RevokedToken | None
"""None means that no more will come: the watcher was too slow, or the service stops."""


class StandingsCache:
    """Holds the last decision about each visitor. Decisions may arrive twice, late, and out of order."""

    def __init__(self, max_behind: int = 10_000) -> None:
        """A watcher that is more than `max_behind` decisions behind is dropped."""
        self._max_behind = max_behind
        self._last = _new_index()
        self._revoked: dict[TokenId, RevokedToken] = {}
        self._watchers: set[asyncio.Queue[StandingChange]] = set()
        self._closed = False
        self._complete_to = 0
        self._ids: dict[int, DecisionId] = {}  # of the sequences after `_complete_to`

    def standing(self, visitor: VisitorId, device: int, now: int) -> Decision | None:
        """Return what holds for `visitor` at `now` (Unix milliseconds), if anything does.

        It may be a decision about another visitor of the device with this key, 0 if it is unknown.
        """
        return self._last.strictest(visitor, device, now)

    def standings(self, now: int) -> list[Decision]:
        """Return all that holds at `now` (Unix milliseconds)."""
        return [decision for decision in self._last if decision.holds(now)]

    def snapshot(self, now: int) -> tuple[int, list[Decision]]:
        """Return the sequence up to which it is complete, and what holds or was decided after it.

        This includes a lift decided after it: a gateway that knows only the ban must hear of the lift.
        """
        current = [one for one in self._last if one.holds(now) or one.sequence > self._complete_to]
        return self._complete_to, current

    def apply(self, decisions: Iterable[Decision]) -> None:
        """Keep the decisions that are newer than known ones, and tell watchers the last of each visitor."""
        newer: dict[VisitorId, Decision] = {}
        for decision in decisions:
            self._ids[decision.sequence] = decision.id
            if self._last.add(decision):
                newer[decision.visitor] = decision
        for watcher in list(self._watchers):
            self._notify(watcher, newer.values())

    def revoked(self) -> list[RevokedToken]:
        """Return the tokens that are revoked."""
        return list(self._revoked.values())

    def revoke(self, tokens: Iterable[RevokedToken]) -> None:
        """Keep the tokens, and tell watchers which are new. What was revoked stays so."""
        new = [one for one in tokens if one.id not in self._revoked]
        self._revoked |= {one.id: one for one in new}
        for watcher in list(self._watchers):
            self._notify(watcher, new)

    def mark_complete(self, sequence: int, now: int) -> None:
        """Drop what no longer holds. All up to `sequence` was applied, so nothing older can come up again."""
        for decision in self._last:
            if decision.sequence <= sequence and not decision.holds(now):
                self._last.remove(decision.visitor)
        self._revoked = {id: one for id, one in self._revoked.items() if one.until > now}
        self._complete_to = sequence
        self._ids = {number: id for number, id in self._ids.items() if number > sequence}

    def contradicts(self, decisions: Iterable[Decision]) -> bool:
        """Tell whether one of these has the sequence of another decision that is known."""
        return any(self._ids.get(one.sequence, one.id) != one.id for one in decisions)

    def reset(self) -> None:
        """Forget all decisions, and make all watchers begin anew."""
        self._last = _new_index()
        self._ids.clear()
        self._complete_to = 0
        self._end_watches()
        self._watchers.clear()

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[StandingChange]]:
        """Queue all changes from now on, so that they continue a snapshot that is taken at once."""
        watcher: asyncio.Queue[StandingChange] = asyncio.Queue()
        if self._closed:
            watcher.put_nowait(None)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """End every watch, also those to come."""
        self._closed = True
        self._end_watches()

    def _end_watches(self) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(None)

    def _notify(
        self, watcher: asyncio.Queue[StandingChange], changes: Iterable[Decision | RevokedToken]
    ) -> None:
        for change in changes:
            if watcher.qsize() >= self._max_behind:
                watcher.put_nowait(None)
                self._watchers.discard(watcher)
                return
            watcher.put_nowait(change)


def _new_index() -> StandingIndex[Decision]:
    return StandingIndex(lambda decision: decision.until)


class StandingsPoller:
    """Keeps the cache up to date with the database."""

    def __init__(
        self,
        store: ReportStore,
        revocations: RevocationStore,
        cache: StandingsCache,
        now: Callable[[], int],
        interval: float = POLL_INTERVAL,
    ) -> None:
        """Read the database every `interval` seconds, and whenever `wake` is called."""
        self._store = store
        self._revocations = revocations
        self._cache = cache
        self._now = now
        self._interval = interval
        self._last_read = (0, "")  # sequence and id
        self._woken = asyncio.Event()
        self._away = False

    async def load(self) -> None:
        """Load all standings anew, and keep what watchers hear meanwhile; raises `Unavailable`."""
        with self._cache.watching() as meanwhile:
            sequence, decisions = await self._store.standings(self._now())
            last = [
                one.id for one in await self._store.decisions_after(sequence - 1) if one.sequence == sequence
            ]
            self._last_read = sequence, "".join(last)
            self._cache.reset()
            self._cache.apply(decisions)
            self._cache.mark_complete(sequence, self._now())
            while (made := meanwhile.get_nowait()) is not None:  # `reset` ended it
                if isinstance(made, Decision):
                    self._cache.apply([made])
        self._cache.revoke(await self._revocations.revoked(self._now()))
        database_metrics.UP.set(1)

    def wake(self) -> None:
        """Read new decisions at once."""
        self._woken.set()

    async def run(self) -> None:
        """Read new decisions forever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._woken.wait()
            self._woken.clear()
            await self._read()

    async def _read(self) -> None:
        try:
            while decisions := await self._new_decisions():
                self._cache.apply(decisions)
                self._last_read = decisions[-1].sequence, decisions[-1].id
            self._cache.revoke(await self._revocations.revoked(self._now()))
        except Unavailable as error:
            if not self._away:
                logger().error("the database does not answer", reason=str(error.__cause__))
            self._away = True
            database_metrics.UP.set(0)
        else:
            database_metrics.UP.set(1)
            if self._away:
                logger().info("the database answers again")
            self._away = False
            self._cache.mark_complete(self._last_read[0], self._now())

    async def _new_decisions(self) -> list[Decision]:
        """Return the decisions after the last one that was read.

        That one is still there, unless the database went back to a backup, or to a standby that had not
        received it. Then sequences are used again, and everything is loaded anew.
        """
        sequence, id = self._last_read
        decisions = await self._store.decisions_after(sequence - 1)
        is_there = not sequence or (decisions and (decisions[0].sequence, decisions[0].id) == (sequence, id))
        if is_there and not self._cache.contradicts(decisions):
            return [one for one in decisions if one.sequence > sequence]
        logger().error("the database went back: all standings are loaded again", sequence=sequence)
        await self.load()
        return []
