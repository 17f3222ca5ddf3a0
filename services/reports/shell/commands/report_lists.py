"""Defines `zufall reports list` and `zufall reports show`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import json_option, moment, print_json, table

from ...core.records import Reason
from .terminal import CALL_TIMEOUT, printable, with_client

if TYPE_CHECKING:
    from .moderation_client import ModerationClient  # gRPC would slow down a help text

_ENDINGS = {
    "report": "it went on until the report",
    "reporter": "the reporter left",
    "next": "the accused went on to the next stranger",
    "stop": "the accused stopped",
    "lost": "the accused's connection was lost",
    "blocked": "the accused blocked or reported the reporter",
    "banned": "the accused was banned",
}


@click.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 1000), metavar="N", default=20, show_default=True, help="How many."
)
@json_option
@with_client
async def list_reports(client: "ModerationClient", limit: int, as_json: bool) -> None:
    """List the newest reports first.

    The reason, the note, the pictures, the lines that are not proven, and how long the call lasted and how it
    ended are what the reporter says. JSON names these under "claimed". The rest is what gateways saw.
    """
    request = pb.ListReportsRequest(limit=limit)
    answer = await client.moderation.ListReports(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        print_json([_plain(report) for report in answer.reports])
    elif not answer.reports:
        click.echo("no reports yet")
    else:
        head = ("FILED", "REPORT", "REASON", "ACCUSED", "REPORTER", "FRAMES", "CHAT", "THE REPORTER SAYS")
        click.echo(table([head, *map(_row, answer.reports)]))


@click.command()
@click.argument("report")
@json_option
@with_client
async def show(client: "ModerationClient", report: str, as_json: bool) -> None:
    """Show REPORT, an id that `zufall reports list` shows, with its note and its chat."""
    request = pb.ShowReportRequest(report=report)
    found = await client.moderation.ShowReport(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        print_json({**_plain(found.report), "chat": [_plain_line(line) for line in found.chat]})
        return
    click.echo(table([(name, printable(value, 2000)) for name, value in _told(found.report)]))
    click.echo("\nThe reason, the note, the pictures and how the call went are what the reporter says.")
    if found.chat:
        click.echo()
    for line in found.chat:
        who = "accused" if line.from_accused else "reporter"
        whose = "" if line.proven else "  (claimed by the reporter)"
        click.echo(f"{who:9} {printable(line.text, 2000)}{whose}")


def _told(report: pb.ReportSummary) -> Iterator[tuple[str, str]]:
    """Yield what is known of a report, in words. Reports of earlier versions have no call."""
    by_browser = ", by the reporter's browser" if report.flag else ""
    yield "report", report.report
    yield "filed", moment(report.filed_ms)
    yield "reason", Reason(report.reason).name.lower() + by_browser
    yield "note", report.note or "none"
    yield "pictures", str(report.frames)
    yield "accused", report.accused
    yield "reporter", report.reporter
    yield "match", report.match
    yield "they met", f"{report.met_before_ms // 1000} s before the report"
    if report.mode:
        yield "kind of call", report.mode
        yield "the reporter speaks", ", ".join(report.reporter_languages) or "unknown"
        yield "the accused speaks", ", ".join(report.accused_languages) or "unknown"
        yield "the accused is in", report.accused_country or "unknown"
    if ending := _ending(report):
        yield "the call lasted", f"{report.call.seconds} s"
        yield "how it ended", _ENDINGS.get(ending, ending)


def _plain_line(line: pb.ReportedLine) -> dict[str, str | bool]:
    by = "accused" if line.from_accused else "reporter"
    return {"by": by, "text": line.text, "proven": line.proven}


def _row(report: pb.ReportSummary) -> tuple[str, ...]:
    return (
        moment(report.filed_ms),
        report.report,
        Reason(report.reason).name.lower() + ("-flag" if report.flag else ""),
        report.accused,
        report.reporter,
        str(report.frames),
        f"{report.proven_lines} of {report.chat_lines} proven" if report.chat_lines else "0",
        printable(report.note),
    )


def _plain(report: pb.ReportSummary) -> dict[str, object]:
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
        "proven_lines": report.proven_lines,
        "met_before_seconds": report.met_before_ms // 1000,
        "mode": report.mode,
        "reporter_languages": list(report.reporter_languages),
        "accused_languages": list(report.accused_languages),
        "accused_country": report.accused_country,
        "call_seconds": report.call.seconds,
        "call_ending": _ending(report),
        "claimed": ["reason", "note", "frames", "call_seconds", "call_ending"],
    }


def _ending(report: pb.ReportSummary) -> str:
    """Return how the call ended, or "" if nobody says."""
    name = pb.Ending.Name(report.call.ending).removeprefix("ENDING_").lower()
    return "" if name == "unspecified" else name
