"""`zufall reports backup` and `zufall reports restore`, for SQLite."""

import argparse
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ..storage.backup import BackupFailed, back_up, restore
from ..storage.database import SQLITE, database_url
from .terminal import fail, say


def add_backup(commands: Any) -> None:
    """Add them to the commands of `zufall reports`."""
    backup = commands.add_parser("backup", help="copy the database of `zufall run`, which may be running")
    backup.add_argument("file", type=Path, metavar="FILE", help="a file that does not exist yet")
    _finish(backup, _back_up)
    back = commands.add_parser("restore", help="bring a backup back, while nothing runs")
    back.add_argument("file", type=Path, metavar="FILE", help="what `zufall reports backup` wrote")
    back.add_argument("--replace", action="store_true", help="also where there are reports already")
    _finish(back, _restore)


def _finish(parser: argparse.ArgumentParser, handler: Any) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path(".zufall"), help="the folder of `zufall run` (default .zufall)"
    )
    parser.set_defaults(handler=handler)


async def _back_up(arguments: argparse.Namespace) -> int:
    try:
        counted = back_up(_file(arguments.data, must_exist=True), arguments.file)
    except (BackupFailed, OSError, ValueError) as error:
        return fail(error)
    say(f"{arguments.file}: {_told(counted)}, {arguments.file.stat().st_size:,} bytes")
    return 0


async def _restore(arguments: argparse.Namespace) -> int:
    try:
        counted = restore(arguments.file, _file(arguments.data, must_exist=False), replace=arguments.replace)
    except (BackupFailed, OSError, ValueError) as error:
        return fail(error)
    say(f"restored: {_told(counted)}")
    return 0


def _file(data: Path, must_exist: bool) -> Path:
    url = sa.make_url(database_url(data, must_exist=must_exist))
    if url.drivername != SQLITE:
        raise ValueError("ZUFALL_DATABASE is PostgreSQL: use pg_dump, as docs/operations.md says")
    return Path(url.database or "")


def _told(counted: dict[str, int]) -> str:
    return ", ".join(
        f"{count} {'pictures' if name == 'evidence' else name}" for name, count in counted.items()
    )
