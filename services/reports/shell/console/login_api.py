"""Logging in and out, and how somebody who was invited makes a password."""

from collections.abc import Callable

from aiohttp import web
from msgspec import Struct

from services.contract.errors import InvalidRequest
from services.runtime.http_responses import json_response

from ..proto_mapping import without_nul
from . import credentials
from .accounts import SqlAccounts
from .door import Door, Handlers
from .hashing import Hashing
from .http import body
from .oidc import Provider
from .sessions import Session, SqlSessions
from .views import Acceptance, InvitationToken, Login, word


class SessionView(Struct, frozen=True):
    name: str
    role: str
    expires_at: int


class LoginApi:
    """`provider` names who else vouches for people, if anybody does."""

    def __init__(
        self,
        door: Door,
        accounts: SqlAccounts,
        sessions: SqlSessions,
        hashing: Hashing,
        provider: Provider | None,
        now: Callable[[], int],
    ) -> None:
        self._door = door
        self._accounts = accounts
        self._sessions = sessions
        self._hashing = hashing
        self._provider = provider
        self._now = now

    def handlers(self) -> Handlers:
        return {
            ("GET", "/ways"): self.ways,
            ("POST", "/session"): self.log_in,
            ("GET", "/session"): self.session,
            ("DELETE", "/session"): self.log_out,
            ("POST", "/invitation"): self.invitation,
            ("POST", "/invitation/accept"): self.accept,
        }

    async def ways(self, _: web.Request) -> web.Response:
        """How one may log in."""
        return json_response({"password": True, "oidc": self._provider.name if self._provider else None})

    async def log_in(self, request: web.Request) -> web.Response:
        self._door.check_pace(request)
        login = await body(request, Login)
        name, code = without_nul(login.name.strip().lower()), login.code.replace(" ", "")
        password = login.password if len(login.password) <= credentials.LONGEST else ""
        token, session = await self._sessions.log_in(name, password, code, self._now())
        return self._door.open(_told(session, 201), token)

    async def session(self, request: web.Request) -> web.Response:
        """Who is logged in."""
        return _told(await self._sessions.find(self._door.token(request), self._now()))

    async def log_out(self, request: web.Request) -> web.Response:
        await self._sessions.log_out(self._door.token(request))
        return self._door.close(web.Response(status=204))

    async def invitation(self, request: web.Request) -> web.Response:
        """What somebody who was invited puts into their authenticator."""
        account = await self._accounts.invited((await body(request, InvitationToken)).token, self._now())
        secret = self._accounts.secret(account)
        uri = credentials.uri(secret, account.name)
        return json_response(
            {
                "name": account.name,
                "role": word(account.role),
                "secret": credentials.base32(secret),
                "uri": uri,
                "qr": credentials.picture(uri),
            }
        )

    async def accept(self, request: web.Request) -> web.Response:
        """Takes a code, too: a password without a working authenticator would lock them out."""
        given = await body(request, Acceptance)
        now = self._now()
        account = await self._accounts.invited(given.token, now)
        credentials.check_password(given.password)
        step = credentials.step_of(self._accounts.secret(account), given.code.replace(" ", ""), now)
        if step is None:
            raise InvalidRequest("the code is wrong: is the clock of the authenticator right?")
        hashed = await self._hashing.hashed(given.password)
        accepted = await self._accounts.accept(given.token, hashed, step, now)
        token, session = await self._sessions.let_in(accepted, "invitation", now)
        return self._door.open(_told(session, 201), token)


def _told(session: Session, status: int = 200) -> web.Response:
    return json_response(SessionView(session.name, word(session.role), session.until), status)
