"""Tests a database that goes back under a running service, as to a backup or a standby that lags behind."""

import asyncio
from dataclasses import replace

import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.core.records import Level
from services.reports.shell.standings import StandingsCache, StandingsPoller
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.revoked_tokens import SqlRevokedTokens
from services.reports.shell.storage.schema import migrate
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..audit import AUDIT
from ..ports.report_stores import decision
from ..timing import until
from .reports_service import APPEALS, NO_NATS, reports_service


async def go_back_to(sequence: int, database: str) -> None:
    """Undo later decisions, so that their sequences are used again."""
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM decisions WHERE sequence > :last"), {"last": sequence})
        if engine.dialect.name == "sqlite":
            count = sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'decisions'")
        else:
            count = sa.text("SELECT setval(pg_get_serial_sequence('decisions', 'sequence'), :last)")
        await connection.execute(count, {"last": sequence})
    await engine.dispose()


async def test_a_number_that_is_given_again_keeps_no_ban_from_gateways(database: str) -> None:
    kept, forgotten, later = (VisitorId(random_id()) for _ in range(3))
    async with reports_service(database, NO_NATS) as one, reports_service(database, NO_NATS) as other:
        watch = StandingsWatcher(lambda: one.reports, APPEALS)
        watch.start(lambda *_: None)
        await one.decide(kept, pb.LEVEL_BANNED)
        first = await one.decide(forgotten, pb.LEVEL_BANNED)
        await until(lambda: watch.ban(forgotten, 0))
        await go_back_to(first.sequence - 1, database)
        second = await other.decide(later, pb.LEVEL_BANNED)
        assert second.sequence == first.sequence
        await until(lambda: watch.ban(later, 0))
        assert watch.ban(kept, 0) is not None
        assert watch.ban(forgotten, 0) is None
        await watch.stop()


async def test_what_is_decided_while_all_is_loaded_again_holds_at_once(database: str) -> None:
    engine = open_engine(database)
    await migrate(engine)
    store, cache = SqlReportStore(engine, AUDIT), StandingsCache()
    poller = StandingsPoller(store, SqlRevokedTokens(engine, AUDIT), cache, lambda: 2_000)
    await store.decide(decision("banned"))
    changed = await store.decide(decision("changed"))
    loading = asyncio.create_task(poller.load())
    await asyncio.sleep(0)
    assert not loading.done()
    cache.apply([replace(changed, level=Level.WATCHED, sequence=changed.sequence + 1)])
    await loading
    await engine.dispose()
    assert {made.visitor: made.level for made in cache.standings(2_000)} == {
        "banned": Level.BANNED,
        "changed": Level.WATCHED,
    }
