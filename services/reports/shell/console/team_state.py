"""Reads who has which case, and what waits for whom. Open pages are told of every change."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core.roles import Role
from ...core.second_look import Proposal, confirming_role
from ...core.teamwork import SENIORS
from ..storage.database import raising_unavailable
from ..storage.proposals import waiting_proposals
from ..storage.tables import OPEN, accounts, assignments, case_claims, cases, mentions, notes
from .team_views import AssignmentView, ClaimView, ColleagueView, MentionView, ProposalView, TeamState
from .views import api_name

MAX_ENTRIES = 500
"""The most entries of each kind, the oldest ones."""

MAX_MENTIONS = 50
"""The most mentions of one account, the oldest ones."""

_IN_USE = sa.select(accounts.c.name).where(~accounts.c.disabled)
_COLLEAGUES = _IN_USE.where(accounts.c.role >= Role.MODERATOR)


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
    """Leave out what was handed to somebody who has left: it is everybody's again."""
    of_open = sa.and_(cases.c.id == assignments.c.case_id, OPEN)
    somebody = (assignments.c.account == SENIORS) | assignments.c.account.in_(_COLLEAGUES)
    handed = sa.select(assignments, cases.c.accused).join_from(assignments, cases, of_open).where(somebody)
    rows = await connection.execute(handed.order_by(assignments.c.assigned_at).limit(MAX_ENTRIES))
    return [
        AssignmentView(row.case_id, row.accused, row.account, row.assigned_by, row.sentence, row.assigned_at)
        for row in rows
    ]


async def _mentions(connection: AsyncConnection) -> list[MentionView]:
    """Give each account its own number, so that nobody's mentions push out those of others."""
    place = sa.func.row_number().over(partition_by=mentions.c.account, order_by=notes.c.written_at)
    unseen = (
        sa.select(mentions.c.note, mentions.c.account, notes, place.label("place"))
        .join_from(mentions, notes, notes.c.id == mentions.c.note)
        .where(mentions.c.seen_at == 0, mentions.c.account.in_(_IN_USE))
        .subquery()
    )
    oldest = sa.select(unseen).where(unseen.c.place <= MAX_MENTIONS).order_by(unseen.c.written_at)
    rows = await connection.execute(oldest)
    return [
        MentionView(row.note, row.account, row.case_id, row.visitor, row.author, row.written_at)
        for row in rows
    ]


async def _colleagues(connection: AsyncConnection) -> list[ColleagueView]:
    rows = await connection.execute(_COLLEAGUES.add_columns(accounts.c.role).order_by(accounts.c.name))
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
