"""The audit log is noted outside the database, and an old log and old secrets get the console's key."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from services.contract.keys import parse_ring
from services.contract.sealing import Sealer
from services.reports.core.audit_chain import AuditChain, AuditEvent
from services.reports.core.audit_check import AuditProblem, ProblemKind
from services.reports.core.roles import Role
from services.reports.shell.audit_anchors import AuditAnchors, read_anchors
from services.reports.shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from services.reports.shell.console.audit_search import AuditFilter, SqlAuditSearch
from services.reports.shell.console.errors import LoginRefused
from services.reports.shell.storage.audit_checks import SqlAuditChecks
from services.reports.shell.storage.audit_log import AuditWriter, SqlAuditLog
from services.reports.shell.storage.tables import audit

from ...audit import AUDIT, RING
from ..reports_service import KEYS, NO_NATS, reports_service
from .api_moderator import ApiModerator, logged_in

EVENT = AuditEvent(1, "ann", "picture.seen", "r", {})
NOW = 1_800_000_000_000


@pytest.fixture
async def log(engine: AsyncEngine) -> SqlAuditLog:
    return SqlAuditLog(engine, AUDIT)


@pytest.fixture
async def checks(engine: AsyncEngine) -> SqlAuditChecks:
    return SqlAuditChecks(engine, AUDIT)


async def cut(engine: AsyncEngine, after: int) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.delete(audit).where(audit.c.sequence > after))


async def test_the_head_is_noted_in_the_log_and_in_a_file(
    log: SqlAuditLog, checks: SqlAuditChecks, tmp_path: Path
) -> None:
    file, now = tmp_path / "anchors", [NOW]
    anchors = AuditAnchors(log, file, lambda: now[0])
    with capture_logs() as lines:
        await anchors.note()
        assert lines == [], "an empty log has no head"
        await log.record(EVENT)
        await anchors.note()
        await log.record(EVENT)
        await anchors.note()
        await anchors.note()
        assert len(read_anchors(file)) == 1, "a line an hour"
        now[0] += 3_600_000
        await anchors.note()
    assert [(line["event"], line["sequence"]) for line in lines if line["event"] == "audit anchored"] == [
        ("audit anchored", 1),
        ("audit anchored", 2),
    ]
    assert [one.sequence for one in read_anchors(file)] == [1, 2]
    assert file.read_text().splitlines()[0].endswith(" 2027-01-15T08:00:00Z")
    assert (await checks.check(read_anchors(file))).broken_at == 0


async def test_a_log_that_was_cut_is_noticed_by_anchors_and_by_the_service(
    log: SqlAuditLog, checks: SqlAuditChecks, engine: AsyncEngine, tmp_path: Path
) -> None:
    file = tmp_path / "anchors"
    anchors = AuditAnchors(log, file, lambda: NOW)
    for _ in range(3):
        await log.record(EVENT)
    assert await anchors.note()
    await cut(engine, after=2)
    assert (await checks.check()).broken_at == 0, "without an anchor nobody can tell"
    found = await checks.check(read_anchors(file))
    assert (found.problems, found.entries) == ((AuditProblem(ProblemKind.CUT, "3"),), 2)
    await log.record(AuditEvent(2, "mallory", "nothing.done", "", {}))
    found = await checks.check(read_anchors(file))
    assert found.problems == (AuditProblem(ProblemKind.ENTRY, "3"),), "another entry stands in its place"
    assert not await anchors.note()
    assert (await checks.check(await anchors.noted())).broken_at == 3, "it goes on remembering"


async def test_a_file_that_cannot_be_written_is_a_warning(log: SqlAuditLog, tmp_path: Path) -> None:
    await log.record(EVENT)
    with capture_logs() as lines:
        await AuditAnchors(log, tmp_path / "nowhere" / "anchors", lambda: NOW).note()
    assert lines[-1]["log_level"] == "warning"
    assert "No such file" in lines[-1]["reason"]


async def test_a_log_of_other_keys_is_continued_with_ours_by_an_entry_that_names_its_head(
    log: SqlAuditLog, engine: AsyncEngine
) -> None:
    await log.use_key(NOW)
    assert await log.head() is None, "an empty log begins with our key"
    await SqlAuditLog(engine, AuditWriter(AuditChain([b"x" * 32]))).record(EVENT)
    head = await log.head()
    await log.use_key(NOW)
    await log.use_key(NOW)
    (entry, _) = await SqlAuditSearch(engine).entries(AuditFilter(), 2**60, 10)
    assert (entry.actor, entry.action, entry.subject) == ("service", "chain.keyed", str(head))


async def test_the_service_notes_the_head_when_it_stops_and_the_console_compares(
    database: str, engine: AsyncEngine, log: SqlAuditLog, tmp_path: Path
) -> None:
    file = tmp_path / "anchors"
    settings = {"ZUFALL_AUDIT_ANCHORS": str(file)}
    async with reports_service(database, NO_NATS, **settings) as replica, logged_in(replica, "sue"):
        pass
    head = await log.head()
    assert read_anchors(file)[-1] == head
    await cut(engine, after=head.sequence - 1)
    async with (
        reports_service(database, NO_NATS, **settings) as replica,
        logged_in(replica, "bob", Role.SENIOR) as bob,
    ):
        check = (await bob.get("/audit/check")).content
        assert (check["intact"], check["broken_at"]) == (False, head.sequence)
        assert check["problems"] == [{"kind": "entry", "subject": str(head.sequence)}]
        state = (await bob.get("/audit/state")).content
        assert (state["found"], state["problems"], state["checked_at"] > 0) == (1, check["problems"], True)
        assert await alarms(bob) == b"data: 1"
        async with logged_in(replica, "mia", Role.VIEWER) as mia:
            assert (await mia.get("/audit/state")).status == 403


async def alarms(by: ApiModerator) -> bytes:
    """Return what the page is told of the audit log without asking."""
    async with by.session.get(f"{by.origin}/console/api/events") as stream:
        async for line in stream.content:
            if line == b"event: audit\n":
                return (await stream.content.readline()).strip()
    raise AssertionError("the stream has ended")


async def test_secrets_that_the_pass_keys_sealed_are_sealed_with_the_consoles_own(
    engine: AsyncEngine,
) -> None:
    old = SqlAccounts(engine, Sealer(parse_ring(KEYS), TOTP_SECRET_CONTEXT), AUDIT)
    await old.invite("ann", Role.SENIOR, "test", time.time_ns() // 1_000_000)
    secret = old.totp_secret((await old.all())[0])
    both = SqlAccounts(engine, Sealer((*RING, *parse_ring(KEYS)), TOTP_SECRET_CONTEXT), AUDIT)
    assert both.totp_secret((await both.all())[0]) == secret
    await both.reseal()
    (ann,) = await both.all()
    assert SqlAccounts(engine, Sealer(RING, TOTP_SECRET_CONTEXT), AUDIT).totp_secret(ann) == secret
    with pytest.raises(LoginRefused):
        old.totp_secret(ann)
