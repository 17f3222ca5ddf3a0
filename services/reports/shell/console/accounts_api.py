"""The API for accounts. It is for admins, and an admin cannot change their own account."""

from collections.abc import Mapping

from aiohttp import web

from services.contract.errors import PermissionRefused
from services.runtime.http_responses import json_response

from . import request_validation
from .account_views import (
    AccountChangeRequest,
    AccountList,
    AccountView,
    InvitationLink,
    InviteRequest,
)
from .accounts import Account, Invitation, SqlAccounts
from .auth import Routes, actor
from .http import read_json
from .views import api_name


class AccountsApi:
    def __init__(self, accounts: SqlAccounts) -> None:
        self._accounts = accounts

    def routes(self) -> Routes:
        return {
            ("GET", "/accounts"): self.list_accounts,
            ("POST", "/accounts"): self.invite,
            ("PATCH", "/accounts/{name}"): self.change,
            ("POST", "/accounts/{name}/invitation"): self.reinvite,
        }

    async def list_accounts(self, _: web.Request) -> web.Response:
        known, locks = await self._accounts.all(), await self._accounts.lockouts()
        return json_response(AccountList([_account_view(account, locks) for account in known]))

    async def invite(self, request: web.Request) -> web.Response:
        body = await read_json(request, InviteRequest)
        name, role = (
            request_validation.parse_account_name(body.name),
            request_validation.parse_role(body.role),
        )
        admin = actor(request)
        return _invitation_response(await self._accounts.invite(name, role, admin.name, admin.now))

    async def change(self, request: web.Request) -> web.Response:
        body = await read_json(request, AccountChangeRequest)
        name, admin = _other_account_name(request), actor(request)
        role = None if body.role is None else request_validation.parse_role(body.role)
        changed = await self._accounts.change(name, role, body.disabled, admin.name, admin.now)
        return json_response(_account_view(changed, await self._accounts.lockouts()))

    async def reinvite(self, request: web.Request) -> web.Response:
        """Invite somebody again who has lost their password or code."""
        name, admin = _other_account_name(request), actor(request)
        return _invitation_response(await self._accounts.reinvite(name, admin.name, admin.now))


def _other_account_name(request: web.Request) -> str:
    name = request.match_info["name"]
    if name == actor(request).name:
        raise PermissionRefused("only another admin may change your account")
    return name


def _invitation_response(invitation: Invitation) -> web.Response:
    link = InvitationLink(invitation.name, invitation.path, invitation.expires_at)
    return json_response(link, 201)


def _account_view(account: Account, locks: Mapping[str, int]) -> AccountView:
    locked_until = locks.get(account.name, 0)
    return AccountView(account.name, api_name(account.role), account.state, locked_until, account.last_login)
