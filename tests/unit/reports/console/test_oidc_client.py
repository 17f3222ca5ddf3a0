"""The OpenID Connect client, against a small provider that answers whatever a test wants."""

import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from services.contract.errors import Unavailable
from services.reports.core.roles import CONFIRMATION_LIFETIME
from services.reports.shell.console.errors import LoginRefused
from services.reports.shell.console.identity_provider import Identity, LoginState, OidcSettings
from services.reports.shell.console.oidc_client import CACHE_LIFETIME, OidcClient

LOGIN = LoginState("state", "nonce", "verifier", 0)
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
OTHER_RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "okp"})
SECRET = OctKey.import_key("a secret of 32 characters or more!", {"kid": "rsa"})


class FakeProvider:
    """Signs `claims` with `key`, and counts how often each of its documents was read."""

    def __init__(self) -> None:
        self.issuer = ""
        self.algorithm = "RS256"
        self.key: Key = RSA
        self.keys: list[object] = [key.as_dict(private=False) for key in (RSA, EC, OKP)]
        self.claims: dict[str, object] = {}
        self.id_token: str | None = None
        self.read: list[str] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discovery)
        app.router.add_get("/keys", self.published_keys)
        app.router.add_post("/token", self.token)
        return app

    def start(self, issuer: str) -> None:
        self.issuer = issuer
        now = int(time.time())
        self.claims = {
            "iss": issuer,
            "aud": "zufall",
            "sub": "1",
            "exp": now + 60,
            "iat": now,
            "nonce": "nonce",
            "email": "ann@example.org",
            "email_verified": True,
        }

    async def discovery(self, _: web.Request) -> web.Response:
        self.read.append("discovery")
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        urls = {name: f"{self.issuer}/{path}" for name, path in endpoints.items()}
        offered = {"id_token_signing_alg_values_supported": ["none", "RS256", "HS256"]}
        return web.json_response({"issuer": self.issuer, **urls, **offered})

    async def published_keys(self, _: web.Request) -> web.Response:
        self.read.append("keys")
        return web.json_response({"keys": self.keys})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert (form["code_verifier"], form["grant_type"]) == ("verifier", "authorization_code")
        assert request.headers["Authorization"].startswith("Basic ")
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = self.id_token or jwt.encode(header, self.claims, self.key, algorithms=[self.algorithm])
        return web.json_response({"id_token": token, "access_token": "access", "token_type": "Bearer"})


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    fake = FakeProvider()
    async with TestServer(fake.app()) as server:
        fake.start(str(server.make_url("")).rstrip("/"))
        yield fake


def client(provider: FakeProvider, clock: Callable[[], float] = lambda: 0.0) -> OidcClient:
    settings = OidcSettings(provider.issuer, "zufall", "secret", "email", "the office")
    return OidcClient(settings, "https://console.example/return", clock)


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("ES256", EC), ("Ed25519", OKP)])
async def test_a_signed_token_identifies_somebody(provider: FakeProvider, algorithm: str, key: Key) -> None:
    provider.algorithm, provider.key = algorithm, key
    identity = await client(provider).identify("code", LOGIN)
    assert identity == Identity(provider.issuer, "1", "ann@example.org", email_verified=True)


async def test_the_provider_is_asked_for_a_fresh_proof_and_says_when_it_was(provider: FakeProvider) -> None:
    asking = client(provider)
    query = parse_qs(urlsplit(await asking.authorization_url(LOGIN)).query)
    assert query["max_age"] == [str(CONFIRMATION_LIFETIME // 1000)]
    assert (await asking.identify("code", LOGIN)).proved_at is None
    provider.claims["auth_time"] = 1_000
    assert (await asking.identify("code", LOGIN)).proved_at == 1_000_000


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": ["other"], "azp": "zufall"},
        {"azp": "other"},
        {"nonce": "other"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\0b"},
        {"iat": 10**11},
        {"at_hash": "other"},
    ],
    ids=str,
)
async def test_a_token_with_wrong_claims_is_refused(
    provider: FakeProvider, changes: dict[str, object]
) -> None:
    claims = {**provider.claims, **changes}
    provider.claims = {name: value for name, value in claims.items() if value is not None}
    with pytest.raises(LoginRefused, match="cannot be trusted"):
        await client(provider).identify("code", LOGIN)


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", OTHER_RSA), ("HS256", SECRET)], ids=["other key", "client secret"]
)
async def test_a_forged_token_is_refused(provider: FakeProvider, algorithm: str, key: Key) -> None:
    provider.algorithm, provider.key = algorithm, key
    with pytest.raises(LoginRefused, match="cannot be trusted"):
        await client(provider).identify("code", LOGIN)


async def test_an_unsigned_token_is_refused(provider: FakeProvider) -> None:
    header, claims = (_base64(part) for part in ({"alg": "none", "kid": "rsa"}, provider.claims))
    provider.id_token = f"{header}.{claims}."
    with pytest.raises(LoginRefused, match="cannot be trusted"):
        await client(provider).identify("code", LOGIN)


def _base64(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("token", [" ", "x", "a.b.c"])
async def test_a_broken_token_is_refused(provider: FakeProvider, token: str) -> None:
    provider.id_token = token
    with pytest.raises(LoginRefused, match="cannot be trusted"):
        await client(provider).identify("code", LOGIN)


async def test_documents_are_read_once_an_hour(provider: FakeProvider) -> None:
    now = 0.0
    known = client(provider, lambda: now)
    for _ in range(2):
        await known.authorization_url(LOGIN)
        await known.identify("code", LOGIN)
    assert provider.read == ["discovery", "keys"]
    now = CACHE_LIFETIME
    await known.identify("code", LOGIN)
    assert provider.read == ["discovery", "keys"] * 2


async def test_a_new_key_is_fetched_at_once(provider: FakeProvider) -> None:
    known = client(provider)
    await known.identify("code", LOGIN)
    provider.key = RSAKey.generate_key(2048, {"kid": "new"})
    provider.keys = [provider.key.as_dict(private=False)]
    await known.identify("code", LOGIN)
    assert provider.read == ["discovery", "keys", "keys"]


async def test_keys_of_other_kinds_are_left_out(provider: FakeProvider) -> None:
    encryption = RSAKey.generate_key(2048, {"kid": "rsa", "use": "enc"}).as_dict(private=False)
    provider.keys = [{"kty": "new"}, {"kty": "RSA"}, {"kty": "EC", "crv": "new"}, encryption, *provider.keys]
    assert (await client(provider).identify("code", LOGIN)).subject == "1"


async def test_an_answer_that_is_no_key_set_makes_the_provider_unavailable(provider: FakeProvider) -> None:
    provider.keys = ["x"]
    with pytest.raises(Unavailable):
        await client(provider).identify("code", LOGIN)
