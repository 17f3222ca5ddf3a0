"""Reads who has which case, and what waits for whom. Open pages are told of every change."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.roles import Role
from ...core.second_look import Proposal, confirming_role
from ..storage.database import raising_unavailable
from ..storage.proposals import waiting_proposals
from ..storage.tables import OPEN, accounts, assignments, case_claims, cases, mentions, notes
from .team_views import AssignmentView, ClaimView, ColleagueView, MentionView, ProposalView, TeamState
from .views import api_name

MAX_ENTRIES = 500
"""The most entries of each kind, the oldest ones."""


class SqlTeamState:
    def __init__(self, engine: AsyncEngine, now: Callable[[], int]) -> None:
        """Take a function that returns Unix milliseconds."""
        self._engine = engine
        self._now = now

    async def read(self) -> TeamState:
        """Return the state now; raise `Unavailable`."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return TeamState(
                    claims=await _claims(connection, self._now()),
                    assignments=await _assignments(connection),
                    proposals=[_view(one) for one in await waiting_proposals(connection, MAX_ENTRIES)],
                    mentions=await _mentions(connection),
                    colleagues=await _colleagues(connection),
                )


async def _claims(connection: AsyncConnection, now: int) -> list[ClaimView]:
    held = sa.select(case_claims).where(case_claims.c.until > now).order_by(case_claims.c.since)
    rows = await connection.execute(held.limit(MAX_ENTRIES))
    return [ClaimView(row.case_id, row.account, row.since) for row in rows]


async def _assignments(connection: AsyncConnection) -> list[AssignmentView]:
    of_open = sa.and_(cases.c.id == assignments.c.case_id, OPEN)
    columns = (assignments, cases.c.accused)
    handed = sa.select(*columns).join_from(assignments, cases, of_open).order_by(assignments.c.assigned_at)
    rows = await connection.execute(handed.limit(MAX_ENTRIES))
    return [
        AssignmentView(row.case_id, row.accused, row.account, row.assigned_by, row.sentence, row.assigned_at)
        for row in rows
    ]


async def _mentions(connection: AsyncConnection) -> list[MentionView]:
    unseen = (
        sa.select(mentions.c.note, mentions.c.account, notes)
        .join_from(mentions, notes, notes.c.id == mentions.c.note)
        .where(mentions.c.seen_at == 0)
        .order_by(notes.c.written_at)
    )
    rows = await connection.execute(unseen.limit(MAX_ENTRIES))
    return [
        MentionView(row.note, row.account, row.case_id, row.visitor, row.author, row.written_at)
        for row in rows
    ]


async def _colleagues(connection: AsyncConnection) -> list[ColleagueView]:
    in_use = ~accounts.c.disabled & (accounts.c.role >= Role.MODERATOR)
    rows = await connection.execute(sa.select(accounts).where(in_use).order_by(accounts.c.name))
    return [ColleagueView(row.name, api_name(Role(row.role))) for row in rows]


def _view(of: Proposal) -> ProposalView:
    held = of.decision
    return ProposalView(
        case=of.case,
        accused=held.visitor,
        decision=held.id,
        by=held.moderator,
        at=held.made_at,
        level=api_name(held.level),
        rule=held.rule,
        until=of.until,
        holds_until=held.until,
        needs=api_name(confirming_role(of.proposed)),
    )
