"""Defines `zufall backups`: it starts the service, makes, lists, tries out and restores backups."""

import asyncio
import os
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from services.runtime.config import ConfigError, load
from services.runtime.terminal import SETTINGS, CommandFailed, json_option, moment, print_json, table

from ...__main__ import build, main
from ...config import Config
from ...core.manifest import ContentComparison
from .. import programs
from ..backup_service import BackupService
from ..errors import BackupError
from ..folder import BackupFile

T = TypeVar("T")

_WIDEST = 20
"""Characters of a cell, so that the hash of the audit log fits into the table."""


@click.group(
    invoke_without_command=True,
    help=f"Start the service that makes backups if there is no command, or run one.\n\n{SETTINGS}",
)
@click.pass_context
def backups(context: click.Context) -> int:
    return 0 if context.invoked_subcommand else main()


@backups.command("now")
def back_up_now() -> None:
    """Make a backup now, and copy it elsewhere if a target is named."""
    service = _service()
    click.echo(_line(_run(service.back_up())))
    if service.copies:
        click.echo(f"{_run(service.copy())} backups are at the target")


@backups.command("list")
@json_option
def list_backups(as_json: bool) -> None:
    """List the backups, the newest first."""
    found = _service().folder.backups()
    if as_json:
        print_json(
            [{"file": str(one.path), "made": one.made_at.isoformat(), "bytes": one.size} for one in found]
        )
        return
    click.echo("\n".join(map(_line, found)) if found else "no backups yet")


@backups.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def drill(file: Path | None) -> None:
    """Restore FILE, by default the newest backup, into a scratch database, compare it, and drop it."""
    service = _service()
    compared = _run(service.drill(file and _found(service, file)))
    _show(compared)
    click.echo("the backup is whole")


@backups.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace a database that has tables. It is kept.")
@click.option("--disconnect", is_flag=True, help="Disconnect the services that use it. Else this refuses.")
def restore(file: Path, replace: bool, disconnect: bool) -> None:
    """Bring back FILE, a backup of the folder or a path, as the database. Stop the services first.

    It is loaded beside the database and compared with what it says, and only then takes its place.
    """
    service = _service()
    done = _run(service.restore(_found(service, file), replace=replace, disconnect=disconnect))
    _show(done.comparison)
    if done.before:
        click.echo(f"the database from before is called {done.before}: drop it when you do not need it")
    click.echo("restored: now run `zufall migrate`, for the rights of the service, and start the services")


@backups.command("key")
def new_identity() -> None:
    """Print a fresh identity of age, for ZUFALL_BACKUP_IDENTITY, with its recipient in a comment."""
    click.echo(_run(programs.output("age-keygen")), nl=False)


def _service() -> BackupService:
    try:
        return build(load(Config, os.environ))
    except ConfigError as error:
        raise click.UsageError("; ".join(error.problems)) from None


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BackupError as error:
        raise CommandFailed(str(error)) from None


def _found(service: BackupService, file: Path) -> Path:
    """Return the file in the folder of the backups if it is only a name."""
    inside = service.folder.path / file
    found = inside if inside.is_file() else file.absolute()
    if not found.is_file():
        raise CommandFailed(f"there is no file {file}, nor in {service.folder.path}")
    return found


def _line(backup: BackupFile) -> str:
    return f"{backup.path}  {moment(round(backup.made_at.timestamp() * 1000))}  {backup.size:,} bytes"


def _cell(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _show(compared: Iterable[ContentComparison]) -> None:
    """Print what was compared. Raises `CommandFailed` if something differs."""
    rows = [
        (one.what, _cell(one.expected), _cell(one.found), "same" if one.same else "DIFFERS")
        for one in compared
    ]
    click.echo(table([("WHAT", "IN THE BACKUP", "RESTORED", ""), *rows]))
    if any(row[-1] != "same" for row in rows):
        raise CommandFailed("the restored backup differs from what it says")
