"""Defines `zufall reports backup` and `zufall reports restore`, for SQLite."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
import sqlalchemy as sa

from services.runtime.terminal import CommandFailed, json_option, print_json

from ..storage import backup as copies
from ..storage.backup import BackupFailed
from ..storage.database import SQLITE, database_url
from .terminal import data_option

_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_file
@json_option
@data_option
def backup(file: Path, as_json: bool, data: Path) -> None:
    """Copy the database of `zufall run` to FILE, which must not exist. The service may be running."""
    try:
        counts = copies.back_up(_database_file(data, must_exist=True), file)
    except (BackupFailed, OSError, ValueError) as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size, "rows": counts})
        return
    click.echo(f"{file} has {file.stat().st_size:,} bytes; {_summary(counts)}")


@click.command()
@_file
@click.option("--replace", is_flag=True, help="Replace a database that has rows or is broken. It is kept.")
@json_option
@data_option
def restore(file: Path, replace: bool, as_json: bool, data: Path) -> None:
    """Bring back what `zufall reports backup` wrote to FILE. Stop the services first."""
    try:
        database = _database_file(data, must_exist=False)
        done = copies.restore(file, database, datetime.now(UTC), replace=replace)
    except (BackupFailed, OSError, ValueError) as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        print_json({"rows": done.counts, "before": str(done.before) if done.before else None})
        return
    click.echo(f"restored; {_summary(done.counts)}")
    if done.before:
        click.echo(f"what was there before is in {done.before}: remove it when you do not need it")


def _database_file(data: Path, must_exist: bool) -> Path:
    url = sa.make_url(database_url(data, must_exist=must_exist))
    if url.drivername != SQLITE:
        raise ValueError("ZUFALL_DATABASE is PostgreSQL: use `zufall backups`, as docs/backups.md says")
    return Path(url.database or "")


def _summary(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{'pictures' if name == 'evidence' else name}: {count:,}" for name, count in counts.items()
    )
