"""`zufall moderator invite` and `zufall moderator audit`: for the operator, straight at the database."""

import argparse
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import ZufallError
from services.contract.keys import parse_ring
from services.contract.sealing import Sealer
from services.runtime import logs

from ...core.audit_chain import ChainCheck
from ...core.roles import Role
from ..console import request_validation
from ..console.accounts import TOTP_SECRET_CONTEXT, Invitation, SqlAccounts
from ..console.auth import DEFAULT_ORIGIN
from ..console.views import api_name
from ..storage.audit_log import SqlAuditLog
from ..storage.database import database_url, migrate, open_engine
from .moderation_client import CommandError, read_secrets, running_address
from .terminal import add_data, fail, moment, say

OPERATOR = "operator (command)"
"""Who invites at the terminal, in the audit log."""

Act = Callable[[AsyncEngine, argparse.Namespace], Awaitable[int]]


def add_console(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two to the commands of `zufall moderator`."""
    invite = commands.add_parser("invite", help="let somebody into the console: prints a link for them")
    invite.add_argument("name", metavar="NAME", help="what they log in as")
    roles = [api_name(role) for role in Role]
    invite.add_argument(
        "--role", choices=roles, default="moderator", help="what they may (default moderator)"
    )
    invite.add_argument(
        "--again", action="store_true", help="a new password and code for somebody who has an account"
    )
    _add_handler(invite, _invite)
    check = commands.add_parser("audit", help="check that nobody has changed the audit log")
    check.add_argument(
        "--head",
        default="",
        metavar="SEQUENCE:HASH",
        help="an entry as a log line noted it",
    )
    _add_handler(check, _audit)


def _add_handler(parser: argparse.ArgumentParser, act: Act) -> None:
    add_data(parser)

    async def handler(arguments: argparse.Namespace) -> int:
        logs.configure("moderator", json=False, level="warning")  # a command says what it did itself
        try:
            async with _database(arguments) as engine:
                return await act(engine, arguments)
        except (CommandError, ZufallError, OSError, ValueError) as error:
            return fail(error)

    parser.set_defaults(handler=handler)


@asynccontextmanager
async def _database(arguments: argparse.Namespace) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url(arguments.data))
    try:
        await migrate(engine)
        yield engine
    finally:
        await engine.dispose()


async def _invite(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    keys = os.environ.get("ZUFALL_PASS_KEYS") or read_secrets(arguments.data).get("ZUFALL_PASS_KEYS", "")
    if not keys:
        raise CommandError("no keys: set ZUFALL_PASS_KEYS, or --data to the folder of `zufall run`")
    accounts = SqlAccounts(engine, Sealer(parse_ring(keys), TOTP_SECRET_CONTEXT))
    name, now = request_validation.parse_account_name(arguments.name), time.time_ns() // 1_000_000
    origin = _origin(arguments)
    if arguments.again:
        invitation = await accounts.reinvite(name, OPERATOR, now)
    else:
        invitation = await accounts.invite(name, request_validation.parse_role(arguments.role), OPERATOR, now)
    _print_invitation(invitation, origin)
    return 0


def _print_invitation(invitation: Invitation, origin: str) -> None:
    say(f"{invitation.name} opens this link, once, until {moment(invitation.expires_at)}:")
    say(f"\n  {origin}{invitation.path}\n")
    say("It lets in whoever opens it first: hand it over where nobody else reads it.")


def _origin(arguments: argparse.Namespace) -> str:
    """Where the console is: of the service whose environment we have, or of `zufall run`."""
    given = os.environ.get("ZUFALL_CONSOLE_ORIGINS", "").split(",")[0].strip()
    if not given and "ZUFALL_DATABASE" in os.environ:
        return DEFAULT_ORIGIN
    return given or running_address(arguments.data, "console")


async def _audit(engine: AsyncEngine, arguments: argparse.Namespace) -> int:
    audit = SqlAuditLog(engine)
    check = await audit.check()
    if check.broken_at:
        return fail(f"the audit log was changed: entry {check.broken_at} does not follow from the others")
    if arguments.head and not await _contains(audit, arguments.head):
        return fail(f"the audit log is not the one in which {arguments.head} stood")
    say(_summary(check))
    return 0


async def _contains(audit: SqlAuditLog, noted: str) -> bool:
    """Whether the entry stands in the log: then everything before it is as it was, too."""
    sequence, _, hash = noted.partition(":")
    if not (sequence.isascii() and sequence.isdigit()):
        raise CommandError("--head is a number, a colon and a hash, as in the log lines `audited`")
    entries = await audit.entries(int(sequence) + 1, 1)
    return bool(entries) and entries[0].sequence == int(sequence) and entries[0].hash.hex() == hash


def _summary(check: ChainCheck) -> str:
    return f"the audit log is whole: {check.entries} entries, the last is {check.entries}:{check.head.hex()}"
