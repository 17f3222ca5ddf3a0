"""What reporters learn of their reports, on both databases."""

from dataclasses import replace

import pytest

from services.contract.ids import ReportId
from services.reports.core.actor import UNDO_WINDOW
from services.reports.core.records import Dismissal, Level
from services.reports.core.report_outcomes import DecidedReport, ToldOutcome, told_before
from services.reports.shell.storage.report_outcomes import SqlReportOutcomes

from ...ports.report_stores import decide_nothing, flag
from . import moderation_database
from .moderation_database import ModerationDatabase

moderation = pytest.fixture(moderation_database.moderation_database)

LATER = 2_001 + UNDO_WINDOW
"""Later than a moderator may take back what they decided at 2 seconds."""


async def outcomes(moderation: ModerationDatabase, *reports: ReportId, now: int = LATER) -> list[ToldOutcome]:
    decided = await SqlReportOutcomes(moderation.engine).decided(reports, told_before(now))
    return [one.outcome for one in decided]


async def test_a_reporter_learns_what_a_person_decided_and_not_before_it_is_final(
    moderation: ModerationDatabase,
) -> None:
    filed = await moderation.file("v")
    assert await outcomes(moderation, filed.report) == [], "nobody has looked"
    made = await moderation.decide(await moderation.open("v"))
    assert await outcomes(moderation, filed.report, now=LATER - 1) == [], "it may be taken back"
    assert await outcomes(moderation, filed.report, ReportId("unknown")) == [ToldOutcome.ACTED]
    await moderation.undo(made)
    assert await outcomes(moderation, filed.report) == [], "it was taken back"


async def test_a_reporter_is_not_told_whether_the_report_counts_against_them(
    moderation: ModerationDatabase,
) -> None:
    told = []
    for dismissal in Dismissal:
        filed = await moderation.file(f"v{dismissal}")
        dismissed = replace(moderation_database.new_decision(Level.GOOD), dismissal=dismissal)
        await moderation.make(await moderation.open(f"v{dismissal}"), dismissed)
        told += await outcomes(moderation, filed.report)
    assert told == [ToldOutcome.NOTHING_FOUND, ToldOutcome.NOT_SURE, ToldOutcome.NOTHING_FOUND]


async def test_a_flag_has_no_reporter_to_thank(moderation: ModerationDatabase) -> None:
    filed = await moderation.store.file(flag(accused="v"), [], decide_nothing)
    await moderation.decide(await moderation.open("v"))
    assert await outcomes(moderation, filed.report) == []


def test_every_decision_against_somebody_is_told_alike() -> None:
    levels = [level for level in Level if level is not Level.GOOD]
    told = {DecidedReport(ReportId("r"), level, Dismissal.UNFOUNDED).outcome for level in levels}
    assert told == {ToldOutcome.ACTED}
