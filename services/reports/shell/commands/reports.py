"""Defines `zufall reports`: it starts the service, lists reports, and copies an SQLite database."""

import json

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import moment, table

from ...core.records import Reason
from .backup import backup, restore
from .moderation_client import CALL_TIMEOUT, ModerationClient
from .terminal import printable, with_client


@click.group(invoke_without_command=True)
@click.pass_context
def reports(context: click.Context) -> int:
    """Start the reports service, which reads ZUFALL_… variables, or run one of the commands."""
    if context.invoked_subcommand:
        return 0
    from services.reports.__main__ import main  # the service needs more packages than its commands

    return main()


@reports.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 1000), metavar="N", default=20, show_default=True, help="How many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@with_client
async def list_reports(client: ModerationClient, limit: int, as_json: bool) -> None:
    """List the newest reports first.

    The reason, the note, the pictures, the lines that are not proven, and how long the call lasted and how it
    ended are what the reporter says. JSON names these under "claimed". The rest is what gateways saw.
    """
    request = pb.ListReportsRequest(limit=limit)
    answer = await client.moderation.ListReports(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        click.echo(json.dumps([_plain(report) for report in answer.reports], indent=2))
    elif not answer.reports:
        click.echo("no reports yet")
    else:
        head = ("FILED", "REPORT", "REASON", "ACCUSED", "REPORTER", "FRAMES", "CHAT", "THE REPORTER SAYS")
        click.echo(table([head, *map(_row, answer.reports)]))


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
    ending = pb.Ending.Name(report.call.ending).removeprefix("ENDING_").lower()
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
        "call_ending": "" if ending == "unspecified" else ending,
        "claimed": ["reason", "note", "frames", "call_seconds", "call_ending"],
    }


for _command in (backup, restore):
    reports.add_command(_command)
