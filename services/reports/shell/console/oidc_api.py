"""The API for logins through an identity provider, which says who somebody is."""

import secrets
from collections.abc import Callable

import msgspec
from aiohttp import web

from services.contract.errors import PassRefused, TooFast, Unavailable
from services.contract.sealing import Sealer
from services.runtime.http_responses import Handler

from ..proto_mapping import without_nul
from .accounts import Account, SqlAccounts
from .auth import ConsoleAuth, Routes
from .errors import LoginRefused
from .identity_provider import Identity, IdentityProvider, LoginState, OidcSettings
from .login_sessions import SqlLoginSessions

LOGIN_TIMEOUT = 600
"""A login at the provider may take this many seconds."""

_PROVIDER_ERRORS = (
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_scope",
    "login_required",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
)
"""Errors of RFC 6749, 4.1.2.1, and OpenID Connect Core, 3.1.2.6. Other text is not repeated."""


class OidcApi:
    """Sends people to the provider and takes them back. Without a provider every login is refused."""

    def __init__(
        self,
        settings: OidcSettings | None,
        provider: IdentityProvider | None,
        auth: ConsoleAuth,
        accounts: SqlAccounts,
        sessions: SqlLoginSessions,
        sealer: Sealer,
        now: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._auth = auth
        # As in `auth.py`: no other host of the domain may set this cookie.
        self._cookie = "__Host-zufall-console-oidc" if auth.secure else "zufall-console-oidc"
        self._accounts = accounts
        self._sessions = sessions
        self._sealer = sealer
        self._now = now

    def routes(self) -> Routes:
        return {
            ("GET", "/oidc"): _redirecting_errors(self._auth, self.authorize),
            ("GET", "/oidc/return"): _redirecting_errors(self._auth, self.callback),
        }

    async def authorize(self, request: web.Request) -> web.Response:
        """Redirect to the provider."""
        self._auth.check_login_rate(request)
        _, provider = self._configured()
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        login = LoginState(state, nonce, code_verifier, self._now() + LOGIN_TIMEOUT * 1000)
        response = _redirect(await provider.authorization_url(login))
        # Lax, because the provider's page is another site and sends people back with this cookie.
        response.set_cookie(
            self._cookie,
            self._sealer.seal(msgspec.msgpack.encode(login)),
            path="/",
            max_age=LOGIN_TIMEOUT,
            secure=self._auth.secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    async def callback(self, request: web.Request) -> web.Response:
        """Exchange the code from the provider for an identity, and log in."""
        self._auth.check_login_rate(request)
        settings, provider = self._configured()
        login = self._login_state(request)
        if not secrets.compare_digest(request.query.get("state", "").encode(), login.state.encode()):
            raise LoginRefused("this login was not started in this browser: start again")
        if "code" not in request.query:
            error = request.query.get("error", "")
            why = error if error in _PROVIDER_ERRORS else "it does not say why"
            raise LoginRefused(f"{settings.name} did not let you in: {why}")
        identity = await provider.identify(request.query["code"], login)
        account = await self._account(identity, settings)
        now = self._now()
        proved_at = now if identity.proved_at is None else max(0, min(identity.proved_at, now))
        token, _ = await self._sessions.create_session(account, "provider", now, confirmed_at=proved_at)
        response = self._auth.set_session_cookie(_redirect("/console"), token)
        response.del_cookie(self._cookie, path="/", secure=self._auth.secure)
        return response

    async def _account(self, identity: Identity, settings: OidcSettings) -> Account:
        """Return the account that is bound to the identity, or bind the one of that name."""
        account = await self._accounts.find_by_identity(identity)
        if account is None:
            name = _account_name(identity, settings)
            account = await self._accounts.bind(name, identity, self._now())
        if account.disabled:
            raise LoginRefused("your account is disabled")
        return account

    def _configured(self) -> tuple[OidcSettings, IdentityProvider]:
        if self._settings is None or self._provider is None:
            raise LoginRefused("no identity provider is configured")
        return self._settings, self._provider

    def _login_state(self, request: web.Request) -> LoginState:
        try:
            content = self._sealer.open(request.cookies.get(self._cookie, ""))
        except PassRefused:
            raise LoginRefused("this login was not started in this browser: start again") from None
        login = msgspec.msgpack.decode(content, type=LoginState)
        if login.expires_at < self._now():
            raise LoginRefused("this login took too long: start again")
        return login


def _account_name(identity: Identity, settings: OidcSettings) -> str:
    """Return the name that the claim gives; raise `LoginRefused`.

    Mail addresses are compared in lower case if they are ASCII: the lower case of the Kelvin sign is a k.
    """
    name = identity.claim
    if not isinstance(name, str) or not name:
        raise LoginRefused(f"{settings.name} does not say your {settings.claim}")
    if settings.claim != "email":
        return without_nul(name)
    if not identity.email_verified:
        raise LoginRefused(f"{settings.name} has not verified your email address")
    return without_nul(name.lower() if name.isascii() else name)


def _redirecting_errors(auth: ConsoleAuth, handler: Handler) -> Handler:
    """Send a browser back to the page when its login is refused. The log says why, but not to whom."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (LoginRefused, TooFast, Unavailable) as error:
            if "text/html" not in request.headers.get("Accept", ""):
                raise
            auth.note_refusal(request, error)
            return _redirect("/console#refused")

    return handle


def _redirect(url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})
