"""The audit log, the transparency report and the replay of a policy, through the console."""

import asyncio
import csv
import io
import time

import pytest
import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.reports.core.audit_check import AuditCheck
from services.reports.core.roles import Role
from services.reports.shell.policy_file import default_source
from services.reports.shell.storage.audit_checks import SqlAuditChecks
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import audit

from ...audit import AUDIT
from ..reports_service import ReportsReplica
from .api_moderator import logged_in
from .test_cases import decide, file, only_case


async def test_the_audit_log_has_every_login_view_and_decision(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        made = (await decide(sue, await only_case(sue))).content["decision"]
        await replica.decide(met.accused, pb.LEVEL_GOOD)
        entries = (await sue.get("/audit")).content["entries"]
        assert [(one["actor"], one["action"]) for one in entries] == [
            ("somebody (moderator token)", "decision.made"),
            ("sue", "decision.made"),
            ("sue", "account.entered"),
            ("sue", "account.accepted"),
            ("sue", "account.opened"),
            ("test", "account.invited"),
        ]
        assert entries[1]["subject"] == made["id"]
        assert entries[1]["details"]["reason"] == "seen in the picture"
        older = (await sue.get("/audit?before=3&limit=1")).content["entries"]
        assert [one["sequence"] for one in older] == [2]
        for query in ("before=x", "before=-1", "limit=0", "limit=501", "limit=１"):
            assert (await sue.get(f"/audit?{query}")).status == 400


async def test_the_audit_log_names_the_policy_of_an_automatic_action(replica: ReportsReplica) -> None:
    accused = None
    for number in range(4):
        accused = (await file(replica, accused, network=b"%d" % number)).accused
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        first = (await sue.get("/audit")).content["entries"][-1]
        assert (first["actor"], first["action"]) == ("triage", "decision.made")
        assert first["details"]["policy"] == default_source().policy.version


@pytest.mark.parametrize(
    "tamper",
    [
        sa.update(audit).where(audit.c.sequence == 2).values(actor="mallory"),
        sa.update(audit).where(audit.c.sequence == 2).values(details='{"by": "nobody"}'),
        sa.delete(audit).where(audit.c.sequence == 2),
    ],
    ids=["actor", "details", "removed"],
)
async def test_a_changed_audit_log_is_detected(replica: ReportsReplica, tamper: sa.Executable) -> None:
    async with logged_in(replica, "sue", Role.SENIOR):
        whole = await checked(replica)
        assert (whole.entries, whole.intact) == (4, True)
        engine = open_engine(replica.owner)
        async with engine.begin() as connection:
            await connection.execute(tamper)
        await engine.dispose()
        assert (await checked(replica)).broken_at == 2


async def checked(replica: ReportsReplica) -> AuditCheck:
    """Check as a process would that has just started: this one remembers the logs of earlier tests."""
    engine = open_engine(replica.database)
    check = await SqlAuditChecks(engine, AUDIT).check()
    await engine.dispose()
    return check


async def test_concurrent_entries_make_one_chain(replica: ReportsReplica) -> None:
    await asyncio.gather(*(file(replica) for _ in range(6)))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        cases = [case["id"] for case in (await sue.get("/queue")).content["cases"]]
        await asyncio.gather(*(decide(sue, case) for case in cases))
        check = await checked(replica)
        assert (check.entries, check.decisions, check.intact) == (10, 6, True)


async def test_the_transparency_report_has_the_counts(replica: ReportsReplica) -> None:
    await file(replica, reason=pb.REASON_SPAM)
    await file(replica, reason=pb.REASON_NUDITY)
    async with logged_in(replica, "ann") as ann:
        met = (await ann.get("/queue")).content["cases"]
        await decide(ann, met[0]["id"])
        await decide(ann, met[1]["id"], "good")
        today = time.strftime("%Y-%m-%d", time.gmtime())
        told = (await ann.get(f"/transparency?from={today}&to={today}")).content
        assert (told["from"], told["to"]) == (today, today)
        assert told["reports"]["total"] == 2
        assert (told["reports"]["by_reason"]["spam"], told["reports"]["by_reason"]["hate"]) == (1, 0)
        decided = told["decisions"]
        assert (decided["total"], decided["automated"], decided["by_rule"]) == (2, 0, {"nudity": 1})
        assert decided["by_level"] == {"good": 1, "watched": 0, "restricted": 0, "banned": 1}
        unanswered = {"filed": 0, "upheld": 0, "overturned": 0, "open": 0, "oldest_open_minutes": None}
        assert told["appeals"] == unanswered
        assert 0 <= told["minutes"]["to_decision_median"] < 60
        assert told["minutes"]["to_answer_median"] is None
        saved = await ann.get(f"/transparency?from={today}&to={today}&format=csv")
        figures = dict(csv.reader(io.StringIO(saved.content.decode())))
        assert figures["reports.by_reason.spam"] == "1"
        assert figures["minutes.to_answer_median"] == ""
        assert figures[f"by_day.{today}.decisions"] == "2"
        assert "attachment" in saved.headers["Content-Disposition"]
        before = (await ann.get("/transparency?from=2020-01-01&to=2020-12-31")).content
        assert before["reports"]["total"] == 0
        for query in (
            "",
            "from=2026-11-02&to=2026-11-01",
            "from=2026-1&to=x",
            "from=9999-12-31&to=9999-12-31",
        ):
            assert (await ann.get(f"/transparency?{query}")).status == 400, query


async def test_a_replay_shows_before_and_after(replica: ReportsReplica) -> None:
    for number in range(3):
        met = await file(replica, network=bytes([number]) * 8)
        await file(replica, met.accused, network=b"another")
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        await decide(sue, (await sue.get("/queue")).content["cases"][0]["id"])
        told = (await sue.get("/policy")).content
        assert told == {"version": default_source().policy.version, "text": default_source().text}
        same = (await sue.post("/policy/replay", policy=told["text"], days=7)).content
        assert (same["cases"], same["differences"]) == (3, [])
        stricter = told["text"].replace(f'"{told["version"]}"', '"stricter"')
        stricter = stricter.replace("from_score = 1.5", "from_score = 0.1")
        done = (await sue.post("/policy/replay", policy=stricter, days=7)).content
        assert (done["after"]["policy"], done["cases"]) == ("stricter", 3)
        assert done["differences"]
        acted = [count for level in done["after"]["actions"].values() for count in level.values()]
        assert sum(acted) > 0
        refused = await sue.post("/policy/replay", policy="[steps]\nx = 1", days=7)
        assert (refused.status, refused.content["code"]) == (400, "invalid_request")
        assert "version is missing" in refused.content["detail"].splitlines(), "a line for each mistake"
        assert (await sue.post("/policy/replay", policy="", days=0)).status == 400
