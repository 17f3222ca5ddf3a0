"""Holds the SQL of what ends with a case: its claim, its assignment and its proposal."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import assignments, case_claims, proposals


async def end_teamwork(connection: AsyncConnection, cases: Sequence[str]) -> None:
    """Let go of cases that are decided. This must be in the transaction that decides them."""
    for table in (case_claims, assignments, proposals):
        await connection.execute(sa.delete(table).where(table.c.case_id.in_(cases)))
