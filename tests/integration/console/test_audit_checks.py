"""The audit log is checked by itself, with the decisions, on both databases."""

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from services.contract.ids import DecisionId, random_id
from services.reports.core.audit_chain import GENESIS_HASH, AuditEvent
from services.reports.core.audit_check import ADOPTED, AuditProblem, ProblemKind
from services.reports.core.records import Decision, Level
from services.reports.shell.audit_anchors import AuditAnchors
from services.reports.shell.audit_verifier import AuditVerifier
from services.reports.shell.console.audit_search import AuditFilter, SqlAuditSearch
from services.reports.shell.storage.audit_checks import SqlAuditChecks
from services.reports.shell.storage.audit_log import SqlAuditLog
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import audit, decisions

from ...audit import AUDIT
from ...ports.report_stores import decision

NOW = 1_800_000_000_000
EVENT = AuditEvent(1, "ann", "picture.seen", "r", {})


class AuditedDatabase:
    """A database with decisions, and whoever changes it without the service."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.store = SqlReportStore(engine, AUDIT)
        self.log = SqlAuditLog(engine, AUDIT)
        self.checks = SqlAuditChecks(engine, AUDIT)
        self.anchors = AuditAnchors(self.log, None, lambda: NOW)
        self.verifier = AuditVerifier(self.checks, self.anchors, lambda: NOW)

    async def ban(self, visitor: str) -> Decision:
        return await self.store.decide(replace(decision(visitor, Level.BANNED), id=DecisionId(random_id())))

    async def run(self, statement: sa.Executable) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(statement)

    async def change(self, made: Decision, **values: Any) -> None:
        await self.run(sa.update(decisions).where(decisions.c.id == made.id).values(values))

    async def insert_row(self, made: Decision, **values: Any) -> None:
        """Insert a copy of a decision, as somebody would who has no keys."""
        of_it = sa.select(decisions).where(decisions.c.id == made.id)
        async with self.engine.begin() as connection:
            row = (await connection.execute(of_it)).one()._asdict()
            await connection.execute(sa.insert(decisions).values({**row, **values}))

    async def forget_digests(self) -> None:
        """Make all entries like those of a version without digests. Their hashes do not matter here."""
        async with self.engine.begin() as connection:
            for row in (await connection.execute(sa.select(audit))).all():
                details = {key: value for key, value in json.loads(row.details).items() if key != "digest"}
                plain = sa.update(audit).where(audit.c.sequence == row.sequence)
                await connection.execute(plain.values(details=json.dumps(details)))

    async def begin_without_key(self) -> None:
        """Write the first entry as a version without keys did."""
        first = AUDIT.chain.entry(EVENT, 1, GENESIS_HASH)
        content = (first.sequence, first.at, first.actor, first.action, first.subject, first.details)
        hash = hashlib.sha256(GENESIS_HASH + json.dumps(content, ensure_ascii=False).encode()).digest()
        await self.run(sa.insert(audit).values({**asdict(first), "hash": hash}))

    async def problems(self) -> list[tuple[str, str]]:
        found = await self.checks.check()
        return [(one.kind.value, one.subject) for one in found.problems]


@pytest.fixture
def database_of(engine: AsyncEngine) -> AuditedDatabase:
    return AuditedDatabase(engine)


@pytest.mark.parametrize(
    "values",
    [{"level": 0}, {"until": 1}, {"rule": "spam"}, {"visitor": "w"}, {"silent": True}, {"moderator": "eve"}],
    ids=str,
)
async def test_a_changed_decision_is_named(database_of: AuditedDatabase, values: dict[str, Any]) -> None:
    made = await database_of.ban("v")
    await database_of.ban("w")
    assert await database_of.problems() == []
    await database_of.change(made, **values)
    assert await database_of.problems() == [("decision_changed", made.id)]


async def test_a_decision_without_a_known_level_is_named(database_of: AuditedDatabase) -> None:
    made = await database_of.ban("v")
    await database_of.change(made, level=9)
    assert await database_of.problems() == [("decision_missing", made.id)]


async def test_a_deleted_and_an_inserted_decision_are_named(database_of: AuditedDatabase) -> None:
    made, other = await database_of.ban("v"), await database_of.ban("w")
    await database_of.insert_row(other, id="forged", sequence=1_000, level=0)
    await database_of.run(sa.delete(decisions).where(decisions.c.id == made.id))
    assert await database_of.problems() == [("decision_missing", made.id), ("decision_unlogged", "forged")]


async def test_what_the_service_changes_in_a_decision_is_no_problem(database_of: AuditedDatabase) -> None:
    made = await database_of.ban("v")
    await database_of.store.name_device(made.visitor, 5, made.made_at)
    await database_of.change(made, case_id="another")
    assert await database_of.problems() == []


async def test_many_problems_are_counted_and_the_first_are_named(database_of: AuditedDatabase) -> None:
    made = await database_of.ban("v")
    for number in range(30):
        await database_of.insert_row(made, id=f"forged {number}", sequence=1_000 + number)
    found = await database_of.checks.check()
    assert (found.found, len(found.problems)) == (30, 20)


async def test_a_long_check_says_how_far_it_is(database_of: AuditedDatabase) -> None:
    for number in range(3):
        await database_of.ban(f"visitor {number}")
    told: list[float] = []
    await database_of.checks.check(progress=told.append)
    assert told == [1], "after each page"


async def test_decisions_of_an_older_version_are_adopted_once_and_watched_from_then_on(
    database_of: AuditedDatabase,
) -> None:
    logged, unlogged = await database_of.ban("v"), await database_of.ban("w")
    await database_of.forget_digests()
    await database_of.run(sa.delete(audit))  # an old log would have hashes that fit
    await database_of.begin_without_key()
    await database_of.checks.adopt_decisions(NOW)
    await database_of.checks.adopt_decisions(NOW)
    (entry, _) = await SqlAuditSearch(database_of.engine).entries(AuditFilter(), 2**60, 10)
    assert (entry.action, json.loads(entry.details)["count"]) == (ADOPTED, "2")
    check = await database_of.checks.check()
    assert (check.intact, check.decisions, check.unlogged) == (True, 2, 2)
    await database_of.ban("x")
    assert await database_of.problems() == []
    await database_of.change(logged, level=0)
    assert await database_of.problems() == [("old_decisions", str(unlogged.sequence))]
    await database_of.change(logged, level=3)
    await database_of.insert_row(unlogged, id="forged", sequence=-1)
    assert await database_of.problems() == [("old_decisions", str(unlogged.sequence))], (
        "nor inserted before them"
    )


@pytest.mark.parametrize("left", [0, 1], ids=["nothing", "the first entry"])
async def test_who_cuts_the_log_short_cannot_have_decisions_adopted(
    database_of: AuditedDatabase, left: int
) -> None:
    await database_of.log.record(EVENT)
    made = await database_of.ban("v")
    await database_of.run(sa.delete(audit).where(audit.c.sequence > left))
    await database_of.change(made, level=0)
    await database_of.log.use_key(NOW)
    await database_of.checks.adopt_decisions(NOW)
    assert await database_of.problems() == [("decision_unlogged", made.id)]


async def test_nobody_can_have_decisions_adopted_later(database_of: AuditedDatabase) -> None:
    made = await database_of.ban("v")
    await database_of.insert_row(made, id="forged", sequence=1_000)
    await database_of.checks.adopt_decisions(NOW)
    assert await database_of.problems() == [("decision_unlogged", "forged")]


async def test_entries_without_digests_are_compared_with_what_they_say(database_of: AuditedDatabase) -> None:
    made = await database_of.ban("v")
    await database_of.forget_digests()
    assert ("decision_changed", made.id) not in await database_of.problems()
    await database_of.change(made, until=7)
    assert ("decision_changed", made.id) in await database_of.problems()


async def test_the_alarm_ends_with_an_entry_of_who_knows_of_it(database_of: AuditedDatabase) -> None:
    made, other = await database_of.ban("v"), await database_of.ban("w")
    await database_of.change(made, level=0)
    await database_of.insert_row(other, id="forged", sequence=1_000)
    await database_of.run(sa.update(audit).where(audit.c.sequence == 1).values(actor="eve"))
    with capture_logs() as lines:
        await database_of.verifier.verify()
    errors = [(line["problem"], line["subject"]) for line in lines if line["log_level"] == "error"]
    named = [("entry", "1"), ("decision_changed", made.id), ("decision_unlogged", "forged")]
    assert errors == named
    assert REGISTRY.get_sample_value("zufall_reports_audit_intact") == 0
    await database_of.checks.acknowledge("a restore", "operator", NOW)
    known = await database_of.verifier.verify()
    assert (known.intact, known.acknowledged) == (True, 3)
    assert REGISTRY.get_sample_value("zufall_reports_audit_intact") == 1
    (entry, *_) = await SqlAuditSearch(database_of.engine).entries(AuditFilter(), 2**60, 1)
    assert (entry.actor, entry.action, json.loads(entry.details)["reason"]) == (
        "operator",
        "log.acknowledged",
        "a restore",
    )
    await database_of.ban("x")
    assert await database_of.problems() == []
    await database_of.change(other, level=0)
    assert ("decision_changed", other.id) in await database_of.problems(), (
        "only what was known is acknowledged"
    )


async def test_a_cut_log_is_noticed_within_a_minute_and_can_be_acknowledged(
    database_of: AuditedDatabase,
) -> None:
    for _ in range(3):
        await database_of.log.record(EVENT)
    await database_of.verifier.verify()
    await database_of.run(sa.delete(audit).where(audit.c.sequence > 2))
    assert not await database_of.anchors.note(), "the look of every minute"
    assert (await database_of.verifier.verify()).problems == (AuditProblem(ProblemKind.CUT, "3"),)
    noted = await database_of.anchors.noted()
    await database_of.checks.acknowledge("a backup was restored", "operator", NOW, noted)
    assert (await database_of.verifier.verify()).intact
    assert await database_of.anchors.note(), "it remembers the new end"
    await database_of.log.record(EVENT)
    await database_of.verifier.verify()
    await database_of.run(sa.delete(audit).where(audit.c.sequence > 3))
    assert not await database_of.anchors.note()


async def test_every_entry_is_a_line_with_its_hash_and_no_subject(database_of: AuditedDatabase) -> None:
    with capture_logs() as lines:
        await database_of.log.record(AuditEvent(1, "ann", "picture.seen", "of somebody", {"number": "0"}))
    (entry,) = await SqlAuditSearch(database_of.engine).entries(AuditFilter(), 2**60, 1)
    assert lines == [
        {
            "event": "audited",
            "log_level": "info",
            "sequence": 1,
            "actor": "ann",
            "action": "picture.seen",
            "about": "picture",
            "hash": entry.hash.hex(),
        }
    ]


async def test_a_line_whose_entry_was_not_committed_is_followed_by_one_of_the_same_number(
    database_of: AuditedDatabase,
) -> None:
    """A line without an entry is harmless. An entry without a line could be cut off unseen."""
    with capture_logs() as lines:
        async with database_of.engine.connect() as connection:
            await AUDIT.append(connection, EVENT)  # and no commit
        await database_of.log.record(replace(EVENT, actor="bob"))
    head = await database_of.log.head()
    assert [(line["sequence"], line["actor"]) for line in lines] == [(1, "ann"), (1, "bob")]
    assert head is not None
    assert lines[-1]["hash"] == head.hash.hex(), "the last line of a number counts"
