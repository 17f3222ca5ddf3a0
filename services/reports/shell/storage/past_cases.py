"""Reads past cases, to replay them under another policy."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.ids import VisitorId

from ...core.policy_replay import ReplayCase
from ...core.records import Dismissal, Level
from .cases import REPORT_FACTS, facts_from_row
from .database import raising_unavailable
from .tables import cases, decisions, reports

PAGE = 500
"""The number of cases that one statement reads, so that it ends within its timeout."""


async def past_cases(
    engine: AsyncEngine, since: int, progress: Callable[[float], None] = lambda _: None
) -> list[ReplayCase]:
    """Read all cases opened since `since` (Unix milliseconds), the oldest first, with what people decided.

    `progress` is called with the share that is read, from 0 to 1.
    """
    found: list[ReplayCase] = []
    last = (since, "")
    with raising_unavailable():
        async with engine.connect() as connection:
            count = sa.select(sa.func.count()).where(cases.c.opened_at >= since)
            total = await connection.scalar(count) or 1
            while page := (await connection.execute(_opened_after(*last))).all():
                rows = (await connection.execute(_reports_of([row.id for row in page]))).all()
                found += [_case(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.case_id)]
                last = page[-1].opened_at, page[-1].id
                progress(min(1.0, len(found) / total))
    return found


def _opened_after(at: int, id: str) -> sa.Select[int, str]:
    later = (cases.c.opened_at > at) | ((cases.c.opened_at == at) & (cases.c.id > id))
    return (
        sa.select(cases.c.opened_at, cases.c.id)
        .where(later)
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(PAGE)
    )


def _reports_of(ids: list[str]) -> sa.Select[Any]:
    return (
        sa.select(
            *REPORT_FACTS,
            cases.c.id.label("case_id"),
            cases.c.accused,
            decisions.c.level,
            decisions.c.dismissal,
        )
        .join(cases, cases.c.id == reports.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision, isouter=True)
        .where(cases.c.id.in_(ids))
        .order_by(cases.c.opened_at, cases.c.id, reports.c.filed_at)
    )


def _case(rows: list[sa.Row[tuple[object, ...]]]) -> ReplayCase:
    first = rows[0]
    decided = None if first.level is None else Level(first.level)
    dismissal = Dismissal(first.dismissal or 0)
    return ReplayCase(VisitorId(first.accused), tuple(map(facts_from_row, rows)), decided, dismissal)
