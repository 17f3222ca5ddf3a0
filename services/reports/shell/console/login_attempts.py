"""Attempts to log in, by the name that was typed: counted alike whether there is an account of it or not."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...core import lockout
from ..storage.cases import INSERT
from ..storage.tables import attempts
from . import credentials
from .errors import Locked

MAX_NAMES = 100_000
"""Names that are known at once; of more, those that were typed longest ago are forgotten."""

_NAME = sa.bindparam("typed", type_=sa.LargeBinary)
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_FORGOTTEN = sa.bindparam("forgotten", type_=sa.BigInteger)


async def begin_attempt(connection: AsyncConnection, name: str, now: int) -> int:
    """How many in a row have failed, this one included, until `succeed`; raises `Locked`.

    It counts as failed when it begins, so that a hundred at the same moment are no hundred attempts.
    """
    typed = credentials.token_digest(name)
    when = {"typed": typed, "now": now, "forgotten": now - lockout.FORGET_AFTER}
    failures: int | None = await connection.scalar(_COUNT_ATTEMPT[connection.dialect.name], when)
    if failures is None:
        until = await connection.scalar(_LOCKED_UNTIL, {"typed": typed}) or now
        seconds = max(1.0, (until - now) / 1000)
        raise Locked("too many wrong logins: nobody comes in with this name for a while", seconds)
    if until := lockout.locked_until(failures, now):
        closing = sa.update(attempts).where(attempts.c.name == typed)
        await connection.execute(closing.values(locked_until=until))
    if failures == 1:
        await connection.execute(_FORGET, when)
    return failures


async def clear_attempts(connection: AsyncConnection, name: str) -> None:
    """Whoever it is has come in, or is invited anew."""
    await connection.execute(sa.delete(attempts).where(attempts.c.name == credentials.token_digest(name)))


async def lockouts(connection: AsyncConnection, names: list[str]) -> dict[str, int]:
    """Until when (Unix milliseconds) each name is or was closed; names that never were are left out."""
    typed = {credentials.token_digest(name): name for name in names}
    closed = sa.select(attempts.c.name, attempts.c.locked_until)
    rows = await connection.execute(closed.where(attempts.c.name.in_(typed), attempts.c.locked_until > 0))
    return {typed[row.name]: row.locked_until for row in rows}


def _count_attempt(dialect: str) -> Any:
    """No row where the name is closed."""
    failed_before = sa.case((attempts.c.last_at < _FORGOTTEN, 0), else_=attempts.c.failures)
    return (
        INSERT[dialect](attempts)
        .values(name=_NAME, failures=1, last_at=_NOW, locked_until=0)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"failures": failed_before + 1, "last_at": _NOW, "locked_until": 0},
            where=attempts.c.locked_until <= _NOW,
        )
        .returning(attempts.c.failures)
    )


# Put together once, as in `cases.py`.
_COUNT_ATTEMPT = {dialect: _count_attempt(dialect) for dialect in INSERT}
_LOCKED_UNTIL = sa.select(attempts.c.locked_until).where(attempts.c.name == _NAME)
_NEWEST_TO_FORGET = (
    sa.select(attempts.c.last_at).order_by(attempts.c.last_at.desc()).offset(MAX_NAMES).limit(1)
)
_FORGETTABLE = (
    sa.select(attempts.c.name)
    .where((attempts.c.last_at < _FORGOTTEN) | (attempts.c.last_at <= _NEWEST_TO_FORGET.scalar_subquery()))
    .with_for_update(skip_locked=True)  # or two who forget at once might wait for each other
)
_FORGET = sa.delete(attempts).where(attempts.c.name.in_(_FORGETTABLE))
