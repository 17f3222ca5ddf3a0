"""Accounts of moderators in the database. Admins and the operator invite people; no account is deleted."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest, NotFound, PassRefused, TooLate
from services.contract.sealing import Sealer

from ...core.audit_chain import AuditEvent
from ...core.roles import Role
from ..storage.audit_log import AuditWriter
from ..storage.database import INSERT, for_writing, raising_unavailable
from ..storage.tables import accounts, sessions
from . import credentials, login_attempts
from .errors import Conflict, LoginRefused
from .identity_provider import Identity

TOTP_SECRET_CONTEXT = b"zufall console code 1"
"""The sealing context for the secrets of authenticators."""

INVITATION_LIFETIME = 24 * 3600 * 1000
"""An invitation is valid for this many milliseconds."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may log in with a password or through the identity provider."""

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
    """A token with which somebody sets a password once. `expires_at` is in Unix milliseconds."""

    name: str
    token: str
    expires_at: int

    @property
    def path(self) -> str:
        """The page that accepts it. No browser sends what follows the #, so the token stands in no log."""
        return f"/console#invitation={self.token}"


@dataclass(frozen=True, slots=True)
class OpenedInvitation:
    """An invitation that somebody looks at. `opening` is the secret, sealed, which they send to accept it."""

    account: Account
    secret: bytes
    opening: str


class SqlAccounts:
    """Reads and changes accounts."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer, audit: AuditWriter) -> None:
        """Take the sealer for the secrets of authenticators."""
        self._engine = engine
        self._writer = for_writing(engine)
        self._sealer = sealer
        self._audit = audit

    async def all(self) -> list[Account]:
        """Return all accounts, ordered by name."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                rows = await connection.execute(sa.select(accounts).order_by(accounts.c.name))
                return [account_from_row(row) for row in rows]

    async def lockouts(self) -> dict[str, int]:
        """Return by name until when accounts are or were locked, in Unix milliseconds."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                names = await connection.scalars(sa.select(accounts.c.name))
                return await login_attempts.lockouts(connection, list(names))

    async def invite(self, name: str, role: Role, actor: str, now: int) -> Invitation:
        """Create an account; raise `Conflict` if the name is taken."""
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
                await self._audit.append(connection, AuditEvent(now, actor, "account.invited", name, details))
        return invitation

    async def reinvite(self, name: str, actor: str, now: int, role: Role | None = None) -> Invitation:
        """Invite again: the password, the code, all sessions and the binding to an identity end.

        The role changes if one is given. Raise `NotFound`, or `Conflict` if no admin would be left.
        """
        invitation, columns = self._new_invitation(name, now)
        if role is not None:
            columns["role"] = int(role)
        await self._change(name, columns, actor, "account.renewed", now)
        return invitation

    async def change(
        self, name: str, role: Role | None, disabled: bool | None, actor: str, now: int
    ) -> Account:
        """Change what is not None, and end the sessions of the account.

        Raise `NotFound`, or `Conflict` if no admin would be left.
        """
        changes: dict[str, object] = {}
        if role is not None:
            changes["role"] = int(role)
        if disabled is not None:
            changes["disabled"] = disabled
        if not changes:
            raise InvalidRequest("nothing would change: give a role, or whether the account is disabled")
        return await self._change(name, changes, actor, "account.changed", now)

    async def find_invited(self, token: str, now: int) -> Account:
        """Return the invited account; raise `TooLate` if the invitation was used or has expired."""
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _find_invited(connection, token, now)

    async def open_invitation(self, token: str, now: int) -> OpenedInvitation:
        """Make a secret for whoever opens it, which only the acceptance keeps; raise `TooLate`."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                account = await _find_invited(connection, token, now)
                event = AuditEvent(now, account.name, "account.opened", account.name, {})
                await self._audit.append(connection, event)
        secret = credentials.new_totp_secret()
        return OpenedInvitation(account, secret, self._sealer.seal(credentials.token_digest(token) + secret))

    def opened_secret(self, token: str, opening: str) -> bytes:
        """Return the secret that an opening of this invitation made; raise `InvalidRequest` otherwise."""
        key = credentials.token_digest(token)
        try:
            made = self._sealer.open(opening)
        except PassRefused:
            made = b""
        if not made.startswith(key):
            raise InvalidRequest("this is not of an opening of the invitation: open its link again")
        return made.removeprefix(key)

    async def accept_invitation(self, token: str, hashed: str, secret: bytes, step: int, now: int) -> Account:
        """Set the password and the secret of the authenticator, and end the invitation.

        `step` is the step of the code that they entered.
        """
        key, sealed = credentials.token_digest(token), self._sealer.seal(secret)
        values = {
            "password": hashed,
            "code_secret": sealed,
            "code_step": step,
            "invitation": b"",
            "invited_until": 0,
        }
        with raising_unavailable():
            async with self._writer.begin() as connection:
                account = await _find_invited(connection, token, now)
                unused = (accounts.c.name == account.name) & (accounts.c.invitation == key)
                used = await connection.execute(sa.update(accounts).where(unused).values(values))
                if used.rowcount != 1:
                    raise TooLate("the invitation was used already")
                await self._audit.append(
                    connection, AuditEvent(now, account.name, "account.accepted", account.name, {})
                )
                return replace(account, password=hashed, code_secret=sealed, code_step=step, invitation=b"")

    async def find(self, name: str) -> Account | None:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _find(connection, name)

    async def find_by_identity(self, identity: Identity) -> Account | None:
        """Return the account that is bound to the identity."""
        bound = (accounts.c.issuer == identity.issuer) & (accounts.c.subject == identity.subject)
        with raising_unavailable():
            async with self._engine.connect() as connection:
                row = (await connection.execute(sa.select(accounts).where(bound))).one_or_none()
                return None if row is None else account_from_row(row)

    async def bind(self, name: str, identity: Identity, now: int) -> Account:
        """Bind an account; raise `LoginRefused` if it is bound to another identity of this issuer."""
        free = accounts.c.issuer.is_(None) | (accounts.c.issuer != identity.issuer)
        bound = {"issuer": identity.issuer, "subject": identity.subject}
        with raising_unavailable():
            async with self._writer.begin() as connection:
                account = await _find(connection, name)
                if account is None or account.disabled:
                    raise LoginRefused("you have no account here: an admin can make one")
                update = sa.update(accounts).where((accounts.c.name == name) & free).values(bound)
                if (await connection.execute(update)).rowcount != 1:
                    raise LoginRefused("your account is bound to another person at the provider")
                await self._audit.append(connection, AuditEvent(now, name, "account.bound", name, bound))
                return replace(account, issuer=identity.issuer, subject=identity.subject)

    async def reseal(self) -> None:
        """Seal with the newest key all secrets that were sealed with another one."""
        for account in await self.all():
            own = (accounts.c.name == account.name) & (accounts.c.code_secret == account.code_secret)
            sealed = {"code_secret": self.resealed_secret(account)}
            with raising_unavailable():
                async with self._writer.begin() as connection:
                    await connection.execute(sa.update(accounts).where(own).values(sealed))

    def totp_secret(self, account: Account) -> bytes:
        """Return the secret of the account's authenticator; raise `LoginRefused` if its key is gone."""
        try:
            return self._sealer.open(account.code_secret)
        except PassRefused:
            raise LoginRefused("your code can no longer be checked: an admin can invite you again") from None

    def resealed_secret(self, account: Account) -> str:
        """Return the secret sealed with the newest key, or as it is if its key is gone."""
        try:
            return self._sealer.seal(self._sealer.open(account.code_secret))
        except PassRefused:  # a login without a code does not need it
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
                named = accounts.c.name == name
                was = (await connection.execute(sa.select(accounts).where(named).with_for_update())).first()
                if was is None:
                    raise NotFound(f"there is no account {name}")
                changed = sa.update(accounts).where(named).values(changes).returning(accounts)
                account = account_from_row((await connection.execute(changed)).one())
                await connection.execute(sa.delete(sessions).where(sessions.c.account == name))
                if "invitation" in changes:
                    await login_attempts.clear_attempts(connection, name)
                await self._audit.lock(connection)
                if was.role == Role.ADMIN and not was.disabled:
                    await _check_admins(connection)
                details = {"role": account.role.name.lower(), "state": account.state}
                await self._audit.append_locked(connection, AuditEvent(now, actor, action, name, details))
                return account


async def _check_admins(connection: AsyncConnection) -> None:
    """Check that an admin is left. The lock of the audit log puts changes in order."""
    admins = sa.select(sa.func.count()).where(accounts.c.role == Role.ADMIN, ~accounts.c.disabled)
    if not await connection.scalar(admins):
        raise Conflict("no admin would be left")


async def _find(connection: AsyncConnection, name: str) -> Account | None:
    row = (await connection.execute(sa.select(accounts).where(accounts.c.name == name))).one_or_none()
    return None if row is None else account_from_row(row)


async def _find_invited(connection: AsyncConnection, token: str, now: int) -> Account:
    invited = sa.select(accounts).where(accounts.c.invitation == credentials.token_digest(token))
    row = (await connection.execute(invited)).one_or_none()
    if row is None or row.invited_until <= now or row.disabled:
        raise TooLate("the invitation was used or has expired: ask for a new one")
    return account_from_row(row)


def account_from_row(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(**{**row._mapping, "role": Role(row.role)})
