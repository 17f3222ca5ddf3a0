"""`zufall reports list` and `zufall moderator`: each parser gets a `handler(arguments) -> exit status`."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from protos import reports_pb2 as pb

from .moderator import SECONDS, Client, CommandError, connected, find
from .records import Level, Reason

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}

Act = Callable[[Client, argparse.Namespace], Awaitable[None]]


def add_reports_list(parser: argparse.ArgumentParser) -> None:
    """Make `parser` the one of `zufall reports list`."""
    parser.add_argument("--limit", type=_limit, default=20, help="how many, the newest first (default 20)")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    _finish(parser, _list)


def add_moderator(parser: argparse.ArgumentParser) -> None:
    """Make `parser` the one of `zufall moderator`, with its commands."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    ban = commands.add_parser("ban", help="close a visitor's socket and refuse the next ones")
    _add_visitor(ban)
    ban.add_argument(
        "--for",
        dest="seconds",
        type=duration,
        required=True,
        metavar="TIME",
        help="30m, 1h, 7d … or permanent",
    )
    ban.add_argument(
        "--rule",
        required=True,
        choices=[reason.name.lower() for reason in Reason],
        help="the rule that was broken",
    )
    ban.add_argument(
        "--reason", default="", metavar="TEXT", help="why, for those who look at the decision later"
    )
    _finish(ban, _ban)
    lift = commands.add_parser("lift", help="let a visitor in again")
    _add_visitor(lift)
    lift.add_argument("--reason", default="", metavar="TEXT", help="why")
    _finish(lift, _lift)
    show = commands.add_parser("show", help="say how a visitor stands")
    _add_visitor(show)
    _finish(show, _show)


def duration(text: str) -> int:
    """Seconds; 0 for `permanent`. A type for argparse."""
    if text == "permanent":
        return 0
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit()) or int(number) == 0 or unit not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write 30m, 1h, 7d or permanent")
    return int(number) * _UNITS[unit]


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("a limit is a number from 1 to 1000")
    return int(text)


def _add_visitor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "visitor", metavar="VISITOR", help="the 22 characters that `zufall reports list` shows"
    )


def _finish(parser: argparse.ArgumentParser, act: Act) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path(".zufall"), help="the folder of `zufall run` (default .zufall)"
    )

    async def handler(arguments: argparse.Namespace) -> int:
        try:
            async with connected(find(arguments.data)) as client:
                await act(client, arguments)
        except CommandError as error:
            print(f"zufall: {error}", file=sys.stderr)  # noqa: T201 -- a command prints
            return 1
        return 0

    parser.set_defaults(handler=handler)


async def _list(client: Client, arguments: argparse.Namespace) -> None:
    request = pb.ListReportsRequest(limit=arguments.limit)
    answer = await client.moderation.ListReports(request, metadata=client.metadata, timeout=SECONDS)
    if arguments.json:
        _say(json.dumps([_plain(report) for report in answer.reports], indent=2))
    elif not answer.reports:
        _say("no reports yet")
    else:
        head = ("FILED", "REPORT", "REASON", "ACCUSED", "REPORTER", "FRAMES", "CHAT", "NOTE")
        _say(table([head, *map(_row, answer.reports)]))


async def _ban(client: Client, arguments: argparse.Namespace) -> None:
    await _decide(client, arguments, Level.BANNED, arguments.seconds, arguments.rule)


async def _lift(client: Client, arguments: argparse.Namespace) -> None:
    await _decide(client, arguments, Level.GOOD, 0, "")


async def _decide(
    client: Client, arguments: argparse.Namespace, level: Level, seconds: int, rule: str
) -> None:
    request = pb.DecideRequest(
        visitor=arguments.visitor,
        level=level.value,  # type: ignore[arg-type]  # numbered alike
        seconds=seconds,
        rule=rule,
        reason=arguments.reason,
    )
    _say(describe(await client.moderation.Decide(request, metadata=client.metadata, timeout=SECONDS)))


async def _show(client: Client, arguments: argparse.Namespace) -> None:
    _say(
        describe(
            await client.reports.Standing(pb.StandingRequest(visitor=arguments.visitor), timeout=SECONDS)
        )
    )


def describe(standing: pb.VisitorStanding) -> str:
    """One line about how a visitor stands."""
    level = Level(standing.level)
    if level is Level.GOOD:
        return f"{standing.visitor} is in good standing"
    until = f"until {_time(standing.until_ms)}" if standing.until_ms else "without an end"
    by = "automatically" if standing.automated else "by a moderator"
    what = f"{standing.visitor} is {level.name.lower()} {until}"
    return f"{what}: {standing.rule}, decided {by} (decision {standing.decision})"


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(report: pb.ReportSummary) -> tuple[str, ...]:
    return (
        _time(report.filed_ms),
        report.report,
        Reason(report.reason).name.lower(),
        report.accused,
        report.reporter,
        str(report.frames),
        str(report.chat_lines),
        printable(report.note),
    )


def _plain(report: pb.ReportSummary) -> dict[str, str | int]:
    return {
        "report": report.report,
        "filed": _time(report.filed_ms),
        "reason": Reason(report.reason).name.lower(),
        "accused": report.accused,
        "reporter": report.reporter,
        "match": report.match,
        "note": report.note,
        "frames": report.frames,
        "chat_lines": report.chat_lines,
    }


def printable(text: str, most: int = 60) -> str:
    """On one line, without what a terminal would obey: strangers write notes."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= most else line[: most - 1] + "…"


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _say(text: str) -> None:
    print(text)  # noqa: T201 -- a command prints
