"""The guard of each endpoint: requests of one account take turns, and only logins count as such."""

import asyncio
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from prometheus_client import REGISTRY

from services.contract.errors import ZufallError
from services.contract.log_hashes import LogHasher
from services.contract.rate_limit import Rate
from services.contract.sealing import Sealer
from services.reports.core.roles import Role
from services.reports.shell.console.auth import MAX_AT_ONCE, ConsoleAuth, actor
from services.reports.shell.console.errors import LoginRefused, TooManyPictures
from services.reports.shell.console.known_devices import DEVICE_COOKIE_CONTEXT, KnownDevices
from services.reports.shell.console.login_failures import LoginFailures
from services.reports.shell.console.login_sessions import LoginSession, SqlLoginSessions
from services.runtime.client_address import TrustedProxies
from services.runtime.http_responses import Handler
from services.runtime.network_rate_limit import NetworkRateLimiter

from ....audit import RING


class EverybodysSessions:
    """Takes the token of a session for the name of the account."""

    async def find_and_extend(self, token: str, now: int) -> LoginSession:
        return LoginSession(token, Role.MODERATOR, now + 1, now)


class SlowHandler:
    """Answers nobody before it is told to, and notes who waits for an answer."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.answering = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        self.begun.append(actor(request).name)
        await self.answering.wait()
        return web.Response()


def auth() -> ConsoleAuth:
    return ConsoleAuth(
        cast(SqlLoginSessions, EverybodysSessions()),
        ["http://localhost"],
        lambda: 0,
        NetworkRateLimiter(Rate(1, 1)),
        TrustedProxies(()),
        KnownDevices(Sealer(RING, DEVICE_COOKIE_CONTEXT), b"secret"),
        LoginFailures(LogHasher(RING)),
    )


async def call(guarded: Handler, name: str) -> web.StreamResponse:
    return await guarded(make_mocked_request("GET", "/", headers={"Cookie": f"zufall-console={name}"}))


async def called(guarded: Handler, *names: str) -> list["asyncio.Task[web.StreamResponse]"]:
    """Send a request of each account, and return when each has begun or waits for its turn."""
    calls = [asyncio.create_task(call(guarded, name)) for name in names]
    for _ in range(10):
        await asyncio.sleep(0)
    return calls


async def test_requests_of_one_account_wait_for_each_other_and_not_those_of_others() -> None:
    slow = SlowHandler()
    calls = await called(auth().require_role(Role.VIEWER, slow.handle), *["ann"] * (MAX_AT_ONCE + 2), "bob")
    assert slow.begun == ["ann"] * MAX_AT_ONCE + ["bob"]
    slow.answering.set()
    assert [answer.status for answer in await asyncio.gather(*calls)] == [200] * len(calls)


async def test_open_pages_take_no_turn() -> None:
    slow = SlowHandler()
    endless = auth().require_role(Role.VIEWER, slow.handle, endless=True)
    calls = await called(endless, *["ann"] * (MAX_AT_ONCE + 2))
    assert len(slow.begun) == MAX_AT_ONCE + 2
    slow.answering.set()
    await asyncio.gather(*calls)


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (LoginRefused("the code is wrong"), 1),
        (TooManyPictures("take a break", retry_after=1), 0),
    ],
)
async def test_only_a_login_counts_as_one_that_is_refused(error: ZufallError, counted: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        raise error

    before = refused_logins(error.code)
    with pytest.raises(type(error)):
        await call(auth().require_role(Role.MODERATOR, refuse), "ann")
    assert refused_logins(error.code) - before == counted


def refused_logins(code: str) -> float:
    return REGISTRY.get_sample_value("zufall_reports_logins_refused_total", {"code": code}) or 0.0
