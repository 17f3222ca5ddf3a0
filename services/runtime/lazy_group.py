"""A group of commands that imports the module of a command only when somebody uses it."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple, cast

import click


class CommandSource(NamedTuple):
    """The module and the name of a command, and its line in the help of its group."""

    module: str
    name: str
    summary: str


class LazyGroup(click.Group):
    """Lists all of its commands without importing any."""

    def __init__(self, *args: Any, sources: Mapping[str, CommandSource], **options: Any) -> None:
        super().__init__(*args, **options)
        self.sources = sources

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.sources)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        source = self.sources.get(cmd_name)
        return None if source is None else self.load(cmd_name, source)

    def load(self, name: str, source: CommandSource) -> click.Command:
        """Import a command."""
        return cast(click.Command, getattr(import_module(source.module), source.name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, source.summary) for name, source in self.sources.items()])
