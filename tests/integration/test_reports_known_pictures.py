"""Tests known pictures with the service as a process: they come first, are held, and none is lost."""

import asyncio
import hashlib
from pathlib import Path

import sqlalchemy as sa
from aiohttp import web

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.core.triage import EVIDENCE_HOLD, KNOWN_OFFSET
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import cases, evidence

from ..ports.fake_picture_matcher import matcher
from ..timing import scaled
from .reports_service import NO_NATS, ReportsReplica, file_request, past_match, photo, reports_service

SENT, OTHER = photo(64, 64), photo(80, 64)
SENT_DIGEST = hashlib.sha256(SENT).hexdigest()


async def reported(replica: ReportsReplica, frame: bytes) -> str:
    accused = VisitorId(random_id())
    await replica.reports.File(
        file_request(past_match(accused=accused), reason=pb.REASON_SPAM, frames=(frame,))
    )
    return accused


async def known(database: str) -> list[str]:
    engine = open_engine(database)
    async with engine.connect() as connection:
        found = [name for name in await connection.scalars(sa.select(evidence.c.known)) if name]
    await engine.dispose()
    return found


async def until_known(database: str) -> None:
    async with asyncio.timeout(scaled(30)):
        while not await known(database):  # noqa: ASYNC110 -- another process sets no event of ours
            await asyncio.sleep(0.2)


async def queue(database: str) -> list[tuple[str, bool, bool]]:
    """Return the open cases in order: the accused, whether first of all, and whether held for a year."""
    engine = open_engine(database)
    chosen = sa.select(cases).where(cases.c.closed_at == 0).order_by(cases.c.urgency.desc())
    async with engine.connect() as connection:
        rows = (await connection.execute(chosen)).all()
    await engine.dispose()
    return [
        (row.accused, row.urgency > KNOWN_OFFSET, row.held_until >= row.opened_at + EVIDENCE_HOLD)
        for row in rows
    ]


async def test_a_picture_on_a_list_comes_first_and_is_held(database: str, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"{SENT_DIGEST} illegal\n")
    async with reports_service(database, NO_NATS, ZUFALL_KNOWN_PICTURES=str(file)) as replica:
        first = await reported(replica, SENT)
        other = await reported(replica, OTHER)
        await until_known(database)
        assert await known(database) == ["illegal"]
        assert await queue(database) == [(first, True, True), (other, False, False)]
        standing = await replica.reports.Standing(pb.StandingRequest(visitor=first))
        assert standing.level == pb.LEVEL_GOOD, "a person decides"


async def test_a_matcher_that_was_away_is_asked_again_and_no_report_waits_for_it(database: str) -> None:
    async with matcher() as running:
        running.answer, running.known = web.Response(status=500), {SENT_DIGEST: "illegal"}
        async with reports_service(database, NO_NATS, ZUFALL_KNOWN_PICTURES=running.url) as replica:
            first = await reported(replica, SENT)
            async with asyncio.timeout(scaled(10)):
                while not running.pictures:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert await known(database) == []
        running.answer = None
        engine = open_engine(database)
        async with engine.begin() as connection:  # as if the minute until it is tried again were over
            await connection.exec_driver_sql("UPDATE inspections SET due_at = 0")
        await engine.dispose()
        async with reports_service(database, NO_NATS, ZUFALL_KNOWN_PICTURES=running.url):
            await until_known(database)
    assert await queue(database) == [(first, True, True)]


async def test_a_picture_of_a_decided_case_is_found_out_about_too_and_held(database: str) -> None:
    async with matcher() as running:
        async with reports_service(database, NO_NATS) as replica:
            await replica.decide(await reported(replica, SENT), pb.LEVEL_GOOD)
        running.known = {SENT_DIGEST: "illegal"}
        async with reports_service(database, NO_NATS, ZUFALL_KNOWN_PICTURES=running.url):
            await until_known(database)
    engine = open_engine(database)
    async with engine.connect() as connection:
        held, opened = (await connection.execute(sa.select(cases.c.held_until, cases.c.opened_at))).one()
    await engine.dispose()
    assert held >= opened + EVIDENCE_HOLD
