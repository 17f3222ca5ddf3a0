"""Checks each request: the session in its cookie, its origin, and the role that it needs."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from time import monotonic

from aiohttp import web

from services.contract.errors import InvalidRequest, PermissionRefused, TooFast, ZufallError
from services.runtime.client_address import TrustedProxies, network, remote_address
from services.runtime.http_responses import Handler
from services.runtime.network_rate_limit import NetworkRateLimiter

from ...core.actor import Actor
from ...core.roles import CONFIRMATION_LIFETIME, Role, allows
from .errors import ConfirmationNeeded, LoginRefused, NotLoggedIn, TooManyPictures
from .known_devices import DEVICE_COOKIE_LIFETIME, KnownDevices, LoginOrigin
from .login_failures import LoginFailures
from .login_sessions import SqlLoginSessions

DEFAULT_ORIGIN = "http://127.0.0.1:7022"
"""The console's origin if none is configured."""

_OWN_SITES = ("same-origin", "none")
"""Values of Sec-Fetch-Site for requests from our page, and for an address that somebody typed."""

MAX_AT_ONCE = 4
"""So many requests of one account are under way at once: reports need connections to the database as well."""

_MAX_PART = 64
"""The most characters of a name or an id in a path: the audit log keeps some for ever."""

ACTOR = web.RequestKey("actor", Actor)
"""The key of the actor in a request that needs a login."""


class ConsoleAuth:
    """Authenticates requests and manages the session cookie."""

    def __init__(
        self,
        sessions: SqlLoginSessions,
        origins: Sequence[str],
        now: Callable[[], int],
        logins: NetworkRateLimiter,
        trusted_proxies: TrustedProxies,
        devices: KnownDevices,
        failures: LoginFailures,
    ) -> None:
        """Take the console's own origins, as browsers name them, and the limit of logins of one network."""
        self._failures = failures
        self._logins = logins
        self._trusted_proxies = trusted_proxies
        self._devices = devices
        self._sessions = sessions
        self._origins = origins
        self.secure = any(origin.startswith("https:") for origin in origins)
        self._now = now
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(MAX_AT_ONCE))
        # With this prefix a browser accepts the cookie only over TLS, and from no other host of the domain.
        self._cookie = "__Host-zufall-console" if self.secure else "zufall-console"
        self._device_cookie = f"{self._cookie}-device"

    def require_role(
        self, least: Role | None, handler: Handler, *, confirmed: bool = False, endless: bool = False
    ) -> Handler:
        """Wrap `handler` so that it runs only for accounts with at least the role.

        If `confirmed`, it also needs a login or a code of the last minutes. Unless it is `endless`, requests
        of an account wait while `MAX_AT_ONCE` others of it are under way.
        """

        async def guard(request: web.Request) -> web.StreamResponse:
            turn: AbstractAsyncContextManager[None] = nullcontext()
            self._check_origin(request, least)
            if any("\0" in part or len(part) > _MAX_PART for part in request.match_info.values()):
                raise InvalidRequest(f"a name or an id has at most {_MAX_PART} characters, and no NUL")
            if least is not None:
                session = await self._sessions.find_and_extend(self.session_token(request), self._now())
                if not allows(session.role, least):
                    raise PermissionRefused(f"this is for {least.name.lower()}s")
                request[ACTOR] = Actor(session.name, session.role, self._now())
                if confirmed and self._now() >= session.confirmed_at + CONFIRMATION_LIFETIME:
                    raise ConfirmationNeeded("enter the code of your authenticator again")
                turn = turn if endless else self._turns[session.name]
            try:
                async with turn:
                    return await handler(request)
            except TooManyPictures:
                raise  # nobody wanted to log in
            except (LoginRefused, TooFast) as error:
                self.note_refusal(request, error)
                raise

        return guard

    def note_refusal(self, request: web.Request, error: ZufallError) -> None:
        """Count and log a login or a code that is refused."""
        self._failures.note(network(remote_address(request, self._trusted_proxies)), error)

    def login_origin(self, request: web.Request, name: str) -> LoginOrigin:
        """Return where a login to this account comes from."""
        address = remote_address(request, self._trusted_proxies)
        cookie = request.cookies.get(self._device_cookie, "")
        return self._devices.origin(cookie, name, network(address), self._now())

    def remember_device(self, response: web.Response, name: str) -> web.Response:
        """Give the browser a cookie by which its next logins to this account are known."""
        response.set_cookie(
            self._device_cookie,
            self._devices.cookie(name, self._now()),
            path="/",
            max_age=DEVICE_COOKIE_LIFETIME,
            secure=self.secure,
            httponly=True,
            samesite="Strict",
        )
        return response

    def check_login_rate(self, request: web.Request) -> None:
        """Raise `TooFast` if too many logins come from this network."""
        wait = self._logins.wait(remote_address(request, self._trusted_proxies), monotonic())
        if wait:
            raise TooFast("too many logins were tried from your network", retry_after=wait)

    def session_token(self, request: web.Request) -> str:
        """Return the token of the session; raise `NotLoggedIn` if there is none."""
        token = request.cookies.get(self._cookie)
        if not token or not token.isascii():  # not one of ours, and it cannot be hashed
            raise NotLoggedIn("nobody is logged in")
        return token

    def set_session_cookie(self, response: web.Response, token: str) -> web.Response:
        """Give the token to the browser in a cookie that no script can read."""
        response.set_cookie(
            self._cookie, token, path="/", secure=self.secure, httponly=True, samesite="Strict"
        )
        return response

    def clear_session_cookie(self, response: web.Response) -> web.Response:
        response.del_cookie(self._cookie, path="/", secure=self.secure, httponly=True, samesite="Strict")
        return response

    def _check_origin(self, request: web.Request, least: Role | None) -> None:
        """Refuse requests that another site made the browser send; even reads leave audit entries."""
        if request.method == "GET":
            if least is not None and request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES:
                raise PermissionRefused("another site sent this request")
            return
        if request.headers.get("Origin") not in self._origins:
            raise PermissionRefused(f"the console is at {self._origins[0]}/console")
        if request.content_type != "application/json":
            raise InvalidRequest("send JSON, as application/json")


def actor(request: web.Request) -> Actor:
    """Return the account that sent the request."""
    return request[ACTOR]


Routes = Mapping[tuple[str, str], Handler]
"""Handlers by method and path, as in the table of roles."""
