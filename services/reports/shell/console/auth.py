"""Who comes in: the session in the cookie, the origin of what changes anything, and the role for it."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from aiohttp import web

from services.contract.errors import InvalidRequest, PermissionRefused, TooFast
from services.runtime.client_address import remote_address
from services.runtime.http_responses import Handler
from services.runtime.network_rate_limit import NetworkRateLimiter

from ...core.actor import Actor
from ...core.roles import Role, allows
from .errors import NotLoggedIn
from .login_sessions import SqlLoginSessions

DEFAULT_ORIGIN = "http://127.0.0.1:7022"
"""Of a console that nobody has configured otherwise."""

_OWN_SITES = ("same-origin", "none")
"""Where browsers say that a request comes from: our page, or somebody who typed the address."""

ACTOR = web.RequestKey("reader", Actor)
"""Who asks, in every request that is not for anybody."""


class ConsoleAuth:
    """Lets requests through to their handlers."""

    def __init__(
        self,
        sessions: SqlLoginSessions,
        origins: Sequence[str],
        now: Callable[[], int],
        logins: NetworkRateLimiter,
        trusted_proxies: int,
    ) -> None:
        """`origins` are the console's own, as browsers name it; `now` in Unix milliseconds.

        `logins`: how often one network may try to come in.
        """
        self._logins = logins
        self._trusted_proxies = trusted_proxies
        self._sessions = sessions
        self._origins = origins
        self.secure = any(origin.startswith("https:") for origin in origins)
        self._now = now
        # With this prefix a browser takes the cookie only over TLS, and from no other host of the domain.
        self._cookie = "__Host-zufall-console" if self.secure else "zufall-console"

    def require_role(self, least: Role | None, handler: Handler) -> Handler:
        """`handler` for those who have at least the role."""

        async def guard(request: web.Request) -> web.StreamResponse:
            self._check_origin(request, least)
            if any("\0" in part for part in request.match_info.values()):
                raise InvalidRequest("nothing here has such a name")  # and PostgreSQL takes no NUL
            if least is not None:
                session = await self._sessions.find_and_extend(self.session_token(request), self._now())
                if not allows(session.role, least):
                    raise PermissionRefused(f"this is for {least.name.lower()}s")
                request[ACTOR] = Actor(session.name, session.role, self._now())
            return await handler(request)

        return guard

    def check_login_rate(self, request: web.Request) -> None:
        """Of those who try to log in; raises `TooFast`. Accounts are closed by name, networks only slowed."""
        wait = self._logins.wait(remote_address(request, self._trusted_proxies), monotonic())
        if wait:
            raise TooFast("too many logins were tried from your network", retry_after=wait)

    def session_token(self, request: web.Request) -> str:
        """Of the session; raises `NotLoggedIn` when there is none."""
        token = request.cookies.get(self._cookie)
        if not token or not token.isascii():  # none of ours, and nothing that can be hashed
            raise NotLoggedIn("nobody is logged in")
        return token

    def set_session_cookie(self, response: web.Response, token: str) -> web.Response:
        """The browser keeps the token where no script can read it."""
        response.set_cookie(
            self._cookie, token, path="/", secure=self.secure, httponly=True, samesite="Strict"
        )
        return response

    def clear_session_cookie(self, response: web.Response) -> web.Response:
        response.del_cookie(self._cookie, path="/", secure=self.secure, httponly=True, samesite="Strict")
        return response

    def _check_origin(self, request: web.Request, least: Role | None) -> None:
        """Another site can neither send our content type nor our origin, nor have us note that we looked."""
        if request.method == "GET":
            if least is not None and request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES:
                raise PermissionRefused("another site asked for this")
            return
        if request.headers.get("Origin") not in self._origins:
            raise PermissionRefused(f"the console is at {self._origins[0]}/console")
        if request.content_type != "application/json":
            raise InvalidRequest("send JSON, as application/json")


def actor(request: web.Request) -> Actor:
    """Who asks."""
    return request[ACTOR]


Routes = Mapping[tuple[str, str], Handler]
"""By method and path, as in the table of roles."""
