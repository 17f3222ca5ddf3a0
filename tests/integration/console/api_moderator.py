"""Moderators that call the console's API, with a password and an authenticator."""

import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from services.contract.sealing import Sealer
from services.reports.core.roles import Role
from services.reports.shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from services.reports.shell.storage.database import open_engine

from ...audit import AUDIT, RING
from ..reports_service import ReportsReplica

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class ApiResponse:
    """A response. JSON content is parsed."""

    status: int
    content: Any
    headers: Any


class ApiModerator:
    """Speaks to the console from its own origin, with a cookie jar."""

    def __init__(self, origin: str, session: aiohttp.ClientSession, name: str) -> None:
        self.origin = origin
        self.name = name
        self.session = session
        self.secret = b""
        self._accepted_at = 0

    async def get(self, path: str) -> ApiResponse:
        return await self.call("GET", path)

    async def post(self, path: str, **fields: object) -> ApiResponse:
        return await self.call("POST", path, fields)

    async def call(
        self, method: str, path: str, fields: object = None, origin: str | None = None
    ) -> ApiResponse:
        headers = {} if method == "GET" else {"Origin": origin or self.origin}
        body = None if method == "GET" else fields or {}
        url = f"{self.origin}/console/api{path}"
        async with self.session.request(
            method, url, json=body, headers=headers, allow_redirects=False
        ) as answer:
            kind = answer.content_type
            content = await answer.json(content_type=None) if kind.endswith("json") else await answer.read()
            return ApiResponse(answer.status, content, answer.headers)

    async def accept_invitation(self, invitation: str) -> None:
        """Accept an invitation with a password, which logs in."""
        token = invitation.partition("#invitation=")[2]
        told = await self.post("/invitation", token=token)
        assert told.status == 200, told
        self.secret = base64.b32decode(told.content["secret"])
        self._accepted_at = int(time.time())
        accepted = await self.post(
            "/invitation/accept",
            token=token,
            password=PASSWORD,
            code=self.code(),
            opening=told.content["opening"],
        )
        assert accepted.status == 201, accepted

    def code(self, later: int = 0) -> str:
        """Return the code some steps after the one that accepted the invitation. A code works for one login.

        It does not depend on the present time, because a test may cross the border between two steps.
        """
        shown = TOTP(self.secret, 6, SHA1(), 30)  # noqa: S303 -- as authenticators do
        return shown.generate(self._accepted_at + 30 * later).decode()


@asynccontextmanager
async def anonymous(replica: ReportsReplica, name: str = "") -> AsyncIterator[ApiModerator]:
    """Give somebody who has not logged in."""
    jar = aiohttp.CookieJar(unsafe=True)  # it would take no cookies of an address
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield ApiModerator(replica.console, session, name)


@asynccontextmanager
async def logged_in(
    replica: ReportsReplica, name: str, role: Role = Role.MODERATOR
) -> AsyncIterator[ApiModerator]:
    """Give an invited moderator who has logged in."""
    engine = open_engine(replica.database)
    accounts = SqlAccounts(engine, Sealer(RING, TOTP_SECRET_CONTEXT), AUDIT)
    invitation = await accounts.invite(name, role, "test", int(time.time() * 1000))
    await engine.dispose()
    async with anonymous(replica, name) as somebody:
        await somebody.accept_invitation(invitation.path)
        yield somebody
