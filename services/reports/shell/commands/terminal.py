"""Holds what the commands of reports share: options, and how they show a standing and a stranger's text."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import CommandFailed, moment, print_json

from ...core.records import Level
from ..toml_file import UnusableFile

if TYPE_CHECKING:
    from .moderation_client import ModerationClient

P = ParamSpec("P")
T = TypeVar("T")

CALL_TIMEOUT = 10.0
"""Seconds that a command waits for its answer."""


class VisitorName(click.ParamType[str]):
    """Parses the id of a visitor. One that was cut off when it was copied would look like nobody's."""

    name = "visitor"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if re.fullmatch(r"[A-Za-z0-9_-]{22}", value, re.ASCII) is None:
            self.fail(
                f"{value!r} is no id of a visitor: `zufall reports list` shows such ids, of 22 letters, "
                "digits, - and _",
                param,
                ctx,
            )
        return value


visitor_argument = click.argument("visitor", type=VisitorName())
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=".zufall",
    show_default=True,
    help="The folder of `zufall run`.",
)
name_option = click.option(
    "--as", "name", default="", metavar="NAME", help="Your name, for the audit log. Nothing proves it."
)


class FileRefused(CommandFailed):
    """A file that a command should check has mistakes. It ends with status 2."""

    exit_code = 2


def usable(read: Callable[[str], T], path: str, as_json: bool) -> T:
    """Return what `read` makes of a file to check, or end the command with all mistakes and status 2."""
    try:
        return read(path)
    except UnusableFile as refused:
        if as_json:
            print_json({"valid": False, "problems": refused.problems})
            raise click.exceptions.Exit(FileRefused.exit_code) from None
        raise FileRefused(str(refused)) from None


def with_client(
    act: "Callable[Concatenate[ModerationClient, P], Awaitable[None]]",
) -> Callable[P, None]:
    """Turn a coroutine that needs a client into a command that finds the service by `--data`."""

    @data_option
    @wraps(act)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(_call(act, kwargs))

    return command


async def _call(act: Callable[..., Awaitable[None]], options: dict[str, Any]) -> None:
    from .moderation_client import CommandError, connected, locate_service  # gRPC would slow down a help text

    try:
        async with connected(locate_service(options.pop("data"))) as client:
            await act(client, **options)
    except CommandError as error:
        raise CommandFailed(str(error)) from None


def describe(standing: pb.VisitorStanding) -> str:
    """Say in one line how a visitor stands."""
    level = Level(standing.level)
    if level is Level.GOOD:
        return f"{standing.visitor} is in good standing"
    until = f"until {moment(standing.until_ms)}" if standing.until_ms else "without an end"
    by = "automatically" if standing.automated else "by a moderator"
    what = f"{standing.visitor} is {level.name.lower()} {until}"
    return f"{what}: {standing.rule}, decided {by} (decision {standing.decision})"


def plain_standing(standing: pb.VisitorStanding) -> dict[str, object]:
    """Return a standing as `--json` prints it. `until` is null for one without an end."""
    return {
        "visitor": standing.visitor,
        "level": Level(standing.level).name.lower(),
        "until": moment(standing.until_ms) if standing.until_ms else None,
        "rule": standing.rule,
        "automated": standing.automated,
        "decision": standing.decision,
        "statement": standing.statement,
    }


def show_standing(standing: pb.VisitorStanding, as_json: bool) -> None:
    """Print a standing in one line, or as JSON."""
    if as_json:
        print_json(plain_standing(standing))
    else:
        click.echo(describe(standing))


def printable(text: str, most: int = 60) -> str:
    """Return a stranger's text on one line, without anything that a terminal would obey."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= most else line[: most - 1] + "…"
