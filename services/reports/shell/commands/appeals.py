"""Defines `zufall moderator appeals` and `zufall moderator answer`."""

from typing import TYPE_CHECKING

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import json_option, moment, print_json

from .terminal import (
    CALL_TIMEOUT,
    describe,
    plain_standing,
    printable,
    show_standing,
    with_client,
)

if TYPE_CHECKING:
    from .moderation_client import ModerationClient  # gRPC would slow down a help text


@click.command()
@json_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), metavar="N", default=20, show_default=True, help="How many."
)
@with_client
async def appeals(client: "ModerationClient", limit: int, as_json: bool) -> None:
    """List the open appeals, the oldest first."""
    request = pb.ListAppealsRequest(limit=limit)
    found = await client.moderation.ListAppeals(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        print_json([_plain(appeal) for appeal in found.appeals])
        return
    if not found.appeals:
        click.echo("no open appeals")
    for appeal in found.appeals:
        by = printable(appeal.moderator) or "nobody by name"
        click.echo(describe(appeal.decision))
        click.echo(f"  decided by {by}: {printable(appeal.reason, 200)}")
        click.echo(f"  appealed {moment(appeal.filed_ms)}: {printable(appeal.text, 2000)}")


def _plain(appeal: pb.AppealSummary) -> dict[str, object]:
    return {
        "decision": plain_standing(appeal.decision),
        "decided_by": appeal.moderator,
        "reason": appeal.reason,
        "filed": moment(appeal.filed_ms),
        "text": appeal.text,
    }


def _require_outcome(context: click.Context, parameter: click.Parameter, outcome: str | None) -> str:
    if outcome is None:
        raise click.UsageError("one of the options --uphold and --overturn is required", context)
    return outcome


def _require_name(context: click.Context, parameter: click.Parameter, name: str) -> str:
    if not name:
        raise click.UsageError(
            "say who answers with --as NAME: it must not be whoever made the decision", context
        )
    return name


@click.command()
@click.argument("decision")
@click.option(
    "--uphold", "outcome", flag_value="uphold", callback=_require_outcome, help="The decision stays."
)
@click.option("--overturn", "outcome", flag_value="overturn", help="The visitor is let in again.")
@click.option("--answer", "text", required=True, metavar="TEXT", help="What the visitor is told.")
@click.option(
    "--as", "name", default="", metavar="NAME", callback=_require_name, help="Your name, which is required."
)
@json_option
@with_client
async def answer(
    client: "ModerationClient", decision: str, outcome: str, text: str, name: str, as_json: bool
) -> None:
    """Answer the appeal against DECISION, which `zufall moderator appeals` shows.

    A second moderator must answer, not the one who decided.
    """
    request = pb.DecideAppealRequest(
        decision=decision, overturn=outcome == "overturn", moderator=name, answer=text
    )
    decided = await client.moderation.DecideAppeal(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    show_standing(decided, as_json)
