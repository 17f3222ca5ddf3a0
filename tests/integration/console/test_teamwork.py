"""Moderators who work as a team, on both databases, also through two replicas at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest, NotFound, PermissionRefused, ZufallError
from services.contract.ids import CaseId, DecisionId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.appeals import lifting_decision
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.records import DAY_MS, Appeal, AppealState, Decision, Level, NewDecision
from services.reports.core.roles import Role
from services.reports.core.second_look import PROVISIONAL_LIFETIME, SecondLook
from services.reports.core.teamwork import CLAIM_LIFETIME, SENIORS
from services.reports.shell.console.assignments import SqlAssignments
from services.reports.shell.console.audit_search import AuditFilter, SqlAuditSearch
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.claims import SqlClaims
from services.reports.shell.console.errors import Conflict, TooManyPictures
from services.reports.shell.console.exposure import ExposureSettings, SqlExposure
from services.reports.shell.console.notes import SqlNotes
from services.reports.shell.console.second_looks import SecondOpinion, SqlSecondLooks
from services.reports.shell.console.team_state import SqlTeamState
from services.reports.shell.console.team_views import TeamState
from services.reports.shell.console.transparency import parse_period
from services.reports.shell.console.workload import SqlWorkload
from services.reports.shell.policy_file import default_source
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.audit_log import SqlAuditLog
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import accounts, cases, mentions, notes

from ...audit import AUDIT
from ...statements import STATEMENTS
from . import moderation_database
from .moderation_database import ModerationDatabase, new_decision

NOW = 10_000
ANN, BOB, CARL = (Actor(name, Role.MODERATOR, NOW) for name in ("ann", "bob", "carl"))
SUE, TOM = Actor("sue", Role.SENIOR, NOW), Actor("tom", Role.SENIOR, NOW)
OPINION = SecondOpinion("I see the same", SeenReports())


class TeamDatabase(ModerationDatabase):
    """A database with the accounts of ann, bob and carl, who are moderators, and sue and tom, seniors."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.claims = SqlClaims(engine, AUDIT)
        self.assignments = SqlAssignments(engine, AUDIT)
        self.notes = SqlNotes(engine, AUDIT)
        self.second_looks = SqlSecondLooks(engine, AUDIT, STATEMENTS)

    async def enter(self, *people: Actor) -> None:
        """Give these people accounts that are in use."""
        rows = [
            {
                "name": one.name,
                "role": int(one.role),
                "password": "",
                "code_secret": "",
                "code_step": 0,
                "invitation": b"",
                "invited_until": 0,
                "disabled": False,
                "last_login": 0,
            }
            for one in people
        ]
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(accounts), rows)

    async def new_case(self, accused: str = "v") -> CaseId:
        await self.file(accused)
        return await self.open(accused)

    async def make(self, case: CaseId, made: NewDecision) -> Decision:
        return (await self.case_commands.decide(case, made, SeenReports())).decision

    async def state(self, now: int = NOW) -> TeamState:
        return await SqlTeamState(self.engine, lambda: now).read()

    async def audited(self) -> list[tuple[str, str]]:
        """Return who did what, the oldest first."""
        entries = await SqlAuditSearch(self.engine).entries(AuditFilter(), 2**62, 500)
        return [(one.actor, one.action) for one in reversed(entries)]


def forever(by: Actor, **changes: object) -> NewDecision:
    """Return a ban without an end."""
    new = replace(new_decision(), made_at=by.now, until=0, moderator=by.name)
    return replace(new, id=DecisionId(random_id()), **changes)  # type: ignore[arg-type]


def of_minor(by: Actor, level: Level = Level.BANNED) -> NewDecision:
    return forever(by, level=level, rule="minor", until=by.now + DAY_MS)


@contextmanager
def refused(kind: type[ZufallError], sentence: str) -> Iterator[None]:
    with pytest.raises(kind) as caught:
        yield
    assert sentence in caught.value.message


@pytest.fixture
async def team(database: str) -> AsyncIterator[TeamDatabase]:
    async for one in moderation_database.moderation_database(database):
        made = TeamDatabase(one.engine)
        await made.enter(ANN, BOB, CARL, SUE, TOM)
        yield made


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


async def test_a_case_is_handed_only_to_who_may_decide_it(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.enter(Actor("vic", Role.VIEWER, NOW))
    for name in ("vic", "nobody"):
        with refused(InvalidRequest, f"no moderator {name}"):
            await team.assignments.assign(case, name, "look", ANN)
    await team.decide(case, Level.WATCHED)
    with refused(Conflict, "has decided"):
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


# --- second looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("proposed", [forever(SUE), of_minor(SUE)], ids=["forever", "minor"])
async def test_a_proposal_protects_at_once_and_holds_when_another_one_confirms(
    team: TeamDatabase, proposed: NewDecision
) -> None:
    case = await team.new_case()
    held = await team.make(case, proposed)
    assert held.until == min(proposed.until or NOW + PROVISIONAL_LIFETIME, NOW + PROVISIONAL_LIFETIME)
    (waiting,) = (await team.state()).proposals
    assert (waiting.case, waiting.by, waiting.until) == (case, "sue", proposed.until)
    assert await team.open("v") == case, "it waits in the queue"
    with refused(PermissionRefused, "somebody else must look"):
        await team.second_looks.confirm(case, OPINION, SUE)
    made = await team.second_looks.confirm(case, OPINION, replace(TOM, now=NOW + 5))
    assert (made.level, made.until, made.moderator, made.confirmed_by) == (
        proposed.level,
        proposed.until,
        "sue",
        "tom",
    )
    assert await team.store.standings(NOW + 5) == (made.sequence, [made])
    assert (await team.state()).proposals == []
    with refused(Conflict, "sue has decided"):
        await team.second_looks.confirm(case, OPINION, TOM)
    assert await team.audited() == [
        ("sue", "decision.proposed"),
        ("sue", "decision.made"),
        ("tom", "decision.confirmed"),
        ("tom", "decision.made"),
    ]


async def test_a_moderator_does_not_confirm_a_ban_without_an_end(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, forever(SUE))
    with refused(PermissionRefused, "this is for seniors"):
        await team.second_looks.confirm(case, OPINION, BOB)
    assert len((await team.state()).proposals) == 1


async def test_of_two_who_confirm_at_once_on_two_replicas_one_is_late(
    team: TeamDatabase, database: str
) -> None:
    case, other = await team.new_case(), open_engine(database)
    await team.make(case, of_minor(ANN))
    replicas = [team.second_looks, SqlSecondLooks(other, AUDIT, STATEMENTS)]
    answers = await asyncio.gather(
        *(looks.confirm(case, OPINION, who) for looks, who in zip(replicas, (BOB, CARL), strict=True)),
        return_exceptions=True,
    )
    await other.dispose()
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Decision"]


async def test_who_proposed_cannot_prolong_it_but_may_decide_something_milder(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    with refused(PermissionRefused, "somebody else must look at it"):
        await team.make(case, of_minor(ANN))
    milder = replace(of_minor(ANN), rule="spam", level=Level.RESTRICTED)
    made = await team.make(case, milder)
    assert (made.until, (await team.state()).proposals) == (milder.until, [])


async def test_the_second_moderator_decides_otherwise(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    dismissed = await team.make(case, replace(new_decision(Level.GOOD), made_at=NOW, moderator="bob"))
    assert (dismissed.silent, dismissed.moderator) == (False, "bob")
    assert (await team.store.standings(NOW))[1] == [], "what held until then has ended"
    assert (await team.state()).proposals == []


async def test_a_proposal_is_sent_back_to_who_made_it(team: TeamDatabase) -> None:
    case = await team.new_case()
    held = await team.make(case, of_minor(ANN))
    await team.second_looks.send_back(case, replace(OPINION, sentence="he says he is 30"), BOB)
    state = await team.state()
    assert state.proposals == []
    (handed,) = state.assignments
    assert (handed.account, handed.by, handed.sentence) == ("ann", "bob", "he says he is 30")
    assert (await team.store.standings(NOW))[1] == [held], "it protects until she decides"
    again = await team.make(case, of_minor(ANN))
    assert (await team.second_looks.confirm(case, OPINION, CARL)).rule == again.rule


async def test_an_undo_takes_a_proposal_back(team: TeamDatabase) -> None:
    case = await team.new_case()
    held = await team.make(case, of_minor(ANN))
    shown = await SqlCaseQueries(team.engine, lambda *_: None, default_source().policy).case(case, ANN)
    assert [one.undoable for one in shown.history.decisions] == [True]
    undone = await team.case_commands.undo(held.id, "the wrong visitor", ANN)
    assert (undone.decision.level, await team.open("v")) == (Level.GOOD, case)
    assert (await team.state()).proposals == []
    assert len(await team.facts()) == 1, "the reports are still there"
    with refused(Conflict, "newer decision"):
        await team.case_commands.undo(held.id, "again", ANN)


async def test_an_undo_of_what_was_confirmed_restores_what_held_before(team: TeamDatabase) -> None:
    case = await team.new_case()
    held = await team.make(case, forever(SUE))
    made = await team.second_looks.confirm(case, OPINION, TOM)
    undone = (await team.case_commands.undo(made.id, "hm", TOM)).decision
    assert (undone.until, undone.moderator, undone.confirmed_by) == (held.until, "sue", "")
    assert await team.open("v") == case


async def test_neither_of_two_who_decided_answers_an_appeal(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    made = await team.second_looks.confirm(case, OPINION, BOB)
    await team.appeals.file(Appeal(made.id, "I am 40", NOW))
    for name in ("ann", "bob"):
        answer = Appeal(made.id, "", 0, AppealState.UPHELD, "no", name, NOW)
        with refused(InvalidRequest, "cannot answer"):
            await team.appeals.decide(answer, None)
    await team.appeals.decide(Appeal(made.id, "", 0, AppealState.UPHELD, "no", "carl", NOW), None)


async def test_an_appeal_against_a_proposal_is_answered_before_it_is_confirmed(team: TeamDatabase) -> None:
    case = await team.new_case()
    held = await team.make(case, of_minor(ANN))
    await team.appeals.file(Appeal(held.id, "I am 40", NOW))
    with refused(Conflict, "answer it first"):
        await team.second_looks.confirm(case, OPINION, BOB)
    answer = Appeal(held.id, "", 0, AppealState.OVERTURNED, "true", "bob", NOW)
    lift = lifting_decision(held, DecisionId(random_id()), answer)
    assert await team.appeals.decide(answer, lift) is not None
    assert (await team.state()).proposals == []
    async with team.engine.connect() as connection:
        assert await connection.scalar(sa.select(cases.c.closed_at)) == NOW, "nothing waits any more"


async def test_a_command_of_the_operator_ends_what_was_proposed(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    lifted = forever(replace(ANN, name="operator"), visitor=VisitorId("v"), level=Level.GOOD, rule="")
    await team.store.decide(lifted)
    assert (await team.state()).proposals == []


async def test_what_is_over_or_has_new_reports_is_not_confirmed(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    with refused(Conflict, "is over"):
        await team.second_looks.confirm(case, OPINION, replace(BOB, now=NOW + DAY_MS))
    await team.file("v")
    with refused(Conflict, "new reports"):
        await team.second_looks.confirm(case, SecondOpinion("yes", SeenReports(1)), BOB)


@pytest.mark.parametrize(
    ("setting", "others", "waits"),
    [
        (SecondLook.AUTO, (), False),
        (SecondLook.AUTO, (Actor("bob", Role.VIEWER, NOW),), False),
        (SecondLook.AUTO, (BOB,), True),
        (SecondLook.ON, (), True),
        (SecondLook.OFF, (BOB, SUE), False),
    ],
    ids=["alone", "viewer", "two", "on", "off"],
)
async def test_the_setting_says_whether_somebody_waits_for_a_second_look(
    database: str, setting: SecondLook, others: tuple[Actor, ...], waits: bool
) -> None:
    async for one in moderation_database.moderation_database(database):
        team = TeamDatabase(one.engine)
        await team.enter(ANN, *others)
        team.case_commands = SqlCaseCommands(one.engine, AUDIT, STATEMENTS, setting)
        made = await team.make(await team.new_case(), of_minor(ANN))
        assert bool((await team.state()).proposals) is waits
        assert (made.level, made.until) == (Level.BANNED, NOW + DAY_MS)


async def test_only_accounts_in_use_count_as_a_second_moderator(team: TeamDatabase) -> None:
    async with team.engine.begin() as connection:
        await connection.execute(sa.update(accounts).where(accounts.c.name != "sue").values(disabled=True))
    made = await team.make(await team.new_case(), forever(SUE))
    assert (made.until, (await team.state()).proposals) == (0, [])


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
    await exposure.check(ann)
    await look(team, ann, ann.now)
    with pytest.raises(TooManyPictures) as caught:
        await exposure.check(ann)
    assert caught.value.retry_after == pytest.approx(0.001), "until the first of the three is an hour old"
    await exposure.check(replace(ann, now=ann.now + 1))
    await SqlExposure(team.engine, ExposureSettings()).check(ann)


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
