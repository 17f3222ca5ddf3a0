"""Concurrent actions on cases leave a consistent PostgreSQL database."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.contract.errors import InvalidRequest, NotFound, PermissionRefused
from services.contract.ids import CaseId, DecisionId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.appeals import lifting_decision
from services.reports.core.records import DAY_MS, AnalysisKind, Appeal, AppealState, Finding, Level, Reason
from services.reports.core.roles import Role
from services.reports.core.second_look import SecondLook
from services.reports.core.teamwork import SENIORS
from services.reports.core.triage import Triage
from services.reports.shell.console.assignments import SqlAssignments
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.claims import SqlClaims
from services.reports.shell.console.errors import Conflict
from services.reports.shell.console.notes import SqlNotes
from services.reports.shell.console.second_looks import SecondOpinion, SqlSecondLooks
from services.reports.shell.console.team_state import SqlTeamState
from services.reports.shell.policy_file import default_source
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.audit_checks import SqlAuditChecks
from services.reports.shell.storage.tables import OPEN, appeals, audit, cases, decisions, proposals, reports

from ...audit import AUDIT
from ...databases import Postgres
from ...ports.report_stores import PICTURE, decision, flag, report
from ...statements import STATEMENTS
from ...timing import scaled
from . import moderation_database
from .moderation_database import ModerationDatabase, new_decision

VISITORS = [f"visitor-{n}" for n in range(4)]
FLAGGED = [f"flagged-{n}" for n in range(20)]
TIMES, ACTIONS = 5, 400
"""How often each action is done, and how many actions in all."""
_REFUSED = (Conflict, NotFound, PermissionRefused, InvalidRequest)


@pytest.fixture
async def moderation(postgres_server: Postgres) -> AsyncIterator[ModerationDatabase]:
    async for one in moderation_database.moderation_database(await postgres_server.new_database()):
        yield one


class ConcurrentActions:
    """Actions of people and programs on random cases, until there were enough."""

    def __init__(self, moderation: ModerationDatabase, seed: int) -> None:
        self.moderation = moderation
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.filed = 0
        self.triage = Triage(default_source().policy, random_id)
        self.case_queries = SqlCaseQueries(moderation.engine, lambda *_: None, default_source().policy)
        self.queue = SqlCaseQueue(moderation.engine, lambda *_: None)
        moderation.case_commands = SqlCaseCommands(moderation.engine, AUDIT, STATEMENTS, SecondLook.ON)
        self.state = SqlTeamState(moderation.engine, self.now)
        self.claims = SqlClaims(moderation.engine, AUDIT)
        self.assignments = SqlAssignments(moderation.engine, AUDIT)
        self.notes = SqlNotes(moderation.engine, AUDIT)
        self.second_looks = SqlSecondLooks(moderation.engine, AUDIT, STATEMENTS)

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def work(self, *actions: Callable[[], Awaitable[None]]) -> None:
        async with asyncio.timeout(scaled(60)):
            await asyncio.gather(
                *(self._repeat(action, {one.__name__ for one in actions}) for action in actions)
            )

    async def _repeat(self, action: Callable[[], Awaitable[None]], names: set[str]) -> None:
        name = action.__name__
        while self.done.total() < ACTIONS or min(self.done[one] for one in names) < TIMES:
            try:
                await action()
            except _REFUSED as refused:
                self.done[f"{name}: {type(refused).__name__}"] += 1
            else:
                self.done[name] += 1

    async def file(self) -> None:
        who = VisitorId(self.chance.choice(VISITORS))
        now = self.now()
        network = self.chance.randbytes(4)
        one = replace(
            report(random_id(), random_id(), now, who), reason=Reason.NUDITY, reporter_network=network
        )
        await self.moderation.store.file(one, [PICTURE], self.triage.evaluator(who, now))

    async def flag(self) -> None:
        """Flag mostly visitors who are not decided about."""
        who, now = VisitorId(self.chance.choice([*FLAGGED, *VISITORS])), self.now()
        one = flag(random_id(), now, who)
        await self.moderation.store.file(one, [], self.triage.evaluator(who, now))
        await asyncio.sleep(0.05)

    async def _one(self, of: "sa.Column[str]", where: "sa.ColumnElement[bool]") -> str:
        async with self.moderation.engine.connect() as connection:
            found = list(await connection.scalars(sa.select(of).where(where)))
        if not found:
            raise NotFound("nothing")
        return self.chance.choice(found)

    async def decide(self) -> None:
        case = CaseId(await self._one(cases.c.id, OPEN))
        new = replace(new_decision(self.chance.choice([Level.GOOD, Level.BANNED])), made_at=self.now())
        await self.moderation.make(case, new)

    async def command(self) -> None:
        who = self.chance.choice(VISITORS)
        await self.moderation.store.decide(replace(decision(who, moderator="carl"), made_at=self.now()))
        await asyncio.sleep(0.2)

    async def undo(self) -> None:
        name = await self._one(decisions.c.id, decisions.c.sequence.in_(_NEWEST) | decisions.c.silent)
        reader = replace(self.moderation.ann, now=self.now())
        await self.moderation.case_commands.undo(DecisionId(name), "no", reader)

    async def appeal(self) -> None:
        name = await self._one(decisions.c.id, decisions.c.sequence.in_(_NEWEST))
        await self.moderation.appeals.file(Appeal(DecisionId(name), "no", self.now()))
        await asyncio.sleep(0.2)

    async def answer(self) -> None:
        name = DecisionId(await self._one(appeals.c.decision, appeals.c.state == AppealState.OPEN))
        answer = Appeal(name, "", 0, AppealState.OVERTURNED, "yes", "bob", self.now())
        about = (await self.moderation.appeals.find(name)).decision
        await self.moderation.appeals.decide(answer, lifting_decision(about, DecisionId(random_id()), answer))

    async def look(self) -> None:
        claimed = await self.moderation.analyses.claim(AnalysisKind.SCORE, self.now())
        if claimed is None:
            raise NotFound("nothing")
        await self.moderation.analyses.complete(claimed, Finding(score=0.5), self.now())

    async def sweep(self) -> None:
        await RetentionSweeper(
            self.moderation.engine,
            RetentionPeriods(1 / DAY_MS * 500, 1 / DAY_MS * 1000, 1 / DAY_MS * 50),
            self.now,
        ).sweep()
        await asyncio.sleep(0.1)

    async def hold(self) -> None:
        case = CaseId(await self._one(cases.c.id, cases.c.id != ""))
        await self.moderation.case_commands.hold(
            case, 1, "held", replace(self.moderation.ann, now=self.now())
        )
        await asyncio.sleep(0.5)

    async def claim(self) -> None:
        case = CaseId(await self._one(cases.c.id, OPEN))
        await self.claims.claim(case, self._somebody("bob", "carl"), take_over=True)
        await asyncio.sleep(0.1)

    async def hand_over(self) -> None:
        case = CaseId(await self._one(cases.c.id, OPEN))
        await self.assignments.assign(case, SENIORS, "look", self._somebody("bob", "carl"))
        await asyncio.sleep(0.1)

    async def note(self) -> None:
        case = CaseId(await self._one(cases.c.id, cases.c.id != ""))
        await self.notes.write_on_case(case, "hm", self._somebody("bob", "carl"))
        await asyncio.sleep(0.1)

    async def look_again(self) -> None:
        case = CaseId(await self._one(proposals.c.case_id, proposals.c.case_id != ""))
        opinion = SecondOpinion("yes", SeenReports())
        confirm, bob = self.chance.random() < 0.7, self._somebody("bob")
        answer = self.second_looks.confirm if confirm else self.second_looks.send_back
        await answer(case, opinion, bob)

    def _somebody(self, *names: str) -> Actor:
        return Actor(self.chance.choice(names), Role.SENIOR, self.now())

    async def read(self) -> None:
        case = CaseId(await self._one(cases.c.id, OPEN))
        await self.case_queries.case(case, self.moderation.ann)
        await self.queue.read()
        await self.state.read()


async def test_everything_at_once(moderation: ModerationDatabase) -> None:
    crowd = ConcurrentActions(moderation, 1)
    once = (
        crowd.flag,
        crowd.command,
        crowd.appeal,
        crowd.answer,
        crowd.look,
        crowd.sweep,
        crowd.hold,
        crowd.read,
        crowd.claim,
        crowd.hand_over,
        crowd.note,
        crowd.look_again,
    )
    actions = (*[crowd.file] * 3, *[crowd.decide] * 2, *[crowd.undo] * 2, *once)
    await crowd.work(*actions)
    async with moderation.engine.connect() as connection:
        for what, query in _WRONG.items():
            assert (await connection.execute(query)).all() == [], what
        last = list(await connection.scalars(_LAST))
    _, held = await moderation.store.standings(crowd.now())
    assert {one.id for one in held} == set(last)
    assert (await SqlAuditChecks(moderation.engine, AUDIT).check()).broken_at == 0


_NEWEST = sa.select(sa.func.max(decisions.c.sequence)).group_by(decisions.c.visitor)
_TOLD = sa.exists().where(audit.c.subject == decisions.c.id, audit.c.action == "decision.made")
_WRONG = {
    "two open cases of one visitor": sa.select(cases.c.accused)
    .where(OPEN)
    .group_by(cases.c.accused)
    .having(sa.func.count() > 1),
    "a report without a case, or in somebody else's": sa.select(reports.c.id).where(
        ~sa.exists().where(cases.c.id == reports.c.case_id, cases.c.accused == reports.c.accused)
    ),
    "a closed case without a decision": sa.select(cases.c.id).where(
        ~OPEN, ~sa.exists().where(decisions.c.id == cases.c.decision)
    ),
    "a decided case that somebody proposes to decide": sa.select(proposals.c.case_id).where(
        sa.exists().where(cases.c.id == proposals.c.case_id, ~OPEN)
    ),
    "a decision that is not in the log": sa.select(decisions.c.id).where(~_TOLD),
}
_LAST = sa.select(decisions.c.id).where(  # of so little time nothing ends
    decisions.c.sequence.in_(_NEWEST.where(~decisions.c.silent)), decisions.c.level != Level.GOOD
)
