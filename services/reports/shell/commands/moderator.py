"""`zufall reports list` and `zufall moderator`: each parser gets a `handler(arguments) -> exit status`."""

import argparse
import json

from protos import reports_pb2 as pb

from ...core.records import Evidence, Reason
from .appeals import add_appeals
from .console import add_console
from .moderation_client import CALL_TIMEOUT, ModerationClient
from .terminal import add_name, describe, finish, moment, printable, say, table, whole

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}


def add_reports_list(parser: argparse.ArgumentParser) -> None:
    """Make `parser` the one of `zufall reports list`."""
    parser.add_argument("--limit", type=whole(1000), default=20, help="how many, newest first (default 20)")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    finish(parser, _list)


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
    ban.add_argument("--statement", default="", metavar="TEXT", help="why, as the visitor is told")
    ban.add_argument(
        "--evidence",
        action="append",
        default=[],
        choices=[kind.name.lower() for kind in Evidence if kind.name and kind is not Evidence.FLAGS],
        help="what it rests on, which the visitor is told; may be given again",
    )
    add_name(ban)
    finish(ban, _ban)
    lift = commands.add_parser("lift", help="let a visitor in again")
    _add_visitor(lift)
    lift.add_argument("--reason", default="", metavar="TEXT", help="why")
    add_name(lift)
    finish(lift, _lift)
    add_appeals(commands)
    add_console(commands)
    show = commands.add_parser("show", help="say how a visitor stands")
    _add_visitor(show)
    finish(show, _show)


def duration(text: str) -> int:
    """Seconds; 0 for `permanent`. A type for argparse."""
    if text == "permanent":
        return 0
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit()) or int(number) == 0 or unit not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write 30m, 1h, 7d or permanent")
    return int(number) * _UNITS[unit]


def _add_visitor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "visitor", metavar="VISITOR", help="the 22 characters that `zufall reports list` shows"
    )


async def _list(client: ModerationClient, arguments: argparse.Namespace) -> None:
    request = pb.ListReportsRequest(limit=arguments.limit)
    answer = await client.moderation.ListReports(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if arguments.json:
        say(json.dumps([_plain(report) for report in answer.reports], indent=2))
    elif not answer.reports:
        say("no reports yet")
    else:
        head = ("FILED", "REPORT", "REASON", "ACCUSED", "REPORTER", "FRAMES", "CHAT", "NOTE")
        say(table([head, *map(_row, answer.reports)]))


async def _ban(client: ModerationClient, arguments: argparse.Namespace) -> None:
    request = pb.DecideRequest(
        level=pb.LEVEL_BANNED,
        seconds=arguments.seconds,
        rule=arguments.rule,
        statement=arguments.statement,
        evidence=[f"EVIDENCE_{kind.upper()}" for kind in arguments.evidence],
    )
    await _decide(client, arguments, request)


async def _lift(client: ModerationClient, arguments: argparse.Namespace) -> None:
    await _decide(client, arguments, pb.DecideRequest(level=pb.LEVEL_GOOD))


async def _decide(client: ModerationClient, arguments: argparse.Namespace, request: pb.DecideRequest) -> None:
    request.visitor = arguments.visitor
    request.reason = arguments.reason
    request.moderator = arguments.name
    say(describe(await client.moderation.Decide(request, metadata=client.metadata, timeout=CALL_TIMEOUT)))


async def _show(client: ModerationClient, arguments: argparse.Namespace) -> None:
    say(
        describe(
            await client.reports.Standing(pb.StandingRequest(visitor=arguments.visitor), timeout=CALL_TIMEOUT)
        )
    )


def _row(report: pb.ReportSummary) -> tuple[str, ...]:
    return (
        moment(report.filed_ms),
        report.report,
        Reason(report.reason).name.lower() + ("-flag" if report.flag else ""),
        report.accused,
        report.reporter,
        str(report.frames),
        str(report.chat_lines),
        printable(report.note),
    )


def _plain(report: pb.ReportSummary) -> dict[str, str | int | bool]:
    return {
        "report": report.report,
        "filed": moment(report.filed_ms),
        "reason": Reason(report.reason).name.lower(),
        "flag": report.flag,
        "accused": report.accused,
        "reporter": report.reporter,
        "match": report.match,
        "note": report.note,
        "frames": report.frames,
        "chat_lines": report.chat_lines,
    }
