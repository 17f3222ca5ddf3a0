"""Past cases, for those who want to know what another policy would have made of them."""

from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import VisitorId

from .cases import COMPLAINT, complaint
from .database import answering
from .records import Level
from .replay import Case, Decided
from .tables import cases, decisions, reports


async def past_cases(engine: AsyncEngine, since: int) -> list[Case]:
    """All that were opened since then (Unix milliseconds), the oldest first, and what a person decided."""
    told = (
        sa.select(*COMPLAINT, cases.c.id.label("of"), cases.c.accused, decisions.c.level, decisions.c.made_at)
        .join(cases, cases.c.id == reports.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision, isouter=True)
        .where(cases.c.opened_at >= since)
        .order_by(cases.c.opened_at, cases.c.id, reports.c.filed_at)
    )
    with answering():
        async with engine.connect() as connection:
            rows = (await connection.execute(told)).all()
    return [_case(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.of)]


def _case(rows: list[sa.Row[tuple[object, ...]]]) -> Case:
    first = rows[0]
    decided = None if first.level is None else Decided(first.made_at, Level(first.level))
    return Case(VisitorId(first.accused), tuple(map(complaint, rows)), decided)
