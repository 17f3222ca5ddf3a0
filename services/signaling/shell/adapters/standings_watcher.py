"""Watches standings: a snapshot from the reports service, then changes, and at once those sent over NATS."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Set

from google.protobuf.message import DecodeError
from grpc import aio

from protos import reports_pb2 as pb
from protos.reports_pb2_grpc import ReportsStub
from services.contract.appeal_tokens import AppealTokens
from services.contract.ids import DecisionId, TokenId, VisitorId
from services.contract.standing_index import StandingIndex
from services.runtime import logs

from ...core.messages import Banned
from ...core.revoked_tokens import RevokedTokens
from .. import metrics
from .reports_client import banned

RETRY = 0.5
"""Seconds until the watch is started again, times a random factor of 1 to 2."""


LAG = 5.0
"""Seconds by which a snapshot may be older than an announcement. Replicas of the reports service learn of
each other's decisions within one second."""


OnRestricted = Callable[[VisitorId, int], None]
"""Gets a visitor who is banned or restricted from now on, and the key of the device that is too, or 0."""


class StandingsWatcher:
    """A `Standings`. While the reports service is away, the last known standings hold."""

    def __init__(
        self,
        stub: Callable[[], ReportsStub],
        appeals: AppealTokens,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`stub` returns the stub for the next watch."""
        self._stub = stub
        self._appeals = appeals
        self._wall_clock = wall_clock
        self._standings = _new_index()
        self._announced: deque[tuple[float, pb.VisitorStanding]] = deque()  # in the last LAG seconds
        self._task: asyncio.Task[None] | None = None
        self._on_restricted: OnRestricted = lambda visitor, device: None
        self._on_revoked: Callable[[Set[TokenId]], None] = lambda tokens: None
        self.revoked = RevokedTokens()
        """The tokens that the reports service says were revoked."""
        self.known = False
        """Whether a whole snapshot has arrived since the start."""

    def start(
        self,
        on_restricted: OnRestricted,
        on_revoked: Callable[[Set[TokenId]], None] = lambda tokens: None,
    ) -> "asyncio.Task[None]":
        """Start to watch, and return the task. `on_revoked` gets the ids of revoked tokens."""
        self._on_restricted, self._on_revoked = on_restricted, on_revoked
        self._task = asyncio.create_task(self._watch_loop())
        return self._task

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ban(self, visitor: VisitorId, device: int) -> Banned | None:
        standing = self._current(visitor, device)
        if standing is None or standing.level != pb.LEVEL_BANNED:
            return None
        # An appeal belongs to the decision, which may be about another visitor of the device.
        about = VisitorId(standing.visitor)
        return banned(standing, self._appeals.seal(DecisionId(standing.decision), about))

    def restricted(self, visitor: VisitorId, device: int) -> bool:
        return self._is(visitor, device, pb.LEVEL_RESTRICTED)

    def watched(self, visitor: VisitorId, device: int) -> bool:
        return self._is(visitor, device, pb.LEVEL_WATCHED)

    def on_announcement(self, payload: bytes) -> None:
        """Apply the bytes of a `StandingsBatch` from `subjects.STANDING`."""
        try:
            batch = pb.StandingsBatch.FromString(payload)
        except DecodeError as error:
            logs.logger().error("an announced standing is unreadable", problem=str(error))
            return
        now = time.monotonic()
        self._announced.extend((now, standing) for standing in batch.standings)
        self._forget(now)
        self._apply(batch.standings)
        self._revoke(batch.revoked)

    def _is(self, visitor: VisitorId, device: int, level: pb.Level) -> bool:
        standing = self._current(visitor, device)
        return standing is not None and standing.level == level

    def _current(self, visitor: VisitorId, device: int) -> pb.VisitorStanding | None:
        return self._standings.strictest(visitor, device, int(self._wall_clock() * 1000))

    def _apply(self, changes: Iterable[pb.VisitorStanding]) -> None:
        """Apply changes. The later decision counts, in whatever order they arrive."""
        for change in changes:
            if self._standings.add(change) and change.level in (pb.LEVEL_BANNED, pb.LEVEL_RESTRICTED):
                self._on_restricted(VisitorId(change.visitor), change.device)

    def _revoke(self, tokens: Iterable[pb.RevokedToken]) -> None:
        """Add tokens to those that were revoked. What an old snapshot lacks stays revoked."""
        until = {TokenId(one.token): one.until_ms / 1000 for one in tokens}
        if new := self.revoked.add(until, self._wall_clock()):
            self._on_revoked(new)

    async def _watch_loop(self) -> None:
        while True:
            try:
                await self._watch()
            except aio.AioRpcError as error:
                logs.logger().warning(
                    "standings cannot be watched",
                    meaning="reports wait in browsers, and new bans come over NATS alone; calls go on",
                    status=error.code().name,
                )
            metrics.REPORTS_CONNECTED.set(0)
            await asyncio.sleep(RETRY * random.uniform(1, 2))  # noqa: S311 -- jitter, not a secret

    async def _watch(self) -> None:
        snapshot: dict[VisitorId, pb.VisitorStanding] | None = {}
        async for batch in self._stub().WatchStandings(pb.WatchStandingsRequest(), wait_for_ready=True):
            self._revoke(batch.revoked)
            if snapshot is None:
                self._apply(batch.standings)
                continue
            snapshot.update((VisitorId(one.visitor), one) for one in batch.standings)
            if batch.complete:
                self._replace(snapshot, batch.sequence)
                snapshot = None

    def _replace(self, snapshot: dict[VisitorId, pb.VisitorStanding], sequence: int) -> None:
        """Replace all standings by a snapshot and by what was announced after its `sequence`."""
        self._forget(time.monotonic())
        later = [standing for _, standing in self._announced if standing.sequence > sequence]
        self._standings = _new_index()
        self._apply([*snapshot.values(), *later])
        self.known = True
        metrics.STANDINGS_KNOWN.set(1)
        metrics.REPORTS_CONNECTED.set(1)

    def _forget(self, now: float) -> None:
        """Forget announcements that are so old that every snapshot contains them."""
        while self._announced and self._announced[0][0] < now - LAG:
            self._announced.popleft()


def _new_index() -> StandingIndex[pb.VisitorStanding]:
    return StandingIndex(lambda standing: standing.until_ms)
