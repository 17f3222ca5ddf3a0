"""Defines `zufall reports export`, `export-key` and `verify-export`."""

import os
import sys
import time
from pathlib import Path
from typing import IO

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest, NotFound
from services.contract.ids import CaseId
from services.runtime.terminal import CommandFailed, json_option, print_json

from ...core.actor import Actor
from ...core.roles import Role
from ..console import request_validation
from ..console.case_export import SqlCaseExport
from ..console.case_queries import SqlCaseQueries
from ..console.export_check import ExportChanged, check_export
from ..console.export_document import ExportRequest
from ..console.export_signature import ExportKey
from ..console.views import CaseView
from ..policy_file import default_source, read_source
from ..standings import StandingsCache, StandingsPoller
from ..storage.audit_log import AuditWriter, keyed_chain
from ..storage.picture_store import SqlPictureStore
from ..storage.report_store import SqlReportStore
from ..storage.revoked_tokens import SqlRevokedTokens
from .console import OPERATOR, console_keys, open_database, run_on_database
from .moderation_client import CommandError, given
from .terminal import data_option, name_option, printable

_STDOUT = "-"
"""Stands for the output, since the container of a service has no folder for a large file."""


@click.command()
@click.argument("case")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the audit log.")
@click.option("--recipient", required=True, metavar="TEXT", help="Who gets it, for the audit log.")
@click.option(
    "--to",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="The archive to write; - for the output.",
)
@click.option("--zone", default="", metavar="NAME", help="A time zone such as Europe/Berlin, beside UTC.")
@name_option
@json_option
@data_option
def export(
    case: str, reason: str, recipient: str, file: Path, zone: str, name: str, as_json: bool, data: Path
) -> None:
    """Write everything about CASE into one signed archive, for an authority.

    CASE is the id at the end of the case's address in the console.
    """
    asked = ExportRequest(
        _required(reason, "why it is exported"), _required(recipient, "for whom it is exported"), zone
    )
    actor = Actor(f"{name} (command)" if name else OPERATOR, Role.ADMIN, time.time_ns() // 1_000_000)
    if str(file) == _STDOUT:
        if as_json:
            raise click.UsageError("--json needs --to FILE, because the output is the archive")
        _tell(run_on_database(_export(CaseId(case), asked, actor, sys.stdout.buffer, data)))
        return
    if file.exists():
        raise CommandFailed(f"{file} exists already")
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as archive:
            key = run_on_database(_export(CaseId(case), asked, actor, archive, data))
        unfinished.rename(file)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size, "key": key})
    else:
        _tell(key)


def _tell(key: str) -> None:
    click.echo(f"everything about the case is exported, signed with {key}", err=True)


@click.command("export-key")
@json_option
@data_option
def export_key(as_json: bool, data: Path) -> None:
    """Print the key by which everybody can check an export. It is no secret."""
    try:
        keys = [ExportKey(key).public for key in console_keys(data)]
    except (CommandError, ValueError) as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        print_json([{"key": str(key), "pem": key.pem.decode(), "signs": key is keys[0]} for key in keys])
        return
    for number, key in enumerate(keys):
        click.echo(f"{key} {'signed exports before' if number else 'signs exports'}")
        click.echo(key.pem.decode())


@click.command("verify-export")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", default="", metavar="HEX", help="The key that `zufall reports export-key` printed.")
@json_option
@data_option
def verify_export(file: Path, key: str, as_json: bool, data: Path) -> None:
    """Check that nobody has changed an export since it was made.

    Without --key, the key must be one of this installation.
    """
    try:
        found = check_export(file)
        trusted = [key.strip().lower()] if key else [str(ExportKey(one).public) for one in console_keys(data)]
    except CommandError:
        raise CommandFailed("no key to compare with: give --key, or --data with the keys") from None
    except (ExportChanged, OSError, ValueError) as error:
        raise CommandFailed(printable(str(error), most=300)) from None  # it may quote names in the archive
    if str(found.key) not in trusted:
        raise CommandFailed(f"{file} is signed with another key, {found.key}: it is not to be trusted")
    if as_json:
        print_json({"file": str(file), "files": found.files, "key": str(found.key)})
        return
    click.echo(f"{file} is as it was signed: {found.files} files, key {found.key}")


def _required(text: str, what: str) -> str:
    try:
        return request_validation.required_text(text, what)
    except InvalidRequest as error:
        raise click.UsageError(str(error)) from None


async def _export(case: CaseId, asked: ExportRequest, actor: Actor, archive: IO[bytes], data: Path) -> str:
    """Write the archive, and return the key that signed it."""
    ring = console_keys(data)
    async with open_database(data) as engine:
        audit = AuditWriter(keyed_chain(ring))
        queries = await _case_queries(engine, audit, actor.now)
        site = given("ZUFALL_SITE_NAME") or "Zufall"
        exports = SqlCaseExport(engine, SqlPictureStore(engine), audit, ExportKey(ring[0]), site)
        async for part in await exports.export(await _found(queries, case, actor), asked, actor):
            archive.write(part)
    return str(ExportKey(ring[0]).public)


async def _found(queries: SqlCaseQueries, case: CaseId, actor: Actor) -> CaseView:
    try:
        return await queries.case(case, actor)
    except NotFound as error:
        raise CommandError(f"{error}: CASE is the id at the end of its address in the console") from None


async def _case_queries(engine: AsyncEngine, audit: AuditWriter, now: int) -> SqlCaseQueries:
    """Return what reads a case as the service does, with the standings of now."""
    policy = given("ZUFALL_POLICY")
    source = read_source(policy) if policy else default_source()
    standings = StandingsCache()
    revoked = SqlRevokedTokens(engine, audit)
    await StandingsPoller(SqlReportStore(engine, audit), revoked, standings, lambda: now).load()
    return SqlCaseQueries(
        engine, lambda visitor, device: standings.standing(visitor, device, now), source.policy
    )
