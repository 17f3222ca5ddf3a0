"""What the commands of moderators share: how they find the service, and how they speak."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from protos import reports_pb2 as pb

from ...core.records import Level
from .moderation_client import CommandError, ModerationClient, connected, locate_service

Act = Callable[[ModerationClient, argparse.Namespace], Awaitable[None]]


def finish(parser: argparse.ArgumentParser, act: Act) -> None:
    """What every command has: where the service is found, and errors as sentences."""
    add_data(parser)

    async def handler(arguments: argparse.Namespace) -> int:
        try:
            async with connected(locate_service(arguments.data)) as client:
                await act(client, arguments)
        except CommandError as error:
            return fail(error)
        return 0

    parser.set_defaults(handler=handler)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Where `zufall run` keeps what it knows."""
    parser.add_argument(
        "--data", type=Path, default=Path(".zufall"), help="the folder of `zufall run` (default .zufall)"
    )


def describe(standing: pb.VisitorStanding) -> str:
    """One line about how a visitor stands."""
    level = Level(standing.level)
    if level is Level.GOOD:
        return f"{standing.visitor} is in good standing"
    until = f"until {moment(standing.until_ms)}" if standing.until_ms else "without an end"
    by = "automatically" if standing.automated else "by a moderator"
    what = f"{standing.visitor} is {level.name.lower()} {until}"
    return f"{what}: {standing.rule}, decided {by} (decision {standing.decision})"


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def printable(text: str, most: int = 60) -> str:
    """On one line, without what a terminal would obey: strangers write notes."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= most else line[: most - 1] + "…"


def moment(milliseconds: int) -> str:
    """Unix milliseconds as people and programs read them."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(text: str) -> None:
    """To whoever typed the command."""
    print(text)  # noqa: T201 -- a command prints


def whole(most: int) -> Callable[[str], int]:
    """A type for argparse: a number from 1 to `most`."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {most}")
        return int(text)

    return parse


def fail(sentence: object) -> int:
    """The exit status of a command that could not do what it was asked for."""
    print(f"zufall: {sentence}", file=sys.stderr)  # noqa: T201 -- a command prints
    return 1


def add_name(parser: argparse.ArgumentParser) -> None:
    """Who decides, as they call themselves."""
    parser.add_argument(
        "--as", dest="name", default="", metavar="NAME", help="who decides: another one answers an appeal"
    )
