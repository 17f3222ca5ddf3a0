"""`zufall moderator invite` and `zufall moderator audit`. They use the database itself, for the operator."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import NotFound, ZufallError
from services.contract.keys import Key, parse_ring
from services.contract.sealing import Sealer
from services.runtime import logs
from services.runtime.progress import CommandProgress
from services.runtime.terminal import CommandFailed, json_option, moment, print_json

from ...core.audit_chain import parse_anchor
from ...core.audit_check import AuditCheck
from ...core.migration_phases import PhaseRefused
from ...core.roles import Role
from ..audit_anchors import read_anchors
from ..console import request_validation
from ..console.accounts import TOTP_SECRET_CONTEXT, Invitation, SqlAccounts
from ..console.auth import DEFAULT_ORIGIN
from ..console.errors import Conflict
from ..console.views import api_name
from ..storage.audit_checks import SqlAuditChecks
from ..storage.audit_log import AuditWriter, SqlAuditLog, keyed_chain
from ..storage.database import database_url, open_engine, raising_unavailable
from ..storage.schema import UnusableSchema, prepare
from .moderation_client import CommandError, given, read_secrets, running_address
from .terminal import data_option

T = TypeVar("T")

OPERATOR = "operator (command)"
"""The name in the audit log for whoever invites from the terminal."""


@click.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([api_name(role) for role in Role]),
    help="What the account may do.  [default: moderator; with --again: as it is]",
)
@click.option("--again", is_flag=True, help="Reset the password and the code of an account that exists.")
@json_option
@data_option
def invite(name: str, role: str | None, again: bool, as_json: bool, data: Path) -> None:
    """Print a link that lets NAME into the console. NAME is what they log in as."""
    run_on_database(_invite(name, role, again, as_json, data))


@click.command()
@click.option("--head", default="", metavar="SEQUENCE:HASH", help="An entry from an earlier log line.")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that ZUFALL_AUDIT_ANCHORS named, or a copy of it.",
)
@click.option(
    "--acknowledge",
    default="",
    metavar="REASON",
    help="Write down that you know of all that is wrong, and why, so that the alarm ends.",
)
@json_option
@data_option
def audit(head: str, anchors: Path | None, acknowledge: str, as_json: bool, data: Path) -> None:
    """Check that nobody has changed the audit log, cut off its end, or changed a decision without it."""
    run_on_database(_audit(head, anchors, acknowledge, as_json, data))


def run_on_database(act: Coroutine[Any, Any, T]) -> T:
    """Run a command, and turn its errors into a sentence."""
    logs.configure("moderator", logs.LogConfig("text", "info"))  # the hash of each entry is in the log
    try:
        return asyncio.run(act)
    except (CommandError, PhaseRefused, UnusableSchema, ZufallError, OSError, ValueError) as error:
        raise CommandFailed(str(error)) from None


@asynccontextmanager
async def open_database(data: Path) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on the database of the environment, or of `zufall run` in `data`."""
    engine = open_engine(database_url(data))
    try:
        with raising_unavailable():
            await prepare(engine)
        yield engine
    finally:
        await engine.dispose()


async def _invite(name: str, role: str | None, again: bool, as_json: bool, data: Path) -> None:
    async with open_database(data) as engine:
        ring = console_keys(data)
        audit = AuditWriter(keyed_chain(ring))
        accounts = SqlAccounts(engine, Sealer(ring, TOTP_SECRET_CONTEXT, ring), audit)
        account, now = request_validation.parse_account_name(name), time.time_ns() // 1_000_000
        origin = _origin(data)
        await SqlAuditLog(engine, audit).use_key(now)
        wanted = None if role is None else request_validation.parse_role(role)
        if again:
            invitation = await _invite_again(accounts, account, wanted, now)
        else:
            invitation = await _invite_first(accounts, account, wanted or Role.MODERATOR, now)
    if as_json:
        until, link = moment(invitation.expires_at), f"{origin}{invitation.path}"
        print_json({"name": invitation.name, "link": link, "until": until})
    else:
        _print_invitation(invitation, origin)


async def _invite_first(accounts: SqlAccounts, name: str, role: Role, now: int) -> Invitation:
    try:
        return await accounts.invite(name, role, OPERATOR, now)
    except Conflict as error:
        raise CommandError(f"{error}: --again invites them again, and ends their password") from None


async def _invite_again(accounts: SqlAccounts, name: str, role: Role | None, now: int) -> Invitation:
    try:
        return await accounts.reinvite(name, OPERATOR, now, role)
    except NotFound as error:
        raise CommandError(f"{error}: leave out --again to make one") from None


def _print_invitation(invitation: Invitation, origin: str) -> None:
    click.echo(f"{invitation.name} accepts this invitation, once, until {moment(invitation.expires_at)}:")
    click.echo(f"\n  {origin}{invitation.path}\n")
    click.echo("It lets in whoever accepts it first: hand it over where nobody else reads it.")


def _origin(data: Path) -> str:
    """Return the console's origin: from the service's environment if we have it, or from `zufall run`."""
    origin = given("ZUFALL_CONSOLE_ORIGINS").split(",")[0].strip()
    if not origin and given("ZUFALL_DATABASE"):
        return DEFAULT_ORIGIN
    return origin or running_address(data, "console")


def console_keys(data: Path) -> tuple[Key, ...]:
    """Return the console's key ring of the environment, or of `zufall run`; raise `CommandError`."""
    name = "ZUFALL_CONSOLE_KEYS"
    keys = given(name) or read_secrets(data).get(name, "")
    if not keys:
        raise CommandError(f"no keys: set {name}, or --data to the folder of `zufall run`")
    return parse_ring(keys)


async def _audit(head: str, anchors: Path | None, reason: str, as_json: bool, data: Path) -> None:
    noted = [*([parse_anchor(head)] if head else []), *(read_anchors(anchors) if anchors else [])]
    async with open_database(data) as engine:
        checks = SqlAuditChecks(engine, AuditWriter(keyed_chain(console_keys(data))))
        now = time.time_ns() // 1_000_000
        await checks.adopt_decisions(now)
        if not reason:
            progress = CommandProgress("checking the audit log")
            check = await checks.check(noted, progress=progress)
            progress.clear()
        else:
            check = await checks.acknowledge(reason, OPERATOR, now, noted)
    if as_json:
        print_json(_plain(check))
    elif check.intact:
        click.echo(_summary(check))
    elif reason:
        click.echo("it is written down that you know of this; the next check of the service ends the alarm:")
        click.echo(_problems(check))
    if not (check.intact or reason):
        problems = "" if as_json else f":\n{_problems(check)}"
        raise CommandError(f"the audit log or a decision was changed{problems}")


def _plain(check: AuditCheck) -> dict[str, object]:
    return {
        "whole": check.intact,
        "entries": check.entries,
        "head": str(check.head) if check.head else None,
        "decisions": check.decisions,
        "problems": [str(one) for one in check.problems],
        "more_problems": check.found - len(check.problems),
        "acknowledged": check.acknowledged,
    }


def _summary(check: AuditCheck) -> str:
    before = f" ({check.unlogged} of them from before it)" if check.unlogged else ""
    known = f", but for {check.acknowledged:,} that somebody acknowledged" if check.acknowledged else ""
    counts = f"entries: {check.entries:,}, decisions: {check.decisions:,}{before}, all as it says{known}"
    whole = f"the audit log is whole; {counts}"
    return f"{whole}; the last entry is {check.head}" if check.head else whole


def _problems(check: AuditCheck) -> str:
    more = check.found - len(check.problems)
    return "\n".join([*(f"- {one}" for one in check.problems), *([f"- and {more} more"] if more else [])])
