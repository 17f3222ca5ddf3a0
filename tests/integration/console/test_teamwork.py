"""Moderators who work as a team, on both databases, also through two replicas at the same moment."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.contract.errors import InvalidRequest, NotFound, PermissionRefused
from services.contract.ids import CaseId, DecisionId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.appeals import lifting_decision
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.records import DAY_MS, Appeal, AppealState, Level, Picture
from services.reports.core.roles import Role
from services.reports.core.teamwork import CLAIM_LIFETIME, MAX_CLAIMS, SENIORS
from services.reports.shell.console.audit_search import AuditFilter, SqlAuditSearch
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.claims import SqlClaims
from services.reports.shell.console.errors import Conflict, TooManyPictures
from services.reports.shell.console.evidence_access import SqlEvidenceAccess
from services.reports.shell.console.exposure import ExposureSettings, SqlExposure, check_pictures
from services.reports.shell.console.team_state import MAX_MENTIONS
from services.reports.shell.console.transparency import parse_period
from services.reports.shell.console.workload import SqlWorkload
from services.reports.shell.policy_file import default_source
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.audit_log import SqlAuditLog
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import mentions, notes

from ...audit import AUDIT
from ...ports.report_stores import PICTURE
from . import team_database
from .moderation_database import new_decision
from .team_database import ANN, BOB, CARL, NOW, OPINION, SUE, TeamDatabase, forever, of_minor, refused

team = pytest.fixture(team_database.team_database)


# --- claims -----------------------------------------------------------------------------------------


async def test_a_case_belongs_to_who_claimed_it_first_until_they_leave(team: TeamDatabase) -> None:
    case = await team.new_case()
    assert (await team.claims.claim(case, ANN)).account == "ann"
    later = replace(BOB, now=NOW + 1_000)
    assert await team.claims.claim(case, later) == await team.claims.claim(case, later)
    assert [(one.account, one.since) for one in (await team.state()).claims] == [("ann", NOW)]
    await team.claims.leave(case, BOB)
    assert [one.account for one in (await team.state()).claims] == ["ann"], "that was not his"
    await team.claims.leave(case, ANN)
    assert (await team.claims.claim(case, later)).since == NOW + 1_000


async def test_a_claim_ends_two_minutes_after_its_last_renewal(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.claims.claim(case, ANN)
    renewed = await team.claims.claim(case, replace(ANN, now=NOW + 60_000))
    assert (renewed.since, renewed.until) == (NOW, NOW + 60_000 + CLAIM_LIFETIME)
    held = replace(BOB, now=renewed.until - 1)
    assert (await team.claims.claim(case, held)).account == "ann"
    assert (await team.state(renewed.until)).claims == []
    assert (await team.claims.claim(case, replace(BOB, now=renewed.until))).account == "bob"


async def test_a_take_over_is_recorded_and_a_renewal_is_not(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.claims.claim(case, ANN)
    await team.claims.claim(case, ANN, take_over=True)
    assert await team.audited() == []
    assert (await team.claims.claim(case, BOB, take_over=True)).account == "bob"
    assert await team.audited() == [("bob", "case.taken_over")]


async def test_one_of_many_gets_a_case_that_all_claim_at_once_on_two_replicas(
    team: TeamDatabase, database: str
) -> None:
    case, other = await team.new_case(), open_engine(database)
    replicas = [team.claims, SqlClaims(other, AUDIT)]
    people = [replace(ANN, name=f"m{number}") for number in range(8)]
    claims = await asyncio.gather(*(replicas[n % 2].claim(case, one) for n, one in enumerate(people)))
    await other.dispose()
    assert len({claim.account for claim in claims}) == 1
    assert claims[0].account == (await team.state()).claims[0].account


async def test_nobody_claims_a_whole_queue(team: TeamDatabase) -> None:
    claimed = [await team.new_case(f"v{number}") for number in range(MAX_CLAIMS + 2)]
    await team.claims.claim(claimed[0], BOB)
    for seconds, case in enumerate(claimed[1:]):
        await team.claims.claim(case, replace(ANN, now=NOW + seconds))
    held = {one.case: one.account for one in (await team.state(NOW + 1)).claims}
    assert held == {claimed[0]: "bob"} | dict.fromkeys(claimed[2:], "ann")


async def test_a_decision_ends_the_claim_and_the_hand_over(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.claims.claim(case, ANN)
    await team.assignments.assign(case, "bob", "you know him", CARL)
    await team.make(case, replace(new_decision(Level.GOOD), made_at=NOW, moderator="ann"))
    state = await team.state()
    assert (state.claims, state.assignments) == ([], [])
    assert (await team.claims.claim(case, ANN)).account == "", "nobody has a decided case"
    with refused(NotFound, "no such case"):
        await team.claims.claim(CaseId("nothing"), ANN)


# --- hand-over --------------------------------------------------------------------------------------


async def test_a_case_is_handed_to_a_colleague_or_to_the_seniors_and_back(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.claims.claim(case, ANN)
    await team.assignments.assign(case, "bob", "you know him", ANN)
    (handed,) = (await team.state()).assignments
    assert (handed.account, handed.by, handed.sentence, handed.accused) == ("bob", "ann", "you know him", "v")
    assert (await team.state()).claims == [], "she is done with it"
    with refused(PermissionRefused, "did not get this case"):
        await team.assignments.give_back(case, CARL)
    await team.assignments.assign(case, SENIORS, "is this a threat?", BOB)
    assert [one.account for one in (await team.state()).assignments] == [SENIORS]
    await team.assignments.give_back(case, SUE)
    assert (await team.state()).assignments == []
    assert await team.audited() == [
        ("ann", "case.assigned"),
        ("bob", "case.assigned"),
        ("sue", "case.given_back"),
    ]


async def test_what_was_handed_to_somebody_who_left_is_everybodys_again(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.assignments.assign(case, "bob", "you know him", ANN)
    for left in ({"disabled": True}, {"role": Role.VIEWER}):
        await team.change_account("bob", **left)
        assert (await team.state()).assignments == []
        await team.change_account("bob", disabled=False, role=Role.MODERATOR)
    assert [one.account for one in (await team.state()).assignments] == ["bob"]


async def test_a_case_is_handed_only_to_who_may_decide_it(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.enter(Actor("vic", Role.VIEWER, NOW))
    for name in ("vic", "nobody"):
        with refused(InvalidRequest, f"no moderator {name}"):
            await team.assignments.assign(case, name, "look", ANN)
    await team.decide(case, Level.WATCHED)
    with refused(Conflict, "was decided already"):
        await team.assignments.assign(case, "bob", "look", ANN)
    with refused(NotFound, "handed to nobody"):
        await team.assignments.give_back(case, ANN)


# --- notes ------------------------------------------------------------------------------------------


async def test_a_note_stands_in_the_history_and_waits_for_whom_it_mentions(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.notes.write_on_case(case, "@bob and @ann: the same picture as yesterday", ANN)
    await team.notes.write_on_visitor(VisitorId("v"), "a friend of w", replace(CARL, now=NOW + 1))
    shown = await SqlCaseQueries(team.engine, lambda *_: None, default_source().policy).case(case, BOB)
    assert [(one.author, one.case, one.mentions) for one in shown.history.notes] == [
        ("carl", None, []),
        ("ann", case, ["bob"]),
    ]
    (mention,) = (await team.state()).mentions
    assert (mention.account, mention.by, mention.case, mention.visitor) == ("bob", "ann", case, "v")
    await team.notes.mark_seen(VisitorId("v"), CARL)
    assert len((await team.state()).mentions) == 1
    await team.notes.mark_seen(VisitorId("v"), BOB)
    assert (await team.state()).mentions == []
    entries = await SqlAuditSearch(team.engine).entries(AuditFilter(), 2**62, 9)
    assert [one.action for one in entries] == ["note.written", "note.written"]
    assert "yesterday" not in str(entries), "a note goes some day, and the log stays"


async def test_mentions_of_one_account_push_out_none_of_others(team: TeamDatabase) -> None:
    case = await team.new_case()
    for number in range(MAX_MENTIONS + 1):
        await team.notes.write_on_case(case, "@bob", replace(ANN, now=NOW + number))
    await team.notes.write_on_case(case, "@carl @sue", replace(ANN, now=NOW + DAY_MS))
    await team.change_account("sue", disabled=True)
    told = Counter(one.account for one in (await team.state()).mentions)
    assert told == {"bob": MAX_MENTIONS, "carl": 1}, "and none of somebody who has left"


async def test_nobody_notes_something_about_a_stranger_to_the_service(team: TeamDatabase) -> None:
    with refused(NotFound, "no report about"):
        await team.notes.write_on_visitor(VisitorId("nobody"), "hm", ANN)
    with refused(NotFound, "no such case"):
        await team.notes.write_on_case(CaseId("nothing"), "hm", ANN)
    await team.new_case()
    async with team.engine.connect() as connection:
        (reporter,) = await connection.scalars(sa.text("SELECT reporter FROM reports"))
    await team.notes.write_on_visitor(VisitorId(reporter), "reports everybody", ANN)


async def test_notes_of_a_newer_case_stay_when_the_older_one_is_opened_again(team: TeamDatabase) -> None:
    case = await team.new_case()
    made = await team.decide(case, Level.WATCHED)
    newer = await team.new_case()
    note = await team.notes.write_on_case(newer, "again", BOB)
    await team.undo(made)
    async with team.engine.connect() as connection:
        rows = (await connection.execute(sa.select(notes.c.id, notes.c.case_id))).all()
    assert [tuple(row) for row in rows] == [(note.id, case)]


async def test_notes_are_deleted_with_the_reports_of_their_case(team: TeamDatabase) -> None:
    kept, gone = await team.new_case("kept"), await team.new_case("gone")
    for case in (kept, gone):
        await team.notes.write_on_case(case, "@bob look", ANN)
    await team.notes.write_on_visitor(VisitorId("gone"), "both", ANN)
    await team.notes.write_on_visitor(VisitorId("kept"), "both", ANN)
    await team.decide(gone, Level.WATCHED)
    later = NOW + 9 * DAY_MS
    sweeper = RetentionSweeper(team.engine, RetentionPeriods(1, 1), lambda: later)
    await sweeper.sweep()
    async with team.engine.connect() as connection:
        left = list(await connection.scalars(sa.select(notes.c.visitor)))
        unseen = await connection.scalar(sa.select(sa.func.count()).select_from(mentions))
    assert (left, unseen) == (["kept", "kept"], 1), "an open case keeps its notes"


# --- exposure and workload --------------------------------------------------------------------------


async def look(team: TeamDatabase, who: Actor, *times: int, action: str = "picture.seen") -> None:
    log = SqlAuditLog(team.engine, AUDIT)
    for at in times:
        await log.record(AuditEvent(at, who.name, action, "report", {}))


async def test_pictures_are_counted_for_each_moderator(team: TeamDatabase) -> None:
    hour = 3_600_000
    ann = replace(ANN, now=100 * hour)
    await look(team, ann, 1, ann.now - 2 * hour, ann.now - hour + 1, ann.now)
    await look(team, BOB, ann.now)
    exposure = SqlExposure(team.engine, ExposureSettings(pictures_an_hour=5, limit=3))
    shown = await exposure.read(ann.now - 3 * hour, ann)
    assert (shown.last_hour, shown.since, shown.suggested, shown.limit) == (2, 3, 5, 3)
    assert (await exposure.read(0, ann)).since == 3, "never more than a day and a half"


async def test_an_hour_has_no_more_pictures_than_the_operator_says(team: TeamDatabase) -> None:
    hour = 3_600_000
    ann = replace(ANN, now=100 * hour)
    await look(team, ann, 1, ann.now - hour, ann.now - hour + 1, ann.now)
    await check(team, ann, 3)
    await look(team, ann, ann.now)
    with pytest.raises(TooManyPictures) as caught:
        await check(team, ann, 3)
    assert caught.value.retry_after == pytest.approx(0.001), "until the first of the three is an hour old"
    await check(team, replace(ann, now=ann.now + 1), 3)
    await check(team, BOB, 3)
    await check(team, ann, 0)


async def check(team: TeamDatabase, who: Actor, limit: int) -> None:
    async with team.engine.connect() as connection:
        await check_pictures(connection, who, limit)


async def test_pictures_that_are_asked_for_at_once_on_two_replicas_all_count(
    team: TeamDatabase, database: str
) -> None:
    filed, other = await team.file("v", [PICTURE]), open_engine(database)
    replicas = [SqlEvidenceAccess(engine, AUDIT, pictures_an_hour=3) for engine in (team.engine, other)]
    report = filed.report
    answers = await asyncio.gather(
        *(replicas[n % 2].picture(report, 0, ANN) for n in range(8)), return_exceptions=True
    )
    await other.dispose()
    assert Counter(type(answer) for answer in answers) == {Picture: 3, TooManyPictures: 5}


async def test_the_workload_counts_cases_and_what_became_of_them(team: TeamDatabase) -> None:
    log = SqlAuditLog(team.engine, AUDIT)
    for accused, level in (("a", Level.BANNED), ("b", Level.GOOD), ("c", Level.GOOD)):
        case = await team.new_case(accused)
        await log.record(AuditEvent(NOW - 60_000, "ann", "case.seen", case, {}))
        until = NOW + DAY_MS if level is Level.BANNED else 0
        made = await team.make(case, replace(forever(ANN, level=level), until=until))
    await team.case_commands.undo(made.id, "no", ANN)
    first = (await team.store.standings(NOW))[1][0]
    await team.appeals.file(Appeal(first.id, "no", NOW))
    answer = Appeal(first.id, "", 0, AppealState.OVERTURNED, "true", "bob", NOW)
    await team.appeals.decide(answer, lifting_decision(first, DecisionId(random_id()), answer))
    proposed = await team.new_case("d")
    await team.make(proposed, of_minor(ANN))
    await team.second_looks.confirm(proposed, OPINION, BOB)
    await look(team, CARL, NOW)
    told = await SqlWorkload(team.engine).read(parse_period("1970-01-01", "1970-01-01"))
    rows = {row.account: row for row in told.rows}
    assert list(rows) == ["ann", "bob", "carl"]
    ann = rows["ann"]
    assert (ann.cases, ann.dismissed, ann.undone, ann.overturned, ann.upheld) == (4, 2, 1, 1, 0)
    assert (ann.minutes, ann.second_looks, rows["bob"].second_looks, rows["bob"].cases) == (1.0, 0, 1, 0)
    assert rows["carl"].pictures == 1
    later = await SqlWorkload(team.engine).read(parse_period("1970-01-02", "1970-01-02"))
    assert later.rows == []
