"""A database with a team of moderators, without a process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import ZufallError
from services.contract.ids import CaseId, DecisionId, random_id
from services.reports.core.actor import Actor
from services.reports.core.records import DAY_MS, Level, NewDecision
from services.reports.core.roles import Role
from services.reports.shell.console.assignments import SqlAssignments
from services.reports.shell.console.audit_search import AuditFilter, SqlAuditSearch
from services.reports.shell.console.case_commands import SeenReports
from services.reports.shell.console.claims import SqlClaims
from services.reports.shell.console.notes import SqlNotes
from services.reports.shell.console.second_looks import SecondOpinion, SqlSecondLooks
from services.reports.shell.console.team_state import SqlTeamState
from services.reports.shell.console.team_views import TeamState
from services.reports.shell.storage.tables import accounts

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
        self.roles |= {one.name: one.role for one in people}
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(accounts), rows)

    async def change_account(self, name: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(accounts).where(accounts.c.name == name).values(values))

    async def new_case(self, accused: str = "v") -> CaseId:
        await self.file(accused)
        return await self.open(accused)

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


async def team_database(database: str) -> AsyncIterator[TeamDatabase]:
    async for one in moderation_database.moderation_database(database):
        made = TeamDatabase(one.engine)
        await made.enter(ANN, BOB, CARL, SUE, TOM)
        yield made
