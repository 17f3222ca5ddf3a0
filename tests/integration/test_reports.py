"""Tests the reports service with real processes, gRPC, NATS and both databases."""

import asyncio
import hashlib
import io
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import nats
import pytest
import sqlalchemy as sa
from grpc import StatusCode, aio
from PIL import Image

from protos import reports_pb2 as pb
from services.contract import subjects
from services.contract.ids import DecisionId, VisitorId, random_id
from services.contract.keys import new_key
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import evidence, reports
from services.runtime.rpc import error_code

from ..servers import NatsServer, nats_server, settle, stop
from ..timing import scaled, until
from .reports_service import (
    APPEALS,
    NO_NATS,
    ReportsReplica,
    appeal_token,
    file_request,
    past_match,
    photo,
    reports_service,
)


@pytest.fixture
async def nats_running() -> AsyncIterator[NatsServer]:
    async with nats_server() as server:
        yield server


@pytest.fixture
def replica(reports: ReportsReplica) -> ReportsReplica:
    return reports


@pytest.fixture
async def on_nats(database: str, nats_running: NatsServer) -> AsyncIterator[ReportsReplica]:
    """Provide a service for one test. It knows two NATS servers, of which one is never there."""
    async with reports_service(database, f"{NO_NATS},{nats_running.url}") as running:
        yield running


async def rows(database: str, table: sa.Table) -> list[Any]:
    engine = open_engine(database)
    async with engine.connect() as connection:
        found = list(await connection.execute(sa.select(table)))
    await engine.dispose()
    return found


async def refusal(call: Any) -> tuple[StatusCode, str | None]:
    with pytest.raises(aio.AioRpcError) as caught:
        await call
    return caught.value.code(), error_code(caught.value)


async def test_a_report_lies_in_the_database_with_its_picture_stripped(replica: ReportsReplica) -> None:
    met = past_match()
    chat = (pb.ChatLine(from_accused=True, text="look\0here"), pb.ChatLine(text="no"))
    answer = await replica.reports.File(
        file_request(met, note="he did", chat=chat, frames=(photo(), photo(kind="WEBP")))
    )
    assert not answer.repeated_filing
    (summary,) = await replica.list()
    assert summary.report == answer.report
    assert (summary.reporter, summary.accused, summary.match) == (met.reporter, met.accused, met.match)
    assert (summary.reason, summary.note) == (pb.REASON_NUDITY, "he did")
    assert (summary.frames, summary.chat_lines) == (2, 2)
    assert abs(summary.filed_ms / 1000 - time.time()) < scaled(20)
    for row in await rows(replica.database, evidence):
        with Image.open(io.BytesIO(row.content)) as picture:
            assert picture.size == (1280, 720) == (row.width, row.height)
            assert (picture.format, row.media_type) == ("JPEG", "image/jpeg")
            assert not picture.getexif()
        assert b"SECRET" not in row.content
        assert row.sha256 == hashlib.sha256(row.content).digest()


async def test_lines_that_were_said_are_proven_and_forged_ones_are_claims(replica: ReportsReplica) -> None:
    met = past_match(said=[(True, "hello\0"), (False, "who is there?")])
    lines = [(True, "hello\0"), (True, "I will find you"), (False, "who is there?"), (False, "hello\0")]
    chat = tuple(pb.ChatLine(from_accused=by_accused, text=text) for by_accused, text in lines)
    await replica.reports.File(file_request(met, chat=chat))
    (row,) = await rows(replica.database, reports)
    assert [proven for _, _, proven in row.chat] == [True, False, True, False]
    (summary,) = await replica.list()
    assert (summary.chat_lines, summary.proven_lines) == (4, 2)


async def test_the_same_pass_filed_again_is_the_same_report(replica: ReportsReplica) -> None:
    met = past_match()
    answers = await asyncio.gather(*(replica.reports.File(file_request(met, note=str(n))) for n in range(8)))
    assert len({answer.report for answer in answers}) == 1
    assert [answer.repeated_filing for answer in answers].count(False) == 1
    assert (await replica.reports.File(file_request(met))).repeated_filing
    assert len(await replica.list()) == 1


async def test_only_a_valid_pass_of_the_reporter_files(replica: ReportsReplica) -> None:
    met = past_match()
    denied = (StatusCode.PERMISSION_DENIED, "pass_refused")
    for bad in (
        file_request(met, reporter=random_id()),
        file_request(met, reporter=met.accused),
        file_request(past_match(keys=new_key())),
        file_request(past_match(ago=25 * 3600)),
        file_request(met, sealed=""),
        file_request(met, sealed="?" * 5000),
        file_request(met, sealed=met.sealed[:-2]),
    ):
        assert await refusal(replica.reports.File(bad)) == denied
    assert await replica.list() == []


async def test_a_report_has_bounds(replica: ReportsReplica) -> None:
    met, line = past_match(), pb.ChatLine(text="x")
    invalid = (StatusCode.INVALID_ARGUMENT, "invalid_request")
    for bad in (
        file_request(met, reason=pb.REASON_UNSPECIFIED),
        file_request(met, reason=99),  # type: ignore[arg-type]
        file_request(met, note="x" * 1001),
        file_request(met, chat=(line,) * 21),
        file_request(met, chat=(pb.ChatLine(text="x" * 2001),)),
        file_request(met, frames=(photo(64, 64),) * 4),
    ):
        assert await refusal(replica.reports.File(bad)) == invalid
    most = file_request(
        met, note="€" * 1000, chat=(pb.ChatLine(text="€" * 2000),) * 20, frames=(photo(64, 64),) * 3
    )
    await replica.reports.File(most)
    assert len(await replica.list()) == 1


async def test_a_report_with_a_bad_picture_is_refused_and_can_be_filed_without_it(
    replica: ReportsReplica,
) -> None:
    met = past_match()
    refused = (StatusCode.INVALID_ARGUMENT, "evidence_refused")
    for bad in (b"some text", photo()[:2000], photo(4000, 2200), b"", b"\xff" * (2**20 + 1)):
        assert await refusal(replica.reports.File(file_request(met, frames=(photo(64, 64), bad)))) == refused
    assert await replica.list() == []
    assert not (await replica.reports.File(file_request(met))).repeated_filing


async def test_acknowledged_reports_survive_the_death_of_the_service(database: str) -> None:
    for _ in range(3):
        met = past_match()
        async with reports_service(database, NO_NATS) as replica:
            answer = await replica.reports.File(file_request(met, frames=(photo(64, 64),)))
            replica.process.kill()
            await replica.process.wait()
        async with reports_service(database, NO_NATS) as replica:
            assert answer.report in [summary.report for summary in await replica.list()]
            again = await replica.reports.File(file_request(met))
            assert (again.report, again.repeated_filing) == (answer.report, True)


TOLD = {"visitor", "level", "until_ms", "rule", "decision", "sequence"}
"""The fields of a ban that all gateways hear. The token to appeal with is made for the visitor alone."""


async def test_a_ban_is_told_at_once_over_nats_and_to_watchers(
    on_nats: ReportsReplica, nats_running: NatsServer
) -> None:
    client = await nats.connect(nats_running.url)
    announced = await client.subscribe(subjects.STANDING)
    await settle(client)
    await until_connected(on_nats)
    watch = on_nats.reports.WatchStandings(pb.WatchStandingsRequest())
    assert await watch.read() == pb.StandingsBatch(complete=True)
    visitor = random_id()
    made = await on_nats.decide(visitor, pb.LEVEL_BANNED, 60)
    message = await announced.next_msg(scaled(5))
    told = [pb.StandingsBatch.FromString(message.data), await watch.read()]
    for batch in told:
        (standing,) = batch.standings
        assert (standing.visitor, standing.level, standing.rule) == (visitor, pb.LEVEL_BANNED, "nudity")
        assert (standing.decision, standing.sequence) == (made.decision, made.sequence)
        assert not standing.automated
        assert {field.name for field, _ in standing.ListFields()} == TOLD
        assert abs(standing.until_ms / 1000 - time.time() - 60) < scaled(10)
    watch.cancel()
    await client.close()


async def test_nobody_appeals_with_a_token_for_another_decision(replica: ReportsReplica) -> None:
    """The token of one banned visitor does not open the decision about another."""
    one, other = [await replica.decide(random_id(), pb.LEVEL_BANNED) for _ in range(2)]
    mixed = APPEALS.seal(DecisionId(one.decision), VisitorId(other.visitor))
    with pytest.raises(aio.AioRpcError) as refused:
        await replica.reports.Appeal(pb.AppealRequest(appeal=mixed, text="no"))
    assert refused.value.code() is StatusCode.PERMISSION_DENIED
    found = await replica.reports.Appeal(pb.AppealRequest(appeal=appeal_token(one)))
    assert found.state == pb.APPEAL_STATE_NONE


async def test_a_ban_reaches_the_watchers_of_another_replica_without_nats(database: str) -> None:
    async with reports_service(database, NO_NATS) as one, reports_service(database, NO_NATS) as other:
        watch = other.reports.WatchStandings(pb.WatchStandingsRequest())
        await watch.read()
        visitor = random_id()
        for level in (pb.LEVEL_BANNED, pb.LEVEL_GOOD):
            await one.decide(visitor, level)
            decided = time.monotonic()
            (standing,) = (await watch.read()).standings
            assert time.monotonic() - decided < scaled(5)
            assert (standing.visitor, standing.level) == (visitor, level)
        watch.cancel()


async def test_a_ban_reaches_the_watchers_of_another_replica_at_once_over_nats(
    database: str, nats_running: NatsServer
) -> None:
    async with (
        reports_service(database, nats_running.url) as one,
        reports_service(database, nats_running.url) as other,
    ):
        await asyncio.gather(until_connected(one), until_connected(other))
        watch = other.reports.WatchStandings(pb.WatchStandingsRequest())
        await watch.read()
        waits = []
        for _ in range(5):
            await one.decide(random_id(), pb.LEVEL_BANNED)
            decided = time.monotonic()
            await watch.read()
            waits.append(time.monotonic() - decided)
        assert sorted(waits)[2] < scaled(0.2)  # the median; looking without being told takes up to 0.5
        watch.cancel()


async def test_the_snapshot_contains_everybody_without_good_standing(database: str) -> None:
    banned, lifted, expired = random_id(), random_id(), random_id()
    async with reports_service(database, NO_NATS) as replica:
        await replica.decide(expired, pb.LEVEL_RESTRICTED, 1)
        await replica.decide(banned, pb.LEVEL_BANNED)
        await replica.decide(lifted, pb.LEVEL_BANNED)
        await replica.decide(lifted, pb.LEVEL_GOOD)
        await asyncio.sleep(1.1)  # until the decision has expired
        await check_snapshot(replica, banned, (lifted, expired))
    async with reports_service(database, NO_NATS) as started_again:
        await check_snapshot(started_again, banned, (lifted, expired))


async def snapshot(replica: ReportsReplica) -> list[str]:
    standings = []
    async for batch in replica.reports.WatchStandings(pb.WatchStandingsRequest()):
        standings += [standing.visitor for standing in batch.standings]
        if batch.complete:
            break
    return standings


async def check_snapshot(replica: ReportsReplica, banned: str, good: tuple[str, ...]) -> None:
    async def is_right() -> bool:
        return await snapshot(replica) == [banned]

    await until(is_right)  # what is lifted or has expired is gone after the next read of the database
    now = await replica.reports.Standing(pb.StandingRequest(visitor=banned))
    assert (now.level, now.until_ms) == (pb.LEVEL_BANNED, 0)
    for visitor in good:
        now = await replica.reports.Standing(pb.StandingRequest(visitor=visitor))
        assert now == pb.VisitorStanding(visitor=visitor)


async def test_moderation_needs_the_token(replica: ReportsReplica) -> None:
    refused = (StatusCode.UNAUTHENTICATED, "permission_refused")
    for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", ""),)):
        assert (
            await refusal(replica.moderation.ListReports(pb.ListReportsRequest(), metadata=metadata))
            == refused
        )
        assert await refusal(replica.moderation.Decide(pb.DecideRequest(), metadata=metadata)) == refused


async def test_filing_and_deciding_go_on_without_nats(
    on_nats: ReportsReplica, nats_running: NatsServer
) -> None:
    await until_connected(on_nats)
    await nats_running.stop()
    await until_connected(on_nats, False)
    await on_nats.reports.File(file_request(past_match()))
    await on_nats.decide(random_id(), pb.LEVEL_BANNED)
    await nats_running.start()
    await until_connected(on_nats, True)


async def test_it_ends_within_two_seconds_of_being_asked(on_nats: ReportsReplica) -> None:
    watch = on_nats.reports.WatchStandings(pb.WatchStandingsRequest())
    await watch.read()
    asked = time.monotonic()
    assert await stop(on_nats.process) == 0
    assert time.monotonic() - asked < scaled(2)
    assert await watch.read() is aio.EOF


async def test_replicas_that_start_at_once_on_an_empty_database_all_serve(database: str) -> None:
    async with (
        reports_service(database, NO_NATS) as one,
        reports_service(database, NO_NATS) as two,
    ):
        await one.reports.File(file_request(past_match()))
        await two.reports.File(file_request(past_match()))
        assert len(await one.list()) == 2


async def until_connected(replica: ReportsReplica, connected: bool = True) -> None:
    """Wait until the replica is connected to NATS, or is no more."""
    line = f"zufall_nats_connected {float(connected)}"
    async with aiohttp.ClientSession() as session, asyncio.timeout(scaled(10)):
        while line not in await page(session, replica, "metrics"):  # noqa: ASYNC110 -- of another process
            await asyncio.sleep(0.05)


async def page(session: aiohttp.ClientSession, replica: ReportsReplica, name: str) -> str:
    async with session.get(f"{replica.admin}/{name}") as answer:
        return await answer.text()
