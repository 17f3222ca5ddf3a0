"""Decisions that need two moderators, on both databases, also through two replicas at the same moment."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.contract.errors import InvalidRequest, PermissionRefused
from services.contract.ids import DecisionId, VisitorId, random_id
from services.reports.core.actor import UNDO_WINDOW, Actor
from services.reports.core.alarms import Alarm, AlarmRule, AlarmTimes, pause_after
from services.reports.core.appeals import lifting_decision
from services.reports.core.case_search import parse_case_search
from services.reports.core.records import DAY_MS, Appeal, AppealState, Level, NewDecision
from services.reports.core.roles import Role
from services.reports.core.second_look import PROVISIONAL_LIFETIME, SecondLook
from services.reports.core.statements import StatementWriter
from services.reports.core.teamwork import SENIORS
from services.reports.shell.alarms.alarm_outbox import SqlAlarmOutbox
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.errors import Conflict
from services.reports.shell.console.second_looks import SecondOpinion, SqlSecondLooks
from services.reports.shell.policy_file import default_source
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.proposals import waiting_proposals
from services.reports.shell.storage.tables import accounts, cases, proposals

from ...audit import AUDIT
from ...statements import STATEMENTS
from . import moderation_database, team_database
from .moderation_database import new_decision
from .team_database import ANN, BOB, CARL, NOW, OPINION, SUE, TOM, TeamDatabase, forever, of_minor, refused

team = pytest.fixture(team_database.team_database)


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
    with refused(Conflict, "decided already, by sue"):
        await team.second_looks.confirm(case, OPINION, TOM)
    assert await team.audited() == [
        ("sue", "decision.proposed"),
        ("sue", "decision.made"),
        ("tom", "decision.confirmed"),
        ("tom", "decision.made"),
    ]


async def test_of_many_proposals_the_oldest_are_shown(team: TeamDatabase) -> None:
    opened = {visitor: await team.new_case(visitor) for visitor in "abcde"}
    made = [
        await team.make(case, replace(of_minor(SUE), visitor=VisitorId(visitor)))
        for visitor, case in reversed(opened.items())
    ]
    async with team.engine.connect() as connection:
        found = await waiting_proposals(connection, 2)
    assert [one.decision.id for one in found] == [one.id for one in made[:2]]


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


async def test_of_a_confirmation_an_undo_and_a_decision_at_once_one_counts(
    team: TeamDatabase, database: str
) -> None:
    other, banned = open_engine(database), set[str]()
    elsewhere = SqlCaseCommands(other, AUDIT, STATEMENTS)
    for number in range(5):
        case = await team.new_case(f"v{number}")
        proposed = await team.make(case, of_minor(ANN))
        dismissal = replace(new_decision(Level.GOOD), made_at=NOW, moderator="carl")
        answers = await asyncio.gather(
            team.second_looks.confirm(case, OPINION, BOB),
            elsewhere.undo(proposed.id, "the wrong visitor", ANN),
            elsewhere.decide(case, dismissal, SeenReports(), Role.MODERATOR),
            return_exceptions=True,
        )
        confirmed, undone, dismissed = (not isinstance(one, Exception) for one in answers)
        late = {type(one) for one in answers if isinstance(one, Exception)}
        assert (late, confirmed + (undone or dismissed)) == ({Conflict}, 1), answers
        banned |= {f"v{number}"} if confirmed else set()
    await other.dispose()
    assert (await team.state()).proposals == []
    held = (await team.store.standings(NOW))[1]
    assert {(one.visitor, one.confirmed_by) for one in held} == {(name, "bob") for name in banned}


async def test_who_proposed_cannot_prolong_it_but_may_decide_something_milder(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    with refused(PermissionRefused, "somebody else must look at it"):
        await team.make(case, of_minor(ANN))
    milder = replace(of_minor(ANN), rule="spam", level=Level.RESTRICTED)
    made = await team.make(case, milder)
    assert (made.until, (await team.state()).proposals) == (milder.until, [])


@pytest.mark.parametrize("level", [Level.GOOD, Level.RESTRICTED], ids=["dismissal", "milder"])
async def test_nobody_prolongs_a_proposal_by_deciding_and_undoing(team: TeamDatabase, level: Level) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    later = replace(ANN, now=NOW + UNDO_WINDOW + 1)
    rule, until = ("spam", later.now + DAY_MS) if level else ("", 0)
    closing = await team.make(case, forever(later, level=level, rule=rule, until=until))
    await team.case_commands.undo(closing.id, "a trick", later)
    assert await team.open("v") == case
    with refused(PermissionRefused, "somebody else must look at it"):
        await team.make(case, of_minor(later))
    await team.make(case, of_minor(replace(BOB, now=later.now)))


async def test_who_takes_a_slip_back_at_once_proposes_again(team: TeamDatabase) -> None:
    case = await team.new_case()
    for minutes in (0, 9):
        ann = replace(ANN, now=NOW + minutes * 60_000)
        slip = await team.make(case, of_minor(ann))
        await team.case_commands.undo(slip.id, "a slip", ann)
    with refused(PermissionRefused, "somebody else must look at it"):
        await team.make(case, of_minor(replace(ANN, now=NOW + UNDO_WINDOW + 1)))


async def test_a_proposal_leaves_what_is_stricter_until_it_is_confirmed(team: TeamDatabase) -> None:
    first = await team.new_case()
    year = await team.make(first, forever(ANN, until=NOW + 365 * DAY_MS))
    case = await team.new_case()
    silent = await team.make(case, forever(SUE))
    assert (await team.store.standings(NOW + PROVISIONAL_LIFETIME))[1] == [year]
    with refused(Conflict, "newer decision"):
        await team.case_commands.undo(year.id, "a slip", ANN)
    await team.case_commands.undo(silent.id, "a slip", SUE)
    assert (await team.store.standings(NOW))[1] == [year]
    await team.make(case, forever(SUE))
    made = await team.second_looks.confirm(case, OPINION, TOM)
    assert (await team.store.standings(NOW))[1] == [made]


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


async def test_a_confirmed_decision_tells_its_own_end_and_not_that_of_the_proposal(
    team: TeamDatabase,
) -> None:
    ours = STATEMENTS.statements
    own = replace(ours.templates["nudity"], texts={"en": "You were seen.[ Until {until}.]"})
    with_it, without = [
        StatementWriter(replace(ours, templates=templates), "Plaza") for templates in ({"nudity": own}, {})
    ]
    team.case_commands = SqlCaseCommands(team.engine, AUDIT, with_it)
    case = await team.new_case()
    held = await team.make(case, forever(SUE, template="nudity"))
    assert held.statement == "You were seen. Until 1970-01-04."
    with refused(Conflict, "template"):
        await SqlSecondLooks(team.engine, AUDIT, without).confirm(case, OPINION, TOM)
    made = await SqlSecondLooks(team.engine, AUDIT, with_it).confirm(case, OPINION, TOM)
    assert made.statement == "You were seen."


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


@pytest.mark.parametrize("setting", SecondLook)
async def test_a_ban_without_an_end_by_a_moderator_waits_for_a_senior_whatever_the_setting(
    team: TeamDatabase, setting: SecondLook
) -> None:
    team.case_commands = SqlCaseCommands(team.engine, AUDIT, STATEMENTS, setting)
    case = await team.new_case()
    held = await team.make(case, forever(ANN))
    assert (held.until, await team.open("v")) == (NOW + PROVISIONAL_LIFETIME, case)
    assert [(one.by, one.needs) for one in (await team.state()).proposals] == [("ann", "senior")]
    with refused(PermissionRefused, "this is for seniors"):
        await team.second_looks.confirm(case, OPINION, BOB)
    made = await team.second_looks.confirm(case, OPINION, SUE)
    assert (made.until, made.moderator, made.confirmed_by) == (0, "ann", "sue")


async def test_without_a_senior_nobody_bans_without_an_end(team: TeamDatabase) -> None:
    case = await team.new_case()
    async with team.engine.begin() as connection:
        seniors = accounts.c.role >= Role.SENIOR
        await connection.execute(sa.update(accounts).where(seniors).values(disabled=True))
    with refused(PermissionRefused, "there is no senior"):
        await team.make(case, forever(ANN))
    with refused(PermissionRefused, "for over a year"):
        await team.make(case, forever(ANN, until=NOW + 99 * 365 * DAY_MS))
    assert (await team.store.standings(NOW))[1] == []


async def test_only_accounts_in_use_count_as_a_second_moderator(team: TeamDatabase) -> None:
    async with team.engine.begin() as connection:
        await connection.execute(sa.update(accounts).where(accounts.c.name != "sue").values(disabled=True))
    made = await team.make(await team.new_case(), forever(SUE))
    assert (made.until, (await team.state()).proposals) == (0, [])


async def test_a_proposal_that_an_older_replica_left_never_comes_back(team: TeamDatabase) -> None:
    case = await team.new_case()
    await team.make(case, of_minor(ANN))
    async with team.engine.begin() as connection:
        (left,) = (await connection.execute(sa.select(proposals))).mappings()
    closing = await team.make(case, replace(of_minor(BOB), rule="spam", level=Level.RESTRICTED))
    async with team.engine.begin() as connection:  # it knows nothing of proposals
        await connection.execute(sa.insert(proposals).values(left))
    await team.case_commands.undo(closing.id, "the wrong visitor", BOB)
    assert await team.open("v") == case
    assert (await team.state()).proposals == []
    waiting = parse_case_search({"second_look": "1"})
    assert (await SqlCaseQueue(team.engine, lambda *_: None).search(waiting, NOW)).cases == []
    with refused(Conflict, "nothing waits"):
        await team.second_looks.confirm(case, OPINION, CARL)
    assert await told(team, DAY_MS // 2) == []
    await team.make(case, of_minor(ANN))
    assert len((await team.state()).proposals) == 1, "it keeps nobody from proposing anew"


async def test_an_operator_is_told_once_of_what_waits_for_a_senior_or_a_second_look(
    team: TeamDatabase,
) -> None:
    first, later = (number * pause_after(AlarmRule.SECOND_LOOK) for number in (1, 2))
    handed, proposed, both, to_bob = [await team.new_case(name) for name in "abcd"]
    await team.new_case("e")
    assert await told(team, first) == []
    await team.make(proposed, of_minor(ANN))
    await team.make(both, of_minor(ANN))
    for case, to in ((handed, SENIORS), (both, SENIORS), (to_bob, "bob")):
        await team.assignments.assign(case, to, "look at this", ANN)
    assert await told(team, first) == [Alarm(AlarmRule.SECOND_LOOK, 3, 3)]
    assert await told(team, later) == []
    await team.second_looks.confirm(proposed, OPINION, BOB)
    await team.make(handed, replace(of_minor(SUE), rule="spam"))
    await team.assignments.assign(to_bob, SENIORS, "this is for you", BOB)
    assert await told(team, later) == [Alarm(AlarmRule.SECOND_LOOK, 2, 1)]


async def told(team: TeamDatabase, now: int) -> list[Alarm]:
    times = AlarmTimes(case_hours=24, appeal_promise_hours=168, appeal_hours=24)
    return await SqlAlarmOutbox(team.engine, times).look(["mail"], "", now)
