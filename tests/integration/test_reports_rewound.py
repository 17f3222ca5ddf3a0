"""Tests a database that goes back under a running service, as to a backup or a standby that lags behind."""

import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.shell.storage.database import open_engine
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..timing import until
from .reports_service import NO_NATS, reports_service


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
        watch = StandingsWatcher(one.reports)
        watch.start(lambda _: None)
        await one.decide(kept, pb.LEVEL_BANNED)
        first = await one.decide(forgotten, pb.LEVEL_BANNED)
        await until(lambda: watch.ban(forgotten))
        await go_back_to(first.sequence - 1, database)
        second = await other.decide(later, pb.LEVEL_BANNED)
        assert second.sequence == first.sequence
        await until(lambda: watch.ban(later))
        assert watch.ban(kept) is not None
        assert watch.ban(forgotten) is None
        await watch.stop()
