"""A gateway watches standings at a real reports service without NATS."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..databases import new_sqlite
from ..timing import until
from .reports_service import APPEALS, ReportsReplica, reports_service


@pytest.fixture
async def replica(tmp_path: Path) -> AsyncIterator[ReportsReplica]:
    async with reports_service(new_sqlite(tmp_path), "nats://127.0.0.1:1") as running:
        yield running


async def test_a_decision_made_without_a_watcher_counts_afterwards(replica: ReportsReplica) -> None:
    lifted, banned, restricted = (VisitorId(random_id()) for _ in range(3))
    await replica.decide(lifted, pb.LEVEL_BANNED)
    heard: list[VisitorId] = []
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.start(lambda visitor, _: heard.append(visitor))
    await until(lambda: watch.ban(lifted, 0) is not None)
    await watch.stop()
    await replica.decide(banned, pb.LEVEL_BANNED)
    await replica.decide(restricted, pb.LEVEL_RESTRICTED)
    await replica.decide(lifted, pb.LEVEL_GOOD)
    watch.start(lambda visitor, _: heard.append(visitor))
    await until(lambda: watch.ban(banned, 0) is not None)
    assert watch.ban(lifted, 0) is None
    assert watch.restricted(restricted, 0)
    assert heard == [lifted, banned, restricted]
    await watch.stop()


async def test_the_last_decision_may_be_a_lift(replica: ReportsReplica) -> None:
    """The snapshot then holds no decision as late as the ban."""
    visitor = VisitorId(random_id())
    await replica.decide(visitor, pb.LEVEL_BANNED)
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.start(lambda *_: None)
    await until(lambda: watch.ban(visitor, 0) is not None)
    await watch.stop()
    await replica.decide(visitor, pb.LEVEL_GOOD)
    watch.start(lambda *_: None)
    await until(lambda: watch.ban(visitor, 0) is None)
    await watch.stop()


async def test_an_announcement_that_is_later_than_the_snapshot_counts(replica: ReportsReplica) -> None:
    """The announcement comes over NATS while the watch still waits for an older snapshot."""
    visitor = VisitorId(random_id())
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.start(lambda *_: None)
    await asyncio.sleep(0)  # the watch has begun, and its snapshot has not come
    announced = pb.VisitorStanding(visitor=visitor, level=pb.LEVEL_BANNED, sequence=7)
    watch.on_announcement(pb.StandingsBatch(standings=[announced]).SerializeToString())
    assert not watch.known
    await until(lambda: watch.known)
    assert watch.ban(visitor, 0) is not None
    await watch.stop()


async def test_an_announcement_that_the_snapshot_knows_to_be_over_does_not_count(
    replica: ReportsReplica,
) -> None:
    """A snapshot omits a visitor whose ban was lifted, like everybody in good standing."""
    visitor = VisitorId(random_id())
    made = await replica.decide(visitor, pb.LEVEL_BANNED)
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.on_announcement(pb.StandingsBatch(standings=[made]).SerializeToString())
    lifted = await replica.decide(visitor, pb.LEVEL_GOOD)
    watch.start(lambda *_: None)
    await until(lambda: watch.known)
    assert lifted.sequence > made.sequence
    assert watch.ban(visitor, 0) is None
    await watch.stop()


async def test_an_announcement_that_is_none_changes_nothing(replica: ReportsReplica) -> None:
    watch = StandingsWatcher(lambda: replica.reports, APPEALS)
    watch.on_announcement(b"\xff\xff")
    watch.start(lambda *_: None)
    await until(lambda: watch.known)
    await watch.stop()
