"""Accounts of moderators in the database: invited by an admin or the operator, never deleted."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest, NotFound, PassRefused, TooLate
from services.contract.sealing import Sealer

from ...core.audit_chain import AuditEvent
from ...core.roles import Role
from ..storage import audit_log
from ..storage.cases import INSERT
from ..storage.database import for_writing, raising_unavailable
from ..storage.tables import accounts, sessions
from . import credentials, login_attempts
from .errors import Conflict, LoginRefused
from .identity_provider import Identity

TOTP_SECRET_CONTEXT = b"zufall console code 1"
"""What the secrets of authenticators are sealed for."""

INVITATION_LIFETIME = 24 * 3600 * 1000
"""Milliseconds for which an invitation is good."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in once they have a password, or through the provider of identities."""

    name: str
    role: Role
    password: str
    code_secret: str
    code_step: int
    invitation: bytes
    invited_until: int
    disabled: bool
    last_login: int
    issuer: str | None
    subject: str | None

    @property
    def state(self) -> str:
        if self.disabled:
            return "disabled"
        return "invited" if self.invitation else "active"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token that makes a password once. `until` in Unix milliseconds."""

    name: str
    token: str
    expires_at: int

    @property
    def path(self) -> str:
        """Where it is taken. What is behind the # is sent to no server, and so stands in no log."""
        return f"/console#invitation={self.token}"


class SqlAccounts:
    """Who may log in."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer) -> None:
        """`sealer` is for the secrets of authenticators."""
        self._engine = engine
        self._writer = for_writing(engine)
        self._sealer = sealer

    async def all(self) -> list[Account]:
        """By name."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(sa.select(accounts).order_by(accounts.c.name))
                return [account_from_row(row) for row in rows]

    async def lockouts(self) -> dict[str, int]:
        """Until when (Unix milliseconds) accounts are closed, by name, or were; most never were."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                names = await connection.scalars(sa.select(accounts.c.name))
                return await login_attempts.lockouts(connection, list(names))

    async def invite(self, name: str, role: Role, actor: str, now: int) -> Invitation:
        """A new account; raises `Conflict` when there is one of this name."""
        invitation, columns = self._new_invitation(name, now)
        row = {
            "name": name,
            "role": int(role),
            "code_step": 0,
            "disabled": False,
            "last_login": 0,
            **columns,
        }
        with raising_unavailable():
            async with self._writer.begin() as connection:
                insert = INSERT[connection.dialect.name](accounts).values(row).on_conflict_do_nothing()
                if (await connection.execute(insert)).rowcount != 1:
                    raise Conflict(f"there is an account {name} already")
                details = {"role": role.name.lower()}
                await audit_log.append(connection, AuditEvent(now, actor, "account.invited", name, details))
        return invitation

    async def reinvite(self, name: str, actor: str, now: int) -> Invitation:
        """A new password is to be made; the old one, and whoever is logged in with it, is out."""
        invitation, columns = self._new_invitation(name, now)
        await self._change(name, columns, actor, "account.renewed", now)
        return invitation

    async def change(
        self, name: str, role: Role | None, disabled: bool | None, actor: str, now: int
    ) -> Account:
        """What is None stays; who is logged in is logged out.

        Raises `NotFound`, or `Conflict` when no admin would be left.
        """
        changes: dict[str, object] = {}
        if role is not None:
            changes["role"] = int(role)
        if disabled is not None:
            changes["disabled"] = disabled
        if not changes:
            raise InvalidRequest("nothing is to change: give a role, or whether the account is disabled")
        return await self._change(name, changes, actor, "account.changed", now)

    async def find_invited(self, token: str, now: int) -> Account:
        """Whom the invitation is for; raises `TooLate` when it was used or is over."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _find_invited(connection, token, now)

    async def accept_invitation(self, token: str, hashed: str, step: int, now: int) -> Account:
        """The password holds from now on, and the invitation is used; `step` is of the code they showed."""
        key = credentials.token_digest(token)
        made = {"password": hashed, "code_step": step, "invitation": b"", "invited_until": 0}
        with raising_unavailable():
            async with self._writer.begin() as connection:
                account = await _find_invited(connection, token, now)
                unused = (accounts.c.name == account.name) & (accounts.c.invitation == key)
                used = await connection.execute(sa.update(accounts).where(unused).values(made))
                if used.rowcount != 1:
                    raise TooLate("the invitation was used already")
                await audit_log.append(
                    connection, AuditEvent(now, account.name, "account.accepted", account.name, {})
                )
                return replace(account, password=hashed, code_step=step, invitation=b"")

    async def find(self, name: str) -> Account | None:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _find(connection, name)

    async def find_by_identity(self, identity: Identity) -> Account | None:
        """Returns the account that is bound to the identity."""
        bound = (accounts.c.issuer == identity.issuer) & (accounts.c.subject == identity.subject)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(sa.select(accounts).where(bound))).one_or_none()
                return None if row is None else account_from_row(row)

    async def bind(self, name: str, identity: Identity, now: int) -> Account:
        """Binds an account; raises `LoginRefused` if it is bound to another identity of this issuer."""
        free = accounts.c.issuer.is_(None) | (accounts.c.issuer != identity.issuer)
        bound = {"issuer": identity.issuer, "subject": identity.subject}
        with raising_unavailable():
            async with self._writer.begin() as connection:
                account = await _find(connection, name)
                if account is None or account.disabled:
                    raise LoginRefused(f"{name} has no account here: an admin can make one")
                update = sa.update(accounts).where((accounts.c.name == name) & free).values(bound)
                if (await connection.execute(update)).rowcount != 1:
                    raise LoginRefused(f"the account {name} is bound to another person at the provider")
                await audit_log.append(connection, AuditEvent(now, name, "account.bound", name, bound))
                return replace(account, issuer=identity.issuer, subject=identity.subject)

    def totp_secret(self, account: Account) -> bytes:
        """Of the account's authenticator; raises `LoginRefused`."""
        try:
            return self._sealer.open(account.code_secret)
        except PassRefused:
            raise LoginRefused("the key that kept your code is gone: an admin can invite you anew") from None

    def resealed_secret(self, account: Account) -> str:
        """The secret, sealed with the newest key of the ring, if its own is still there."""
        try:
            return self._sealer.seal(self._sealer.open(account.code_secret))
        except PassRefused:  # whoever comes in without a code does not need it
            return account.code_secret

    def _new_invitation(self, name: str, now: int) -> tuple[Invitation, dict[str, object]]:
        invitation = Invitation(name, credentials.new_token(), now + INVITATION_LIFETIME)
        return invitation, {
            "password": "",
            "code_secret": self._sealer.seal(credentials.new_totp_secret()),
            "invitation": credentials.token_digest(invitation.token),
            "invited_until": invitation.expires_at,
            "issuer": None,
            "subject": None,
        }

    async def _change(
        self, name: str, changes: dict[str, object], actor: str, action: str, now: int
    ) -> Account:
        with raising_unavailable():
            async with self._writer.begin() as connection:
                await connection.execute(sa.update(accounts).where(accounts.c.name == name).values(changes))
                account = await _find(connection, name)
                if account is None:
                    raise NotFound(f"there is no account {name}")
                await connection.execute(sa.delete(sessions).where(sessions.c.account == name))
                if "invitation" in changes:
                    await login_attempts.clear_attempts(connection, name)
                details = {"role": account.role.name.lower(), "state": account.state}
                await audit_log.append(connection, AuditEvent(now, actor, action, name, details))
                if changes.keys() & {"role", "disabled"}:
                    await _check_admins(connection)
                return account


async def _check_admins(connection: AsyncConnection) -> None:
    """After the entry in the audit log, which two who change one another write one after the other."""
    admins = sa.select(sa.func.count()).where(accounts.c.role == Role.ADMIN, ~accounts.c.disabled)
    if not await connection.scalar(admins):
        raise Conflict("no admin would be left")


async def _find(connection: AsyncConnection, name: str) -> Account | None:
    row = (await connection.execute(sa.select(accounts).where(accounts.c.name == name))).one_or_none()
    return None if row is None else account_from_row(row)


async def _find_invited(connection: AsyncConnection, token: str, now: int) -> Account:
    named = sa.select(accounts).where(accounts.c.invitation == credentials.token_digest(token))
    row = (await connection.execute(named)).one_or_none()
    if row is None or row.invited_until <= now or row.disabled:
        raise TooLate("the invitation was used, or is over: ask for a new one")
    return account_from_row(row)


def account_from_row(row: sa.Row[tuple[object, ...]]) -> Account:
    """The account in a row of its table."""
    return Account(**{**row._mapping, "role": Role(row.role)})
