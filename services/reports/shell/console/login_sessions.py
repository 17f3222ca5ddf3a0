"""Logging in, and who is logged in: in the database, so that every replica knows at once."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core import lockout
from ...core.audit_chain import AuditEvent
from ...core.roles import Role
from ..storage import audit_log
from ..storage.database import for_writing, raising_unavailable
from ..storage.tables import accounts, sessions
from . import credentials, login_attempts
from .accounts import Account, SqlAccounts, account_from_row
from .errors import LoginRefused, NotLoggedIn
from .password_hasher import PasswordHasherPool

IDLE_TIMEOUT = 30 * 60_000
"""Milliseconds after which somebody who does nothing is logged out."""

MAX_AGE = 12 * 3_600_000
"""Milliseconds after which everybody logs in again."""

_WRONG_CREDENTIALS = "the name, the password or the code is wrong; each code is good for one login"

_EXTEND_PRECISION = 60_000
"""Milliseconds: how exactly it is known when a session was used last."""


@dataclass(frozen=True, slots=True)
class LoginSession:
    """Somebody who is logged in, until then (Unix milliseconds) if they do nothing more."""

    name: str
    role: Role
    expires_at: int


class SqlLoginSessions:
    """Checks passwords and codes, and remembers whom it let in."""

    def __init__(self, engine: AsyncEngine, known: SqlAccounts, hashing: PasswordHasherPool) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._accounts = known
        self._hashing = hashing

    async def log_in(self, name: str, password: str, code: str, now: int) -> tuple[str, LoginSession]:
        """A token for the browser. Raises `LoginRefused` whatever is wrong, or `Locked`."""
        async with self._hashing.slot() as fits:  # first: who finds no place has not guessed wrong
            account = await self._begin_attempt(name, now)
            good = await fits(password, account.password if account else "")
        if account is None or not good:
            raise LoginRefused(_WRONG_CREDENTIALS)
        step = credentials.matching_totp_step(self._accounts.totp_secret(account), code, now)
        if step is None or step <= account.code_step:
            raise LoginRefused(_WRONG_CREDENTIALS)
        return await self.create_session(account, "password", now, step)

    async def create_session(
        self, account: Account, how: str, now: int, step: int | None = None
    ) -> tuple[str, LoginSession]:
        """Whoever they are was checked; `step` is of the code they showed, if they did."""
        token = credentials.new_token()
        opened = {
            "key": credentials.token_digest(token),
            "account": account.name,
            "opened_at": now,
            "used_at": now,
        }
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._record_login(connection, account, now, step)
                await connection.execute(sa.delete(sessions).where(sessions.c.used_at < now - MAX_AGE))
                await connection.execute(sa.insert(sessions).values(opened))
                event = AuditEvent(now, account.name, "account.entered", account.name, {"by": how})
                await audit_log.append(connection, event)
        return token, LoginSession(account.name, account.role, now + IDLE_TIMEOUT)

    async def find(self, token: str, now: int) -> LoginSession:
        """Who holds the token; raises `NotLoggedIn`."""
        row = await self._row(token)
        if row is None or row.disabled or now >= (until := _expires_at(row)):
            raise NotLoggedIn("nobody is logged in, or not any more")
        return LoginSession(row.account, Role(row.role), until)

    async def find_and_extend(self, token: str, now: int) -> LoginSession:
        """As `find`, and whoever it is goes on."""
        session = await self.find(token, now)
        if session.expires_at < now + IDLE_TIMEOUT - _EXTEND_PRECISION:
            of_it = sessions.c.key == credentials.token_digest(token)
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    await connection.execute(sa.update(sessions).where(of_it).values(used_at=now))
        return session

    async def log_out(self, token: str) -> None:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(
                    sa.delete(sessions).where(sessions.c.key == credentials.token_digest(token))
                )

    async def _row(self, token: str) -> sa.Row[tuple[object, ...]] | None:
        found = (
            sa.select(sessions, accounts.c.role, accounts.c.disabled)
            .join(accounts, accounts.c.name == sessions.c.account)
            .where(sessions.c.key == credentials.token_digest(token))
        )
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return (await connection.execute(found)).one_or_none()

    async def _begin_attempt(self, name: str, now: int) -> Account | None:
        """The same work whether there is such an account or not, so that nobody finds out which there are."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                failures = await login_attempts.begin_attempt(connection, name, now)
                named = sa.select(accounts).where(accounts.c.name == name, ~accounts.c.disabled)
                row = (await connection.execute(named)).one_or_none()
                if row is not None and failures == lockout.FREE_FAILURES + 1:
                    await audit_log.append(connection, AuditEvent(now, name, "account.locked", name, {}))
                return account_from_row(row) if row is not None else None

    async def _record_login(
        self, connection: AsyncConnection, account: Account, now: int, step: int | None
    ) -> None:
        """The code is used up, and the secret sealed with the newest key: old keys may go some day.

        Of two who show one code at the same moment, the second is refused.
        """
        same = (accounts.c.name == account.name) & (accounts.c.password == account.password)
        unused = accounts.c.code_step == account.code_step
        values = {
            "last_login": now,
            "code_step": account.code_step if step is None else step,
            "code_secret": self._accounts.resealed_secret(account),
        }
        noted = await connection.execute(sa.update(accounts).where(same & unused).values(values))
        if noted.rowcount != 1:
            raise LoginRefused(_WRONG_CREDENTIALS)
        await login_attempts.clear_attempts(connection, account.name)


def _expires_at(row: sa.Row[tuple[object, ...]]) -> int:
    return int(min(row.used_at + IDLE_TIMEOUT, row.opened_at + MAX_AGE))
