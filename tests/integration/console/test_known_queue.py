"""Tests that a known picture is unmistakable: its place in the queue, its list, and what the case says."""

from dataclasses import replace
from itertools import count

import pytest
import sqlalchemy as sa

from services.contract.ids import CaseId, random_id
from services.reports.core.records import AnalysisKind, Finding, Reason
from services.reports.core.scoring import MAX_REPORTS_WEIGHED
from services.reports.core.triage import KNOWN_OFFSET, MINOR_OFFSET, Triage
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.views import CaseSummary
from services.reports.shell.policy_file import default_policy
from services.reports.shell.storage.analysis_queue import SqlAnalysisQueue
from services.reports.shell.storage.tables import cases, reports

from ...ports.report_stores import PICTURE, report
from . import moderation_database
from .moderation_database import ModerationDatabase

moderation = pytest.fixture(moderation_database.moderation_database)

NOW = 1_800_000_000_000
LIST = "IWF list A <b>"
CROWD = {
    "reporter": "crowd",
    "accused": "v",
    "reason": Reason.SPAM,
    "note": "",
    "chat": [],
    "filed_at": NOW + 1,
    "match_started_at": NOW,
    "accused_address_hash": b"",
    "device_hours": 168,
}
TRIAGE = Triage(default_policy(), random_id)
_moments = count(NOW)


async def file(moderation: ModerationDatabase, accused: str, reason: Reason, pictures: int = 0) -> CaseId:
    one = replace(report(random_id(), random_id(), next(_moments), accused), reason=reason)
    picture = replace(PICTURE, original_sha256=b"sent")
    evaluate = TRIAGE.evaluator(one.accused, NOW)
    return (await moderation.store.file(one, [picture] * pictures, evaluate)).case


async def find_known(moderation: ModerationDatabase) -> None:
    """Find the newest picture on a list."""
    analyses = SqlAnalysisQueue(moderation.engine, TRIAGE.queue_score)
    task = await analyses.claim(AnalysisKind.KNOWN, NOW)
    assert task is not None
    await analyses.complete(task, Finding(known=LIST), NOW)


async def queue(moderation: ModerationDatabase) -> list[CaseSummary]:
    return list((await SqlCaseQueue(moderation.engine, lambda *_: None).read()).cases)


async def test_a_known_picture_comes_first_under_its_own_name(moderation: ModerationDatabase) -> None:
    await file(moderation, "spammer", Reason.SPAM, pictures=1)
    await find_known(moderation)
    for _ in range(3):
        await file(moderation, "child", Reason.MINOR)
    first, second = await queue(moderation)
    assert (first.accused, first.known, first.minor, first.reasons) == (
        "spammer",
        (LIST,),
        False,
        {"spam": 1},
    )
    assert (second.accused, second.known, second.minor) == ("child", (), True)


async def test_a_case_names_the_list_and_the_digests_of_each_picture(moderation: ModerationDatabase) -> None:
    case = await file(moderation, "v", Reason.SPAM, pictures=2)
    await find_known(moderation)
    queries = SqlCaseQueries(moderation.engine, lambda *_: None, default_policy())
    (shown,) = (await queries.case(case, moderation.ann)).reports
    assert [one.known for one in shown.frames] == [LIST, ""]
    assert {(one.sha256, one.original_sha256) for one in shown.frames} == {(b"hash".hex(), b"sent".hex())}


async def test_a_crowd_of_newer_reports_does_not_push_a_known_picture_down(
    moderation: ModerationDatabase,
) -> None:
    case = await file(moderation, "v", Reason.SPAM, pictures=1)
    await find_known(moderation)
    crowd = [{**CROWD, "id": f"r{n}", "match": f"r{n}", "case_id": case} for n in range(MAX_REPORTS_WEIGHED)]
    async with moderation.engine.begin() as connection:
        await connection.execute(sa.insert(reports), crowd)
    await file(moderation, "v", Reason.SPAM)
    (line,) = await queue(moderation)
    assert line.urgency >= KNOWN_OFFSET
    queries = SqlCaseQueries(moderation.engine, lambda *_: None, default_policy())
    shown = (await queries.case(case, moderation.ann)).reports
    assert [one.known for one in shown[0].frames] == [LIST], "it stands first"


async def test_cases_of_an_older_version_are_moved_once(
    moderation: ModerationDatabase,
) -> None:
    """Known pictures stood among minors: urgencies that are stored mean so."""
    for accused, reason in (("known", Reason.SPAM), ("child", Reason.MINOR)):
        await file(moderation, accused, reason, pictures=1)
        if accused == "known":
            await find_known(moderation)
    async with moderation.engine.begin() as connection:
        await connection.execute(sa.update(cases).values(urgency=MINOR_OFFSET + 7))
    analyses = SqlAnalysisQueue(moderation.engine, TRIAGE.queue_score)
    for _ in range(2):  # each replica does so when it starts
        await analyses.move_known()
        assert {one.accused: one.urgency for one in await queue(moderation)} == {
            "known": KNOWN_OFFSET + 7,
            "child": MINOR_OFFSET + 7,
        }
