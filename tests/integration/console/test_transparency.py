"""The transparency report and the figures of the work count what happened, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.contract.errors import NotFound
from services.contract.ids import DecisionId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.appeals import decided_appeal, lifting_decision
from services.reports.core.records import Appeal, Decision, Level, NewDecision, Reason
from services.reports.core.roles import Role
from services.reports.core.second_look import SecondLook
from services.reports.core.triage import CaseEvaluation
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.console.second_looks import SecondOpinion, SqlSecondLooks
from services.reports.shell.console.transparency import (
    SecondLookCounts,
    SqlTransparency,
    TransparencyReport,
    as_csv,
    parse_period,
)
from services.reports.shell.console.work_api import DAYS, RuleFigures, WorkView, read_work
from services.reports.shell.storage.tables import decisions

from ...audit import AUDIT
from ...ports.report_stores import decide_nothing, decision, flag, report
from ...statements import STATEMENTS
from .moderation_database import ModerationDatabase, moderation_database, new_decision

MINUTE = 60_000
NOW = 60 * MINUTE


@pytest.fixture
async def moderation(database: str) -> AsyncIterator[ModerationDatabase]:
    async for one in moderation_database(database):
        yield one


async def told(moderation: ModerationDatabase) -> TransparencyReport:
    transparency = SqlTransparency(moderation.engine, lambda: NOW)
    return await transparency.read(parse_period("1970-01-01", "1970-01-02"))


async def work(moderation: ModerationDatabase) -> WorkView:
    async with moderation.engine.connect() as connection:
        return await read_work(connection, NOW)


async def decide(
    moderation: ModerationDatabase, accused: str, level: Level, rule: str = "nudity"
) -> Decision:
    """Decide the open case about somebody as ann."""
    made = replace(new_decision(level), rule=rule if level else "")
    return await moderation.make(await moderation.open(accused), made)


async def restricted_by_triage(moderation: ModerationDatabase, accused: str) -> Decision:
    automatic = NewDecision(
        id=DecisionId(random_id()),
        visitor=VisitorId(accused),
        level=Level.RESTRICTED,
        rule="nudity",
        reason="",
        automated=True,
        made_at=2_000,
        until=NOW * 24,
        policy="1",
    )
    one = report(random_id(), random_id(), 1_000, accused)
    filed = await moderation.store.file(one, [], lambda *_: CaseEvaluation(0.0, automatic))
    assert filed.decision is not None
    return filed.decision


async def overturn(moderation: ModerationDatabase, made: Decision) -> None:
    await moderation.appeals.file(Appeal(made.id, "I did not", 3_000))
    answer = decided_appeal(made.id, True, "you are right", "bob", 3_000 + 10 * MINUTE)
    lift = lifting_decision(made, DecisionId(random_id()), answer)
    await moderation.appeals.decide(answer, lift)


async def test_a_slip_that_was_taken_back_is_no_decision(moderation: ModerationDatabase) -> None:
    await moderation.file("slip")
    await moderation.undo(await decide(moderation, "slip", Level.RESTRICTED))
    found = await told(moderation)
    assert (found.decisions.total, found.decisions.undone) == (0, 1)
    assert (found.cases.decided, found.cases.open, found.minutes.to_decision_median) == (0, 1, None)
    await decide(moderation, "slip", Level.BANNED)
    found = await told(moderation)
    assert (found.decisions.total, found.decisions.undone) == (1, 1)
    assert (found.decisions.by_level["banned"], found.decisions.by_level["good"]) == (1, 0)


async def test_what_waits_for_a_second_look_counts_once_somebody_has_looked(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("child")
    case = await moderation.open("child")
    asking = SqlCaseCommands(moderation.engine, AUDIT, STATEMENTS, SecondLook.ON)
    proposed = replace(new_decision(Level.BANNED), rule="minor", until=10**9)
    await asking.decide(case, proposed, SeenReports(), Role.MODERATOR)
    found = await told(moderation)
    assert (found.decisions.total, found.decisions.undone, found.cases.open) == (0, 0, 1)
    bob = Actor("bob", Role.MODERATOR, proposed.made_at + 1)
    looks = SqlSecondLooks(moderation.engine, AUDIT, STATEMENTS)
    await looks.confirm(case, SecondOpinion("so do I", SeenReports()), bob)
    found = await told(moderation)
    assert (found.decisions.total, found.decisions.undone, found.cases.open) == (1, 0, 0)


async def test_what_became_of_proposals_is_counted(moderation: ModerationDatabase) -> None:
    asking = SqlCaseCommands(moderation.engine, AUDIT, STATEMENTS, SecondLook.ON)
    looks = SqlSecondLooks(moderation.engine, AUDIT, STATEMENTS)
    bob = Actor("bob", Role.SENIOR, 3_000)
    proposed: dict[str, Decision] = {}
    for name in ("confirmed", "undone", "dismissed", "sent back", "late", "ended", "waiting"):
        await moderation.file(name)
        until = 4_000 if name in ("late", "ended") else 10**9
        new = replace(new_decision(Level.BANNED), rule="minor", until=until)
        opened = await moderation.open(name)
        proposed[name] = (await asking.decide(opened, new, SeenReports(), Role.SENIOR)).decision
    case = {name: one.case for name, one in proposed.items()}
    sees_the_same = SecondOpinion("so do I", SeenReports())
    await looks.confirm(case["confirmed"], sees_the_same, bob)
    await asking.undo(proposed["undone"].id, "no", bob)
    await moderation.make(case["dismissed"], new_decision(Level.GOOD))
    await looks.send_back(case["sent back"], sees_the_same, bob)
    await moderation.make(case["late"], replace(new_decision(Level.GOOD), made_at=5_000))
    found = await told(moderation)
    assert found.decisions.second_look == SecondLookCounts(confirmed=1, otherwise=4, ended=1, waiting=1)
    assert (found.decisions.total, found.decisions.undone) == (3, 0), "one confirmed, two dismissed"
    assert "decisions.second_look.ended,1\n" in as_csv(found)


async def test_a_proposed_restriction_is_the_first_one(moderation: ModerationDatabase) -> None:
    await moderation.file("child")
    asking = SqlCaseCommands(moderation.engine, AUDIT, STATEMENTS, SecondLook.ON)
    proposed = replace(new_decision(Level.BANNED), rule="minor", until=10**9, made_at=1_000 + 3 * MINUTE)
    await asking.decide(await moderation.open("child"), proposed, SeenReports(), Role.SENIOR)
    assert (await told(moderation)).minutes.to_action_median == 3


async def test_what_was_good_says_why(moderation: ModerationDatabase) -> None:
    for accused in ("dismissed", "banned", "wrong"):
        await moderation.file(accused)
    await decide(moderation, "dismissed", Level.GOOD)
    await decide(moderation, "banned", Level.BANNED)
    lift = replace(decision("banned", Level.GOOD), id=DecisionId("a lift"), made_at=3_000)
    await moderation.store.decide(lift)
    await overturn(moderation, await decide(moderation, "wrong", Level.BANNED, "hate"))
    found = await told(moderation)
    good = found.decisions.good
    assert (good.dismissed, good.lifted, good.overturned, found.decisions.undone) == (1, 1, 1, 0)
    assert (found.decisions.total, found.decisions.by_level["good"]) == (5, 3)
    assert found.minutes.to_answer_median == 10
    assert (await work(moderation)).rules == [RuleFigures("hate", 1, 1), RuleFigures("nudity", 1, 0)]


async def test_a_lift_of_somebody_who_is_not_restricted_is_refused(moderation: ModerationDatabase) -> None:
    with pytest.raises(NotFound, match="nothing was changed"):
        await moderation.store.decide(decision("nobody", Level.GOOD))
    assert (await told(moderation)).decisions.total == 0


async def test_such_lifts_of_older_versions_do_not_count(moderation: ModerationDatabase) -> None:
    await moderation.file("banned")
    made = await decide(moderation, "banned", Level.BANNED)
    async with moderation.engine.begin() as connection:
        row = (await connection.execute(sa.select(decisions))).one()._asdict()
        row |= {"level": 0, "case_id": "", "sequence": made.sequence + 1}
        await connection.execute(sa.insert(decisions).values({**row, "id": "a", "visitor": "nobody"}))
        row["sequence"] += 1
        await connection.execute(sa.insert(decisions).values({**row, "id": "b"}))
    found = await told(moderation)
    assert (found.decisions.total, found.decisions.good.lifted) == (2, 1)


async def test_automatic_decisions_that_a_person_overturned_are_counted(
    moderation: ModerationDatabase,
) -> None:
    await restricted_by_triage(moderation, "kept")
    await restricted_by_triage(moderation, "dismissed")
    await decide(moderation, "dismissed", Level.GOOD)
    await overturn(moderation, await restricted_by_triage(moderation, "appealed"))
    found = (await told(moderation)).decisions
    assert (found.automated, found.automatic.overturned) == (3, 2)
    assert (found.automatic.share, found.automatic.overturned_share) == (0.6, 0.667)
    assert found.undone == 0


async def test_times_are_of_decided_cases_and_open_ones_stand_beside(moderation: ModerationDatabase) -> None:
    await moderation.store.file(report("m1", "r1", 0, "quick"), [], decide_nothing)
    await moderation.store.file(report("m2", "r2", 0, "open"), [], decide_nothing)
    await moderation.store.file(flag("m3", 0, "flagged"), [], decide_nothing)
    quick = replace(new_decision(Level.BANNED), made_at=19_000)
    await moderation.make(await moderation.open("quick"), quick)
    found = await told(moderation)
    assert (found.minutes.to_decision_median, found.minutes.to_action_median) == (0.3, 0.3)
    assert (found.cases.decided, found.cases.open, found.cases.oldest_open_minutes) == (1, 1, 60)
    assert (found.reports.total, found.flags.total, found.cases.visitors) == (2, 1, 2)
    assert [(day.day, day.reports, day.decisions) for day in found.by_day] == [
        ("1970-01-01", 2, 1),
        ("1970-01-02", 0, 0),
    ]
    figures = dict(line.split(",") for line in as_csv(found).splitlines())
    assert figures["minutes.to_decision_median"] == "0.3"
    assert figures["by_day.1970-01-01.reports"] == "2"


async def test_reports_and_decisions_have_categories_of_the_dsa(moderation: ModerationDatabase) -> None:
    for number, reason in enumerate((Reason.MINOR, Reason.HATE, Reason.SPAM)):
        one = replace(report(f"m{number}", f"r{number}", 1_000, f"v{number}"), reason=reason)
        await moderation.store.file(one, [], decide_nothing)
    await decide(moderation, "v0", Level.BANNED, "minor")
    found = await told(moderation)
    assert found.reports.by_category == {
        "STATEMENT_CATEGORY_CYBER_VIOLENCE": 0,
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH": 1,
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": 1,
        "STATEMENT_CATEGORY_PROTECTION_OF_MINORS": 1,
        "STATEMENT_CATEGORY_SELF_HARM": 0,
        "STATEMENT_CATEGORY_VIOLENCE": 0,
    }
    assert found.decisions.by_category["STATEMENT_CATEGORY_PROTECTION_OF_MINORS"] == 1


async def test_the_work_shows_what_waits_and_what_was_decided(moderation: ModerationDatabase) -> None:
    await moderation.file("decided")
    await moderation.file("open")
    await decide(moderation, "decided", Level.BANNED)
    found = await work(moderation)
    waiting = {one.level: (one.count, one.oldest) for one in found.waiting}
    assert waiting == {
        "known": (0, None),
        "minor": (0, None),
        "reported": (1, 3599),
        "flagged": (0, None),
        "flood": (0, None),
    }
    assert len(found.days) == DAYS
    assert (found.days[-1].reports, found.days[-1].decisions) == (2, 1)
    assert (found.decided, found.automated, found.median, found.failed_logins) == (1, 0, 1, 0)
