"""The API for logging in and out, and for accepting an invitation."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from services.contract.errors import InvalidRequest
from services.runtime.http_responses import json_response

from ..proto_mapping import without_nul
from . import credentials
from .account_views import (
    AcceptInvitationRequest,
    ConfirmationRequest,
    InvitationDetails,
    InvitationRequest,
    LoginMethods,
    LoginRequest,
    SessionView,
)
from .accounts import SqlAccounts
from .auth import ConsoleAuth, Routes
from .http import read_json
from .identity_provider import OidcSettings
from .login_sessions import LoginSession, SqlLoginSessions
from .password_hasher import PasswordHasherPool
from .views import api_name


class LoginApi:
    """Handles logins with a password. `provider` is named on the login page if there is one."""

    def __init__(
        self,
        auth: ConsoleAuth,
        accounts: SqlAccounts,
        sessions: SqlLoginSessions,
        hasher: PasswordHasherPool,
        provider: OidcSettings | None,
        now: Callable[[], int],
    ) -> None:
        self._auth = auth
        self._accounts = accounts
        self._sessions = sessions
        self._hasher = hasher
        self._provider = provider
        self._now = now

    def routes(self) -> Routes:
        return {
            ("GET", "/ways"): self.login_methods,
            ("POST", "/session"): self.log_in,
            ("GET", "/session"): self.session,
            ("DELETE", "/session"): self.log_out,
            ("POST", "/session/confirm"): self.confirm,
            ("POST", "/invitation"): self.invitation_details,
            ("POST", "/invitation/accept"): self.accept_invitation,
        }

    async def login_methods(self, _: web.Request) -> web.Response:
        """Return the ways to log in."""
        return json_response(
            LoginMethods(password=True, oidc=self._provider.name if self._provider else None)
        )

    async def log_in(self, request: web.Request) -> web.Response:
        """Log in. A browser that is known is not slowed by what others of its network do."""
        login = await read_json(request, LoginRequest)
        name, code = without_nul(login.name.strip().lower()), login.code.replace(" ", "")
        origin = self._auth.login_origin(request, name)
        if not origin.known:
            self._auth.check_login_rate(request)
        password = login.password if len(login.password) <= credentials.PASSWORD_MAX else ""
        token, session = await self._sessions.log_in(name, password, code, origin.key, self._now())
        response = self._auth.remember_device(_session_response(session, 201), name)
        return self._auth.set_session_cookie(response, token)

    async def session(self, request: web.Request) -> web.Response:
        """Return the session."""
        return _session_response(await self._sessions.find(self._auth.session_token(request), self._now()))

    async def confirm(self, request: web.Request) -> web.Response:
        """Take a code, with which the session may do what needs one of the last minutes."""
        code = (await read_json(request, ConfirmationRequest)).code.replace(" ", "")
        await self._sessions.confirm(self._auth.session_token(request), code, self._now())
        return web.Response(status=204)

    async def log_out(self, request: web.Request) -> web.Response:
        await self._sessions.log_out(self._auth.session_token(request))
        return self._auth.clear_session_cookie(web.Response(status=204))

    async def invitation_details(self, request: web.Request) -> web.Response:
        """Return a new secret, which an invited person puts into their authenticator."""
        token = (await read_json(request, InvitationRequest)).token
        opened = await self._accounts.open_invitation(token, self._now())
        uri = credentials.provisioning_uri(opened.secret, opened.account.name)
        return json_response(
            InvitationDetails(
                opened.account.name,
                api_name(opened.account.role),
                credentials.base32(opened.secret),
                uri,
                credentials.qr_svg(uri),
                opened.opening,
            )
        )

    async def accept_invitation(self, request: web.Request) -> web.Response:
        """Set the password and log in. The code proves that the authenticator works."""
        given = await read_json(request, AcceptInvitationRequest)
        now = self._now()
        account = await self._accounts.find_invited(given.token, now)
        await asyncio.to_thread(credentials.check_password, given.password, account.name)
        secret = self._accounts.opened_secret(given.token, given.opening)
        step = credentials.matching_totp_step(secret, given.code.replace(" ", ""), now)
        if step is None:
            raise InvalidRequest("the code is wrong: is the clock of the authenticator right?")
        hashed = await self._hasher.hash(given.password)
        accepted = await self._accounts.accept_invitation(given.token, hashed, secret, step, now)
        token, session = await self._sessions.create_session(accepted, "invitation", now)
        response = self._auth.remember_device(_session_response(session, 201), accepted.name)
        return self._auth.set_session_cookie(response, token)


def _session_response(session: LoginSession, status: int = 200) -> web.Response:
    return json_response(SessionView(session.name, api_name(session.role), session.expires_at), status)
