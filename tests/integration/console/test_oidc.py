"""Logging in through an identity provider: a real one, which asks nobody for a password."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from services.contract.sealing import Sealer
from services.reports.core.roles import CONFIRMATION_LIFETIME, Role
from services.reports.shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import migrate

from ...audit import AUDIT, RING
from ...databases import new_sqlite
from ...servers import free_port, stop, until_listening
from ..reports_service import NO_NATS, ReportsReplica, reports_service
from .api_moderator import ApiModerator, ApiResponse, anonymous

PEOPLE: Sequence[Mapping[str, object]] = [
    {"sub": "1", "email": "ann@example.org", "email_verified": True},
    {"sub": "2", "email": "ann@example.org", "email_verified": False},
    {"sub": "3", "email": "stranger@example.org", "email_verified": True},
    {"sub": "4"},
    {"sub": "5", "email": "\N{KELVIN SIGN}im@example.org", "email_verified": True},
    {"sub": "6", "email": "Kim@Example.org", "email_verified": True},
]
CHANGED_PEOPLE: Sequence[Mapping[str, object]] = [
    {"sub": "1", "email": "ann.married@example.org", "email_verified": True},
    {"sub": "7", "email": "ann@example.org", "email_verified": True},
]
"""The first has a new email address, and somebody else has the old one."""


@asynccontextmanager
async def provider(
    port: int | None = None, people: Sequence[Mapping[str, object]] = PEOPLE
) -> AsyncIterator[str]:
    """Runs a provider with a new key and yields its issuer."""
    port = port or free_port()
    options = [part for claims in people for part in ("--user-claims", json.dumps(claims))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *options),
        env=os.environ,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until_listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        await stop(process)


@pytest.fixture
async def accounts(tmp_path: Path) -> str:
    """Provide the URL of a database with accounts for ann and kim, who have no passwords."""
    database = new_sqlite(tmp_path)
    engine = open_engine(database)
    await migrate(engine)
    await engine.dispose()
    for name in ("ann@example.org", "kim@example.org"):
        await invite(database, name)
    return database


@asynccontextmanager
async def console(database: str, issuer: str, **more: str) -> AsyncIterator[ReportsReplica]:
    settings = {
        "ZUFALL_OIDC_ISSUER": issuer,
        "ZUFALL_OIDC_CLIENT_ID": "zufall",
        "ZUFALL_OIDC_CLIENT_SECRET": "secret",
        "ZUFALL_OIDC_NAME": "the office",
        **more,
    }
    async with reports_service(database, NO_NATS, **settings) as replica:
        yield replica


async def invite(database: str, name: str, *, again: bool = False) -> None:
    engine = open_engine(database)
    accounts, now = (
        SqlAccounts(engine, Sealer(RING, TOTP_SECRET_CONTEXT), AUDIT),
        int(time.time() * 1000),
    )
    if again:
        await accounts.reinvite(name, "test", now)
    else:
        await accounts.invite(name, Role.SENIOR, "test", now)
    await engine.dispose()


async def authorized(somebody: ApiModerator, sub: str) -> str:
    """Goes to the provider, says who they are, and returns the path at which they come back."""
    left = await somebody.get("/oidc")
    assert left.status == 302
    async with aiohttp.ClientSession() as browser:
        answer = await browser.post(left.headers["Location"], data={"sub": sub}, allow_redirects=False)
        return answer.headers["Location"].removeprefix(f"{somebody.origin}/console/api")


async def log_in(somebody: ApiModerator, sub: str) -> ApiResponse:
    return await somebody.get(await authorized(somebody, sub))


async def account_of(replica: ReportsReplica, sub: str) -> str | None:
    """Return the account with which the person logs in, if they can."""
    async with anonymous(replica) as somebody:
        back = await log_in(somebody, sub)
        assert back.status in (302, 401), back
        return (await somebody.get("/session")).content["name"] if back.status == 302 else None


async def test_a_known_person_gets_the_role_of_their_account(accounts: str) -> None:
    async with provider() as issuer, console(accounts, issuer) as replica, anonymous(replica) as ann:
        assert (await ann.get("/ways")).content == {"password": True, "oidc": "the office"}
        back = await log_in(ann, "1")
        assert (back.status, back.headers["Location"]) == (302, "/console")
        session = (await ann.get("/session")).content
        assert (session["name"], session["role"]) == ("ann@example.org", "senior")
        entered, bound, *_ = (await ann.get("/audit?limit=2")).content["entries"]
        assert (entered["action"], entered["details"]) == ("account.entered", {"by": "provider"})
        assert (bound["action"], bound["details"]) == ("account.bound", {"issuer": issuer, "subject": "1"})
        assert await account_of(replica, "6") == "kim@example.org", "letters may be large"


async def test_a_proof_of_long_ago_allows_no_export(accounts: str) -> None:
    earlier = [{**PEOPLE[0], "auth_time": int(time.time()) - CONFIRMATION_LIFETIME // 1000}]
    for people, code in ((PEOPLE, "not_found"), (earlier, "confirmation_needed")):
        async with (
            provider(people=people) as issuer,
            console(accounts, issuer) as replica,
            anonymous(replica) as ann,
        ):
            await log_in(ann, "1")
            refused = await ann.get("/cases/nothing/export?reason=letter&recipient=court")
            assert refused.content["code"] == code, "somebody else may sit at the browser"


async def test_unknown_and_unverified_people_are_refused(accounts: str) -> None:
    async with provider() as issuer, console(accounts, issuer) as replica:
        for sub, why in (
            ("2", "not verified"),
            ("3", "no account"),
            ("4", "does not say your email"),
            ("5", "no account"),
        ):
            async with anonymous(replica) as somebody:
                refused = await log_in(somebody, sub)
                assert (refused.status, refused.content["code"]) == (401, "login_refused")
                assert why in refused.content["detail"]
                assert (await somebody.get("/session")).content["code"] == "not_logged_in"


async def test_an_account_follows_the_subject_and_not_the_mail_address(accounts: str) -> None:
    port = free_port()
    async with console(accounts, f"http://127.0.0.1:{port}") as replica:
        async with provider(port):
            assert await account_of(replica, "1") == "ann@example.org"
        async with provider(port, CHANGED_PEOPLE):  # with a new key, too
            assert await account_of(replica, "1") == "ann@example.org"
            assert await account_of(replica, "7") is None, "the account is bound to somebody else"
            await invite(accounts, "ann@example.org", again=True)
            assert await account_of(replica, "7") == "ann@example.org"
            assert await account_of(replica, "1") is None, "the new invitation ended the binding"


async def test_an_account_is_bound_again_at_another_issuer(accounts: str) -> None:
    async with provider() as old, console(accounts, old) as replica:
        assert await account_of(replica, "1") == "ann@example.org"
    async with provider(people=CHANGED_PEOPLE) as new, console(accounts, new) as replica:
        assert await account_of(replica, "7") == "ann@example.org"


async def test_discovery_is_cached(accounts: str) -> None:
    port = free_port()
    async with console(accounts, f"http://127.0.0.1:{port}") as replica, anonymous(replica) as ann:
        async with provider(port):
            assert (await ann.get("/oidc")).status == 302
        assert (await ann.get("/oidc")).status == 302, "the provider is away, but its address is known"


async def test_another_issuer_than_configured_is_refused(accounts: str) -> None:
    async with provider() as issuer, console(accounts, f"{issuer}/") as replica, anonymous(replica) as ann:
        refused = await ann.get("/oidc")
        assert (refused.status, refused.content["code"]) == (503, "unavailable")
        assert "another issuer" in refused.content["detail"]


async def test_a_refused_browser_lands_on_the_page_again(accounts: str) -> None:
    async with console(accounts, "http://127.0.0.1:9") as replica, anonymous(replica) as ann:
        for path in ("/oidc", "/oidc/return?state=x&code=y"):
            url, headers = f"{ann.origin}/console/api{path}", {"Accept": "text/html,*/*"}
            async with ann.session.get(url, headers=headers, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (302, "/console#refused")


async def test_a_login_that_another_browser_started_is_refused(accounts: str) -> None:
    async with (
        provider() as issuer,
        console(accounts, issuer) as replica,
        anonymous(replica) as eve,
        anonymous(replica) as ann,
    ):
        path_of_eve = await authorized(eve, "1")
        assert (await ann.get(path_of_eve)).content["code"] == "login_refused", "ann has started none"
        await ann.get("/oidc")
        assert (await ann.get(path_of_eve)).content["code"] == "login_refused", "ann has started another"
        state = parse_qs(urlsplit(path_of_eve).query)["state"][0]
        for query in ("", f"?state={state}", f"?state={state}&error=access_denied", "?state=%00&code=x"):
            assert (await eve.get(f"/oidc/return{query}")).content["code"] == "login_refused", query
        forged = await eve.get(f"/oidc/return?state={state}&code=forged")
        assert forged.content["code"] == "unavailable", "the provider knows no such code"


async def test_over_tls_no_other_host_can_set_the_login_cookie(accounts: str) -> None:
    origin = {"ZUFALL_CONSOLE_ORIGINS": "https://console.example"}
    async with provider() as issuer, console(accounts, issuer, **origin) as replica:
        async with anonymous(replica) as ann:
            cookie = (await ann.get("/oidc")).headers["Set-Cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Domain" not in cookie


async def test_a_provider_that_does_not_answer_is_unavailable(accounts: str) -> None:
    async with console(accounts, "http://127.0.0.1:9") as replica, anonymous(replica) as ann:
        away = await ann.get("/oidc")
        assert (away.status, away.content["code"]) == (503, "unavailable")


async def test_without_a_provider_every_such_login_is_refused(accounts: str) -> None:
    async with reports_service(accounts, NO_NATS) as replica, anonymous(replica) as ann:
        assert (await ann.get("/ways")).content == {"password": True, "oidc": None}
        assert (await ann.get("/oidc")).content["code"] == "login_refused"
