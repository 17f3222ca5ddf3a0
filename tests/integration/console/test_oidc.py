"""Logging in through a provider of identities: a real one, which asks nobody for a password."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp

from services.contract.keys import parse_ring
from services.contract.sealing import Sealer
from services.reports.core.roles import Role
from services.reports.shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from services.reports.shell.storage.database import migrate, open_engine

from ...databases import new_sqlite
from ...servers import free_port, stop, until_listening
from ..reports_service import KEYS, Replica, reports_service
from .api_moderator import ApiModerator, ApiResponse, anonymous
from .conftest import NO_NATS

PEOPLE = [
    {"sub": "1", "email": "ann@example.org", "email_verified": True},
    {"sub": "2", "email": "ann@example.org", "email_verified": False},
    {"sub": "3", "email": "stranger@example.org", "email_verified": True},
    {"sub": "4"},
    {"sub": "5", "email": "\N{KELVIN SIGN}im@example.org", "email_verified": True},
    {"sub": "6", "email": "Kim@Example.org", "email_verified": True},
]


@asynccontextmanager
async def provider() -> AsyncIterator[str]:
    """Its issuer."""
    port = free_port()
    people = [part for claims in PEOPLE for part in ("--user-claims", json.dumps(claims))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people),
        env=os.environ,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        await stop(process)


@asynccontextmanager
async def console(folder: Path, issuer: str, **more: str) -> AsyncIterator[Replica]:
    """With accounts for ann@example.org and kim@example.org, who have made no password."""
    database = new_sqlite(folder)
    engine = open_engine(database)
    await migrate(engine)
    accounts = SqlAccounts(engine, Sealer(parse_ring(KEYS), TOTP_SECRET_CONTEXT))
    for name in ("ann@example.org", "kim@example.org"):
        await accounts.invite(name, Role.SENIOR, "test", int(time.time() * 1000))
    await engine.dispose()
    settings = {
        "ZUFALL_OIDC_ISSUER": issuer,
        "ZUFALL_OIDC_CLIENT_ID": "zufall",
        "ZUFALL_OIDC_CLIENT_SECRET": "secret",
        "ZUFALL_OIDC_NAME": "the office",
        **more,
    }
    async with reports_service(database, NO_NATS, **settings) as replica:
        yield replica


async def authorized(somebody: ApiModerator, sub: str) -> str:
    """Goes to the provider, says who they are, and gives the path at which they come back."""
    left = await somebody.get("/oidc")
    assert left.status == 302
    async with aiohttp.ClientSession() as browser:
        answer = await browser.post(left.headers["Location"], data={"sub": sub}, allow_redirects=False)
        return answer.headers["Location"].removeprefix(f"{somebody.origin}/console/api")


async def come_back(somebody: ApiModerator, sub: str) -> ApiResponse:
    return await somebody.get(await authorized(somebody, sub))


async def test_who_the_provider_vouches_for_comes_in_with_the_role_of_their_account(tmp_path: Path) -> None:
    async with provider() as issuer, console(tmp_path, issuer) as replica, anonymous(replica) as ann:
        assert (await ann.get("/ways")).content == {"password": True, "oidc": "the office"}
        back = await come_back(ann, "1")
        assert (back.status, back.headers["Location"]) == (302, "/console")
        told = (await ann.get("/session")).content
        assert (told["name"], told["role"]) == ("ann@example.org", "senior")
        assert (await ann.get("/audit?limit=1")).content["entries"][0]["details"] == {"by": "provider"}
        async with anonymous(replica) as kim:
            assert (await come_back(kim, "6")).status == 302, "letters may be large"


async def test_others_stay_outside(tmp_path: Path) -> None:
    async with provider() as issuer, console(tmp_path, issuer) as replica:
        for sub, why in (
            ("2", "not verified"),
            ("3", "no account"),
            ("4", "does not say your email"),
            ("5", "no account"),
        ):
            async with anonymous(replica) as somebody:
                refused = await come_back(somebody, sub)
                assert (refused.status, refused.content["code"]) == (401, "login_refused")
                assert why in refused.content["detail"]
                assert (await somebody.get("/session")).content["code"] == "not_logged_in"


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(tmp_path: Path) -> None:
    async with provider() as issuer, console(tmp_path, f"{issuer}/") as replica, anonymous(replica) as ann:
        refused = await ann.get("/oidc")
        assert (refused.status, refused.content["code"]) == (503, "unavailable")
        assert "calls itself otherwise" in refused.content["detail"]


async def test_a_browser_that_is_refused_lands_on_the_page_again(tmp_path: Path) -> None:
    async with console(tmp_path, "http://127.0.0.1:9") as replica, anonymous(replica) as ann:
        for path in ("/oidc", "/oidc/return?state=x&code=y"):
            url, headers = f"{ann.origin}/console/api{path}", {"Accept": "text/html,*/*"}
            async with ann.session.get(url, headers=headers, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (302, "/console#refused")


async def test_a_login_that_another_browser_began_is_refused(tmp_path: Path) -> None:
    async with (
        provider() as issuer,
        console(tmp_path, issuer) as replica,
        anonymous(replica) as eve,
        anonymous(replica) as ann,
    ):
        of_eve = await authorized(eve, "1")
        assert (await ann.get(of_eve)).content["code"] == "login_refused", "ann has begun none"
        await ann.get("/oidc")
        assert (await ann.get(of_eve)).content["code"] == "login_refused", "ann has begun another"
        state = parse_qs(urlsplit(of_eve).query)["state"][0]
        for query in ("", f"?state={state}", f"?state={state}&error=access_denied", "?state=%00&code=x"):
            assert (await eve.get(f"/oidc/return{query}")).content["code"] == "login_refused", query
        forged = await eve.get(f"/oidc/return?state={state}&code=forged")
        assert forged.content["code"] == "unavailable", "the provider knows no such code"


async def test_over_tls_no_other_host_can_set_the_cookie_of_an_errand(tmp_path: Path) -> None:
    origin = {"ZUFALL_CONSOLE_ORIGINS": "https://console.example"}
    async with (
        provider() as issuer,
        console(tmp_path, issuer, **origin) as replica,
        anonymous(replica) as ann,
    ):
        cookie = (await ann.get("/oidc")).headers["Set-Cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Domain" not in cookie


async def test_a_provider_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    async with console(tmp_path, "http://127.0.0.1:9") as replica, anonymous(replica) as ann:
        away = await ann.get("/oidc")
        assert (away.status, away.content["code"]) == (503, "unavailable")


async def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), NO_NATS) as replica, anonymous(replica) as ann:
        assert (await ann.get("/ways")).content == {"password": True, "oidc": None}
        assert (await ann.get("/oidc")).content["code"] == "login_refused"
