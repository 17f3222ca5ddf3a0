"""Logging in through a provider of identities: OpenID Connect, authorization code flow with PKCE.

The provider says who somebody is; an account of that name says what they may do.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import jwt
import msgspec
from aiohttp import web

from services.contract.errors import PassRefused, TooFast, Unavailable
from services.contract.sealing import Sealer
from services.runtime.http_responses import Handler
from services.runtime.logs import logger

from ..proto_mapping import without_nul
from .accounts import SqlAccounts
from .auth import ConsoleAuth, Routes
from .errors import LoginRefused
from .login_sessions import SqlLoginSessions

_LONGEST = 600
"""Seconds that somebody may take at the provider."""

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_ALGORITHMS = ["RS256", "ES256", "EdDSA"]
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Provider:
    """As the provider knows us, and by which claim an account is found."""

    issuer: str
    client: str
    secret: str
    claim: str
    name: str


class _Errand(msgspec.Struct, frozen=True, array_like=True):
    """What we sent somebody to the provider with; sealed, in a cookie."""

    state: str
    nonce: str
    verifier: str
    until: int


class OidcApi:
    """`origin` is the console's own. Without a provider there is nothing here."""

    def __init__(
        self,
        provider: Provider | None,
        origin: str,
        door: ConsoleAuth,
        accounts: SqlAccounts,
        sessions: SqlLoginSessions,
        sealer: Sealer,
        now: Callable[[], int],
    ) -> None:
        self._provider = provider
        self._return = f"{origin}/console/api/oidc/return"
        self._secure = origin.startswith("https:")
        # As in `door.py`: no other host of the domain may send somebody on an errand of its own.
        self._cookie = "__Host-zufall-console-oidc" if self._secure else "zufall-console-oidc"
        self._door = door
        self._accounts = accounts
        self._sessions = sessions
        self._sealer = sealer
        self._now = now

    def handlers(self) -> Routes:
        return {
            ("GET", "/oidc"): _back_to_the_page(self.leave),
            ("GET", "/oidc/return"): _back_to_the_page(self.come_back),
        }

    async def leave(self, request: web.Request) -> web.Response:
        """To the provider, whom each time is asked where to."""
        self._door.check_login_rate(request)
        provider = self._known()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        errand = _Errand(state, nonce, verifier, self._now() + _LONGEST * 1000)
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            found = await _discover(client, provider)
        digest = hashlib.sha256(errand.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": provider.client,
            "redirect_uri": self._return,
            "scope": "openid email profile",
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        response = _redirect(f"{found['authorization_endpoint']}?{urlencode(asked)}")
        sealed = self._sealer.seal(msgspec.msgpack.encode(errand))
        # Lax: the provider's page is another site, and sends people back to us with this cookie.
        response.set_cookie(
            self._cookie,
            sealed,
            path="/",
            max_age=_LONGEST,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    async def come_back(self, request: web.Request) -> web.Response:
        """From the provider, with a code that we exchange for who it is."""
        self._door.check_login_rate(request)
        provider, errand = self._known(), self._errand(request)
        if not secrets.compare_digest(request.query.get("state", "").encode(), errand.state.encode()):
            raise LoginRefused("this login was not begun in this browser: begin again")
        if "code" not in request.query:
            raise LoginRefused(f"{provider.name} did not let you in: {request.query.get('error', '')[:100]}")
        name = await self._name(provider, request.query["code"], errand)
        account = await self._accounts.find(_account_name(name, provider))
        if account is None or account.disabled:
            raise LoginRefused(f"{name} has no account here: an admin can make one")
        token, _ = await self._sessions.create_session(account, "provider", self._now())
        response = self._door.set_session_cookie(_redirect("/console"), token)
        response.del_cookie(self._cookie, path="/", secure=self._secure)
        return response

    async def _name(self, provider: Provider, code: str, errand: _Errand) -> str:
        """Whom the provider names in our claim."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return,
            "code_verifier": errand.verifier,
        }
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            found = await _discover(client, provider)
            login = aiohttp.BasicAuth(provider.client, provider.secret)
            told = await _json(client.post(found["token_endpoint"], data=asked, auth=login))
            keys = await _json(client.get(found["jwks_uri"]))
        claims = _claims(told, keys, provider)
        if claims.get("nonce") != errand.nonce:
            raise LoginRefused("the provider answered another login than this one")
        name = claims.get(provider.claim)
        if not isinstance(name, str) or not name:
            raise LoginRefused(f"{provider.name} does not say your {provider.claim}")
        if provider.claim == "email" and claims.get("email_verified") is not True:
            raise LoginRefused(f"{provider.name} has not verified your mail address")
        return without_nul(name)

    def _known(self) -> Provider:
        if self._provider is None:
            raise LoginRefused("no provider of identities is configured")
        return self._provider

    def _errand(self, request: web.Request) -> _Errand:
        try:
            content = self._sealer.open(request.cookies.get(self._cookie, ""))
        except PassRefused:
            raise LoginRefused("this login was not begun in this browser: begin again") from None
        errand = msgspec.msgpack.decode(content, type=_Errand)
        if errand.until < self._now():
            raise LoginRefused("this login took too long: begin again")
        return errand


def _back_to_the_page(handler: Handler) -> Handler:
    """People come here by links: who is refused lands on the page again, and why stands in the log."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (LoginRefused, TooFast, Unavailable) as error:
            if "text/html" not in request.headers.get("Accept", ""):
                raise
            logger().warning("somebody was not let in", reason=error.message)
            return _redirect("/console#refused")

    return handle


def _account_name(name: str, provider: Provider) -> str:
    """Mail addresses are the same in large and small letters, and nothing else is.

    Some other letters become ASCII ones when they are made small: the Kelvin sign is nobody's k.
    """
    return name.lower() if provider.claim == "email" and name.isascii() else name


def _claims(told: dict[str, Any], keys: dict[str, Any], provider: Provider) -> dict[str, Any]:
    """Of the ID token, checked: signature, issuer, audience, time."""
    try:
        token = str(told["id_token"])
        return dict(
            jwt.decode(
                token,
                _key(token, jwt.PyJWKSet.from_dict(keys)),
                algorithms=_ALGORITHMS,
                audience=provider.client,
                issuer=provider.issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        )
    except (jwt.PyJWTError, KeyError) as error:
        logger().warning("the provider's answer was refused", reason=repr(error))
        raise LoginRefused(f"what {provider.name} says cannot be trusted; the log says why") from None


def _key(token: str, keys: jwt.PyJWKSet) -> jwt.PyJWK:
    """The one that the token names; it need not where there is only one (OpenID Connect Core, 10.1)."""
    name = jwt.get_unverified_header(token).get("kid")
    if name is None and len(keys.keys) == 1:
        return keys.keys[0]
    return keys[str(name)]


async def _discover(client: aiohttp.ClientSession, provider: Provider) -> dict[str, Any]:
    """Where the provider's endpoints are. It must call itself what we call it, to the letter."""
    url = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = await _json(client.get(url))
    if found.get("issuer") != provider.issuer:
        logger().warning(
            "ZUFALL_OIDC_ISSUER is not what the provider calls itself", issuer=found.get("issuer")
        )
        raise Unavailable("the provider of identities calls itself otherwise than we do; the log says how")
    return found


async def _json(asked: Any) -> dict[str, Any]:
    """The answer of the provider; raises `Unavailable`."""
    try:
        async with asked as answer:
            answer.raise_for_status()
            return dict(await answer.json(content_type=None))
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as error:
        logger().warning("the provider of identities does not answer", reason=repr(error))
        raise Unavailable("the provider of identities does not answer") from error


def _redirect(url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})
