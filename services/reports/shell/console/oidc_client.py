"""An OpenID Connect client: the code flow with PKCE by Authlib, ID tokens by joserfc, HTTP by aiohttp."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, Generic, TypeVar

import aiohttp
import msgspec
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]  # Authlib ships no types
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from services.contract.errors import Unavailable
from services.runtime.logs import logger

from ...core.roles import CONFIRMATION_LIFETIME
from .errors import LoginRefused
from .identity_provider import Identity, LoginState, OidcSettings

CACHE_LIFETIME = 3600.0
"""The provider's metadata and keys are used for this many seconds before they are fetched again."""

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_ALGORITHMS = ["RS256", "ES256", "EdDSA", "Ed25519"]  # never "none", whatever the provider offers
_CLOCK_LEEWAY = 60

T = TypeVar("T")


class _Metadata(msgspec.Struct, frozen=True):
    """The part of the discovery document that the code flow needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _TokenResponse(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str | None = None


class _KeySetDocument(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Cache(Generic[T]):
    """Keeps what `load` returned for `CACHE_LIFETIME`."""

    def __init__(self, load: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._load = load
        self._clock = clock
        self._kept: tuple[T, float] | None = None

    async def get(self, *, reload: bool = False) -> T:
        if self._kept is None or reload or self._clock() >= self._kept[1]:
            self._kept = await self._load(), self._clock() + CACHE_LIFETIME
        return self._kept[0]


class OidcClient:
    """Talks to one provider, which sends people back to `redirect_uri`."""

    def __init__(
        self, settings: OidcSettings, redirect_uri: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._metadata = _Cache(self._load_metadata, clock)
        self._keys = _Cache(self._load_keys, clock)

    async def authorization_url(self, login: LoginState) -> str:
        """Ask for a proof of the last minutes, because the browser may belong to who left it open."""
        metadata = await self._metadata.get()
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                self._settings.client_id,
                "code",
                redirect_uri=self._redirect_uri,
                scope="openid email profile",
                state=login.state,
                nonce=login.nonce,
                code_challenge=create_s256_code_challenge(login.code_verifier),
                code_challenge_method="S256",
                max_age=CONFIRMATION_LIFETIME // 1000,
            )
        )

    async def identify(self, code: str, login: LoginState) -> Identity:
        tokens = await self._exchange(code, login.code_verifier)
        try:
            claims = self._validated(await self._decode(tokens.id_token), tokens, login.nonce)
            subject = _checked_subject(claims["sub"])
        except (JoseError, ValueError, TypeError) as error:
            logger().warning("the identity provider's answer was refused", reason=_reason(error))
            raise LoginRefused(
                f"the answer of {self._settings.name} cannot be trusted; the log says why"
            ) from None
        return Identity(
            issuer=self._settings.issuer,
            subject=subject,
            claim=claims.get(self._settings.claim),
            email_verified=claims.get("email_verified") is True,
            proved_at=_proved_at(claims.get("auth_time")),
        )

    async def _exchange(self, code: str, code_verifier: str) -> _TokenResponse:
        endpoint = (await self._metadata.get()).token_endpoint
        form = prepare_token_request(
            "authorization_code", redirect_uri=self._redirect_uri, code=code, code_verifier=code_verifier
        )
        auth = ClientAuth(self._settings.client_id, self._settings.client_secret, "client_secret_basic")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, headers, form = auth.prepare("POST", endpoint, headers, form)
        return await _fetch("POST", url, _TokenResponse, headers, form)

    async def _decode(self, id_token: str) -> jwt.Token:
        """Check the signature. If the cached keys do not fit, fetch the keys again."""
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(id_token, await self._keys.get(), registry=registry)
        except JoseError:
            return jwt.decode(id_token, await self._keys.get(reload=True), registry=registry)

    def _validated(self, token: jwt.Token, tokens: _TokenResponse, nonce: str) -> CodeIDToken:
        """Check the claims as OpenID Connect Core 3.1.3.7 says, and that the token answers this login."""
        client_id = self._settings.client_id
        expected = {"iss": {"value": self._settings.issuer}, "aud": {"value": client_id}}
        known = {"nonce": nonce, "client_id": client_id, "access_token": tokens.access_token}
        claims = CodeIDToken(token.claims, token.header, expected, known)
        claims.validate(leeway=_CLOCK_LEEWAY)
        return claims

    async def _load_metadata(self) -> _Metadata:
        """Fetch the metadata. Its issuer must equal the configured one (OpenID Connect Discovery, 4.3)."""
        url = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = await _fetch("GET", url, _Metadata)
        if metadata.issuer != self._settings.issuer:
            logger().warning("ZUFALL_OIDC_ISSUER is not the provider's own name", issuer=metadata.issuer)
            raise Unavailable("the identity provider has another issuer than configured; the log says which")
        return metadata

    async def _load_keys(self) -> KeySet:
        metadata = await self._metadata.get()
        document = await _fetch("GET", metadata.jwks_uri, _KeySetDocument)
        return KeySet(list(_usable_keys(document.keys)))


def _usable_keys(keys: Iterable[Mapping[str, Any]]) -> Iterator[Key]:
    """Leave out keys of a kind that joserfc does not know (RFC 7517, 5)."""
    for key in keys:
        with suppress(JoseError, ValueError, KeyError, TypeError):
            yield JWKRegistry.import_key(dict(key))


def _checked_subject(subject: object) -> str:
    if not isinstance(subject, str) or not subject or "\0" in subject:  # PostgreSQL takes no NUL
        raise ValueError("the subject is not a usable text")
    return subject


def _proved_at(auth_time: object) -> int | None:
    """Return the time of OpenID Connect Core, 2, in Unix milliseconds."""
    return auth_time * 1000 if isinstance(auth_time, int) else None


async def _fetch(
    method: str, url: str, kind: type[T], headers: dict[str, str] | None = None, form: str | None = None
) -> T:
    """Return the JSON of the provider's answer; raise `Unavailable`."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(method, url, headers=headers, data=form) as response,
        ):
            response.raise_for_status()
            return msgspec.json.decode(await response.read(), type=kind)
    except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError) as error:
        raise _unavailable(error) from error


def _reason(error: Exception) -> str:
    """Return what is wrong with the provider or its answer, without what the answer says about a person."""
    if isinstance(error, (JoseError, aiohttp.ClientError)):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__


def _unavailable(error: Exception) -> Unavailable:
    logger().warning("the identity provider does not answer as it should", reason=_reason(error))
    return Unavailable("the identity provider does not answer")
