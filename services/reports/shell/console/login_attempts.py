"""Counts login attempts by the name that was typed, whether or not it has an account, and by their origin.

An origin is a network, or a browser that is known from an earlier login. So nobody locks a name for others.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...core import lockout
from ..storage.database import INSERT
from ..storage.tables import attempts
from . import credentials
from .errors import Locked

MAX_COUNTED = 100_000
"""At most this many pairs of a name and an origin are kept. The oldest are forgotten first."""

_NAME = sa.bindparam("typed", type_=sa.LargeBinary)
_ORIGIN = sa.bindparam("origin", type_=sa.LargeBinary)
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_FORGOTTEN = sa.bindparam("forgotten", type_=sa.BigInteger)


async def begin_attempt(connection: AsyncConnection, name: str, origin: bytes, now: int) -> int:
    """Count an attempt and return how many have failed in a row, with this one; raise `Locked`.

    It counts as failed until `clear_attempts`, so that attempts at the same moment are all counted.
    """
    typed = credentials.token_digest(name)
    when = {"typed": typed, "origin": origin, "now": now, "forgotten": now - lockout.FORGET_AFTER}
    failures: int | None = await connection.scalar(_COUNT_ATTEMPT[connection.dialect.name], when)
    if failures is None:
        until = await connection.scalar(_LOCKED_UNTIL, {"typed": typed, "origin": origin}) or now
        seconds = max(1.0, (until - now) / 1000)
        raise Locked("too many wrong logins: this name is locked for your network for a while", seconds)
    if until := lockout.locked_until(failures, now):
        closing = sa.update(attempts).where(attempts.c.name == typed, attempts.c.origin == origin)
        await connection.execute(closing.values(locked_until=until))
    if failures == 1:
        await connection.execute(_FORGET, when)
    return failures


async def clear_attempts(connection: AsyncConnection, name: str, origin: bytes | None = None) -> None:
    """Forget the attempts of an origin after a login, or all of a name after a new invitation."""
    forgotten = sa.delete(attempts).where(attempts.c.name == credentials.token_digest(name))
    await connection.execute(forgotten if origin is None else forgotten.where(attempts.c.origin == origin))


async def failed_attempts(connection: AsyncConnection, since: int) -> int:
    """Return how many logins failed since the last success of their origin, where one failed after `since`.

    `since` is in Unix milliseconds.
    """
    failed = sa.select(sa.func.coalesce(sa.func.sum(attempts.c.failures), 0))
    return int(await connection.scalar(failed.where(attempts.c.last_at > since)) or 0)


async def lockouts(connection: AsyncConnection, names: list[str]) -> dict[str, int]:
    """Return until when names are or were locked for some origin, without those that never were.

    The times are in Unix milliseconds.
    """
    typed = {credentials.token_digest(name): name for name in names}
    latest = sa.func.max(attempts.c.locked_until).label("latest")
    closed = sa.select(attempts.c.name, latest).where(attempts.c.name.in_(typed), attempts.c.locked_until > 0)
    rows = await connection.execute(closed.group_by(attempts.c.name))
    return {typed[row.name]: row.latest for row in rows}


def _count_attempt(dialect: str) -> Any:
    """Build the statement that counts an attempt. It returns no row if the name is locked there."""
    failed_before = sa.case((attempts.c.last_at < _FORGOTTEN, 0), else_=attempts.c.failures)
    return (
        INSERT[dialect](attempts)
        .values(name=_NAME, origin=_ORIGIN, failures=1, last_at=_NOW, locked_until=0)
        .on_conflict_do_update(
            index_elements=["name", "origin"],
            set_={"failures": failed_before + 1, "last_at": _NOW, "locked_until": 0},
            where=attempts.c.locked_until <= _NOW,
        )
        .returning(attempts.c.failures)
    )


# Built once, as in `cases.py`.
_COUNT_ATTEMPT = {dialect: _count_attempt(dialect) for dialect in INSERT}
_LOCKED_UNTIL = sa.select(attempts.c.locked_until).where(
    attempts.c.name == _NAME, attempts.c.origin == _ORIGIN
)
_NEWEST_TO_FORGET = (
    sa.select(attempts.c.last_at).order_by(attempts.c.last_at.desc()).offset(MAX_COUNTED).limit(1)
)
_FORGETTABLE = (
    sa.select(attempts.c.name, attempts.c.origin)
    .where((attempts.c.last_at < _FORGOTTEN) | (attempts.c.last_at <= _NEWEST_TO_FORGET.scalar_subquery()))
    .with_for_update(skip_locked=True)  # or two transactions could wait for each other
)
_FORGET = sa.delete(attempts).where(sa.tuple_(attempts.c.name, attempts.c.origin).in_(_FORGETTABLE))
