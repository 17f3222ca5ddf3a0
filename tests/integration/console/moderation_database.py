"""The parts of the service on one database, without a process, to test what happens between statements."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import CaseId, DecisionId, VisitorId, random_id
from services.reports.core.actor import Actor
from services.reports.core.records import Decision, FilingResult, Level, NewDecision, Picture
from services.reports.core.roles import Role
from services.reports.core.scoring import ReportFacts
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.storage.analysis_queue import SqlAnalysisQueue
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.past_cases import past_cases
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.schema import migrate
from services.reports.shell.storage.tables import OPEN, cases

from ...audit import AUDIT
from ...ports.report_stores import decide_nothing, decision, report, worst_picture
from ...statements import STATEMENTS


class ModerationDatabase:
    """A database, and the senior moderator ann, who decides at 2 seconds after the epoch."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.store = SqlReportStore(engine, AUDIT)
        self.appeals = SqlAppealStore(engine, AUDIT)
        self.case_commands = SqlCaseCommands(engine, AUDIT, STATEMENTS)
        self.analyses = SqlAnalysisQueue(engine, worst_picture)
        self.ann = Actor("ann", Role.SENIOR, 2_000)
        self.roles: dict[str, Role] = {}
        """Names the role of each account. An account that is not here is a senior's."""

    async def file(self, accused: str, frames: Sequence[Picture] = (), filed_at: int = 1_000) -> FilingResult:
        one = report(random_id(), random_id(), filed_at, accused)
        return await self.store.file(one, frames, decide_nothing)

    async def open(self, accused: str) -> CaseId:
        """Return the open case about somebody."""
        of_them = sa.select(cases.c.id).where(OPEN, cases.c.accused == accused)
        async with self.engine.connect() as connection:
            return CaseId((await connection.execute(of_them)).scalar_one())

    async def facts(self) -> tuple[ReportFacts, ...]:
        """Return the facts of all reports of the only case."""
        (case,) = await past_cases(self.engine, 0)
        return case.reports

    async def decide(self, case: CaseId, level: Level = Level.BANNED, seen: int | None = None) -> Decision:
        return await self.make(case, new_decision(level), seen)

    async def make(self, case: CaseId, made: NewDecision, seen: int | None = None) -> Decision:
        role = self.roles.get(made.moderator, Role.SENIOR)
        return (await self.case_commands.decide(case, made, SeenReports(seen), role)).decision

    async def undo(self, of: Decision) -> Decision:
        return (await self.case_commands.undo(of.id, "the wrong one", self.ann)).decision


def new_decision(level: Level = Level.BANNED) -> NewDecision:
    new = decision("", level)
    return replace(new, id=DecisionId(random_id()), visitor=VisitorId(""), made_at=2_000)


async def moderation_database(database: str) -> AsyncIterator[ModerationDatabase]:
    engine = open_engine(database)
    await migrate(engine)
    yield ModerationDatabase(engine)
    await engine.dispose()
