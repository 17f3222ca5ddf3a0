"""Login sessions in the database, where every replica finds them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ...core import lockout
from ...core.audit_chain import AuditEvent
from ...core.roles import Role
from ..storage.audit_log import AuditWriter
from ..storage.database import for_writing, raising_unavailable
from ..storage.tables import accounts, sessions
from . import credentials, login_attempts
from .accounts import Account, SqlAccounts, account_from_row
from .errors import LoginRefused, NotLoggedIn
from .password_hasher import PasswordHasherPool

IDLE_TIMEOUT = 30 * 60_000
"""A session ends after this many milliseconds without a request."""

MAX_AGE = 12 * 3_600_000
"""A session ends after this many milliseconds in any case."""

_WRONG_CREDENTIALS = "the name, the password or the code is wrong; each code is good for one login"

_WRONG_CODE = "the code is wrong or used up; if you have none, log out, and log in again"

_EXTEND_PRECISION = 60_000
"""The last use of a session is stored only if it is this many milliseconds newer."""


@dataclass(frozen=True, slots=True)
class LoginSession:
    """A session. It ends at `expires_at` unless it is used before, and had a code at `confirmed_at`.

    Both are in Unix milliseconds.
    """

    name: str
    role: Role
    expires_at: int
    confirmed_at: int


class SqlLoginSessions:
    """Checks passwords and codes, and keeps the sessions."""

    def __init__(
        self, engine: AsyncEngine, accounts: SqlAccounts, hasher: PasswordHasherPool, audit: AuditWriter
    ) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._accounts = accounts
        self._hasher = hasher
        self._audit = audit

    async def log_in(
        self, name: str, password: str, code: str, origin: bytes, now: int
    ) -> tuple[str, LoginSession]:
        """Log in and return a token for the browser. Raise `LoginRefused` whatever is wrong, or `Locked`.

        `origin` says where the attempt counts.
        """
        # The slot comes first, so that nobody's attempt counts while the slots are taken.
        async with self._hasher.slot() as verify:
            account = await self._begin_attempt(name, origin, now)
            good = await verify(password, account.password if account else "")
        if account is None or not good:
            raise LoginRefused(_WRONG_CREDENTIALS)
        if (step := self._unused_step(account, code, now)) is None:
            raise LoginRefused(_WRONG_CREDENTIALS)
        return await self.create_session(account, "password", now, step, origin)

    async def create_session(
        self,
        account: Account,
        how: str,
        now: int,
        step: int | None = None,
        origin: bytes | None = None,
        confirmed_at: int | None = None,
    ) -> tuple[str, LoginSession]:
        """Create a session for a checked account, and forget the attempts of the origin.

        `step` is the step of the code, if there was one. `confirmed_at` is when they proved who they are, if
        that was not now.
        """
        confirmed_at = now if confirmed_at is None else confirmed_at
        token = credentials.new_token()
        opened = {
            "key": credentials.token_digest(token),
            "account": account.name,
            "opened_at": now,
            "used_at": now,
            "confirmed_at": confirmed_at,
        }
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._record_login(connection, account, now, step)
                if origin is not None:
                    await login_attempts.clear_attempts(connection, account.name, origin)
                await connection.execute(sa.delete(sessions).where(sessions.c.used_at < now - MAX_AGE))
                await connection.execute(sa.insert(sessions).values(opened))
                event = AuditEvent(now, account.name, "account.entered", account.name, {"by": how})
                await self._audit.append(connection, event)
        return token, LoginSession(account.name, account.role, now + IDLE_TIMEOUT, confirmed_at)

    async def find(self, token: str, now: int) -> LoginSession:
        """Return the session of the token; raise `NotLoggedIn`."""
        row = await self._row(token)
        if row is None or row.disabled or now >= (until := _expires_at(row)):
            raise NotLoggedIn("nobody is logged in, or the session has ended")
        return LoginSession(row.account, Role(row.role), until, row.confirmed_at)

    async def find_and_extend(self, token: str, now: int) -> LoginSession:
        """Return the session and extend it; raise `NotLoggedIn`."""
        session = await self.find(token, now)
        if session.expires_at < now + IDLE_TIMEOUT - _EXTEND_PRECISION:
            of_it = sessions.c.key == credentials.token_digest(token)
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    await connection.execute(sa.update(sessions).where(of_it).values(used_at=now))
        return session

    async def confirm(self, token: str, code: str, now: int) -> None:
        """Note that the person in the session has an unused code; raise `LoginRefused` or `Locked`.

        Wrong codes count for this session alone.
        """
        name, key = (await self.find(token, now)).name, credentials.token_digest(token)
        account = await self._begin_attempt(name, key, now)
        step = self._unused_step(account, code, now) if account is not None and account.password else None
        if account is None or step is None:
            raise LoginRefused(_WRONG_CODE)
        confirmed = sa.update(sessions).where(sessions.c.key == key).values(confirmed_at=now)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await self._use_up(connection, account, step)
                await connection.execute(confirmed)
                await login_attempts.clear_attempts(connection, name, key)
                await self._audit.append(connection, AuditEvent(now, name, "account.confirmed", name, {}))

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

    async def _begin_attempt(self, name: str, origin: bytes, now: int) -> Account | None:
        """Count the attempt and return the account. It takes as long for a name without an account."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                failures = await login_attempts.begin_attempt(connection, name, origin, now)
                named = sa.select(accounts).where(accounts.c.name == name, ~accounts.c.disabled)
                row = (await connection.execute(named)).one_or_none()
                if row is not None and failures == lockout.FREE_FAILURES + 1:
                    await self._audit.append(connection, AuditEvent(now, name, "account.locked", name, {}))
                return account_from_row(row) if row is not None else None

    def _unused_step(self, account: Account, code: str, now: int) -> int | None:
        """Return the step of the code, or None if it is wrong or not newer than the last one."""
        step = credentials.matching_totp_step(self._accounts.totp_secret(account), code, now)
        return None if step is None or step <= account.code_step else step

    async def _use_up(self, connection: AsyncConnection, account: Account, step: int) -> None:
        """Use up the code; raise `LoginRefused` if somebody else has used it at the same moment."""
        unused = (accounts.c.name == account.name) & (accounts.c.code_step == account.code_step)
        used = await connection.execute(sa.update(accounts).where(unused).values(code_step=step))
        if used.rowcount != 1:
            raise LoginRefused(_WRONG_CODE)

    async def _record_login(
        self, connection: AsyncConnection, account: Account, now: int, step: int | None
    ) -> None:
        """Use up the code, and seal the secret with the newest key, so that old keys can be removed.

        If one code is entered twice at the same moment, the second login is refused.
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


def _expires_at(row: sa.Row[tuple[object, ...]]) -> int:
    return int(min(row.used_at + IDLE_TIMEOUT, row.opened_at + MAX_AGE))
