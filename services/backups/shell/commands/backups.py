"""Defines `zufall backups`: it starts the service, makes, lists, tries out and restores backups."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from services.runtime.config import ConfigError, load
from services.runtime.terminal import SETTINGS, CommandFailed, json_option, moment, print_json, table

from ...__main__ import build, main
from ...config import Config
from ...core.manifest import ContentComparison
from .. import programs
from ..age import AgeKeys
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
@json_option
def back_up_now(as_json: bool) -> None:
    """Make a backup now, and copy it elsewhere if a target is named."""
    service = _service()
    made = _run(service.back_up())
    if not as_json:
        click.echo(_line(made))
    copies = _run(service.copy()) if service.copies else None
    if as_json:
        print_json({**_plain(made), "at_target": copies})
    elif copies is not None:
        click.echo(f"{copies} backups are at the target")


@backups.command("list")
@json_option
def list_backups(as_json: bool) -> None:
    """List the backups, the newest first."""
    found = _service().folder.backups()
    if as_json:
        print_json([*map(_plain, found)])
        return
    click.echo("\n".join(map(_line, found)) if found else "no backups yet")


@backups.command(short_help="Restore a backup beside the database, compare it, and drop it.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
def drill(file: Path | None, as_json: bool) -> None:
    """Restore FILE, by default the newest backup, into a scratch database, compare it, and drop it."""
    service = _service()
    compared = _run(service.drill(file and _found(service, file)))
    if as_json:
        print_json(_plain_comparison(compared))
    else:
        click.echo(_comparison_table(compared))
    _check_same(compared)
    if not as_json:
        click.echo("the backup is whole")


@backups.command(short_help="Bring back a backup as the database.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace a database that has tables. It is kept.")
@click.option("--disconnect", is_flag=True, help="Disconnect the services that use it. Else this refuses.")
@json_option
def restore(file: Path, replace: bool, disconnect: bool, as_json: bool) -> None:
    """Bring back FILE, a backup of the folder or a path, as the database. Stop the services first.

    It is loaded beside the database and compared with what it says, and only then takes its place.
    """
    service = _service()
    done = _run(service.restore(_found(service, file), replace=replace, disconnect=disconnect))
    if as_json:
        print_json({**_plain_comparison(done.comparison), "before": done.before})
    else:
        click.echo(_comparison_table(done.comparison))
    _check_same(done.comparison)
    if as_json:
        return
    if done.before:
        click.echo(f"the database from before is called {done.before}: drop it when you do not need it")
    click.echo("restored: now run `zufall migrate`, for the rights of the service, and start the services")


@backups.command("key", short_help="Print a fresh key for ZUFALL_BACKUP_IDENTITY.")
@json_option
def new_identity(as_json: bool) -> None:
    """Print a fresh identity of age, for ZUFALL_BACKUP_IDENTITY, with its recipient in a comment."""
    made = _run(programs.output("age-keygen"))
    if not as_json:
        click.echo(made, nl=False)
        return
    (identity,) = (line for line in made.splitlines() if not line.startswith("#"))
    (recipient,) = _run(AgeKeys((), identity).known_recipients())
    print_json({"identity": identity, "recipient": recipient})


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
    return f"{backup.path}  {_made(backup)}  {backup.size:,} bytes"


def _plain(backup: BackupFile) -> dict[str, str | int]:
    return {"file": str(backup.path), "made": _made(backup), "bytes": backup.size}


def _made(backup: BackupFile) -> str:
    return moment(round(backup.made_at.timestamp() * 1000))


def _cell(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _plain_comparison(compared: Sequence[ContentComparison]) -> dict[str, object]:
    rows = [
        {"what": one.what, "expected": one.expected, "found": one.found, "same": one.same} for one in compared
    ]
    return {"whole": all(one.same for one in compared), "compared": rows}


def _comparison_table(compared: Sequence[ContentComparison]) -> str:
    rows = [
        (one.what, _cell(one.expected), _cell(one.found), "same" if one.same else "DIFFERS")
        for one in compared
    ]
    return table([("WHAT", "IN THE BACKUP", "RESTORED", ""), *rows])


def _check_same(compared: Sequence[ContentComparison]) -> None:
    if not all(one.same for one in compared):
        raise CommandFailed("the restored backup differs from what it says")
