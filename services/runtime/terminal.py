"""Holds what commands share: errors in one sentence, tables, and times."""

import json
from datetime import UTC, datetime
from typing import Any

import click

SETTINGS = "Its settings are ZUFALL_… variables, which docs/configuration.md lists with their defaults."
"""Stands in the help of each service."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""Every command has it that prints what a program may read."""


class CommandFailed(click.ClickException):
    """The command makes sense but could not be done. It ends with status 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"zufall: {self.message}", err=True)


def print_json(document: object) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def table(rows: list[tuple[str, ...]]) -> str:
    """Align the cells in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def moment(milliseconds: int) -> str:
    """Return a time in Unix milliseconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
