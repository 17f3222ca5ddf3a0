"""Accounts, for admins. Nobody changes their own."""

from collections.abc import Mapping

from aiohttp import web
from msgspec import Struct

from services.contract.errors import PermissionRefused
from services.runtime.http_responses import json_response

from . import deeds
from .accounts import Account, Invitation, SqlAccounts
from .door import Handlers, reader
from .http import body
from .views import AccountChange, NewAccount, word


class AccountView(Struct, frozen=True):
    """`state`: invited, active or disabled."""

    name: str
    role: str
    state: str
    locked_until: int
    last_login: int


class PeopleApi:
    def __init__(self, accounts: SqlAccounts) -> None:
        self._accounts = accounts

    def handlers(self) -> Handlers:
        return {
            ("GET", "/accounts"): self.accounts,
            ("POST", "/accounts"): self.invite,
            ("PATCH", "/accounts/{name}"): self.change,
            ("POST", "/accounts/{name}/invitation"): self.renew,
        }

    async def accounts(self, _: web.Request) -> web.Response:
        known, locks = await self._accounts.all(), await self._accounts.locks()
        return json_response({"accounts": [_view(account, locks) for account in known]})

    async def invite(self, request: web.Request) -> web.Response:
        asked = await body(request, NewAccount)
        name, role = deeds.account_name(asked.name), deeds.role(asked.role)
        who = reader(request)
        return _invited(await self._accounts.invite(name, role, who.name, who.now))

    async def change(self, request: web.Request) -> web.Response:
        asked = await body(request, AccountChange)
        name, who = _other(request), reader(request)
        role = None if asked.role is None else deeds.role(asked.role)
        changed = await self._accounts.change(name, role, asked.disabled, who.name, who.now)
        return json_response(_view(changed, await self._accounts.locks()))

    async def renew(self, request: web.Request) -> web.Response:
        """A new password and a new code, for who has lost theirs."""
        name, who = _other(request), reader(request)
        return _invited(await self._accounts.renew(name, who.name, who.now))


def _other(request: web.Request) -> str:
    name = request.match_info["name"]
    if name == reader(request).name:
        raise PermissionRefused("another admin changes your account")
    return name


def _invited(invitation: Invitation) -> web.Response:
    told = {"name": invitation.name, "invitation": invitation.path, "expires_at": invitation.until}
    return json_response(told, 201)


def _view(account: Account, locks: Mapping[str, int]) -> AccountView:
    locked_until = locks.get(account.name, 0)
    return AccountView(account.name, word(account.role), account.state, locked_until, account.last_login)
