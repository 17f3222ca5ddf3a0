"""Defines `zufall moderator`, and those of its commands that speak to a running service."""

from collections.abc import Sequence

import click

from protos import reports_pb2 as pb

from ...core.records import Dismissal, Evidence, Reason
from .alarms import alarms
from .appeals import answer, appeals
from .console import audit, invite
from .moderation_client import CALL_TIMEOUT, ModerationClient
from .terminal import describe, name_option, with_client

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_RULES = [reason.name.lower() for reason in Reason]
_DISMISSALS = [dismissal.name.lower() for dismissal in Dismissal]
_EVIDENCE = [kind.name.lower() for kind in Evidence if kind.name]


class Duration(click.ParamType[int]):
    """Parses a time such as 30m, 1h or 7d into seconds; `permanent` is 0."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "permanent":
            return 0
        number, unit = value[:-1], value[-1:]
        if not (number.isascii() and number.isdigit()) or int(number) == 0 or unit not in _UNITS:
            self.fail(f"{value!r} is not a time: write 30m, 1h, 7d or permanent", param, ctx)
        return int(number) * _UNITS[unit]


@click.group()
def moderator() -> None:
    """Ban visitors, lift bans, answer appeals, and let people into the console."""


@moderator.command()
@click.argument("visitor")
@click.option("--template", default="", metavar="NAME", help="The template of what is told, such as spam.")
@click.option(
    "--for", "seconds", type=Duration(), help="30m, 1h, 7d … or permanent.  [default: that of the template]"
)
@click.option(
    "--rule", type=click.Choice(_RULES), help="The rule that was broken.  [default: that of the template]"
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who read the decision later.")
@click.option("--statement", default="", metavar="TEXT", help="Why, for the visitor to read as you type it.")
@click.option(
    "--evidence",
    type=click.Choice(_EVIDENCE),
    multiple=True,
    help="What you looked at: the visitor is told that the decision rests on it. You may repeat this option.",
)
@name_option
@with_client
async def ban(
    client: ModerationClient,
    visitor: str,
    template: str,
    seconds: int | None,
    rule: str | None,
    reason: str,
    statement: str,
    evidence: Sequence[str],
    name: str,
) -> None:
    """Ban VISITOR, an id of 22 characters that `zufall reports list` shows.

    The visitor's socket is closed, and gateways refuse the next ones. `zufall statements show` prints the
    templates, unless the service has its own.
    """
    if not template and (seconds is None or rule is None):
        raise click.UsageError("say --for and --rule, or --template, which brings both")
    request = pb.DecideRequest(
        visitor=visitor,
        level=pb.LEVEL_BANNED,
        seconds=seconds,
        rule=rule,
        reason=reason,
        statement=statement,
        evidence=[f"EVIDENCE_{kind.upper()}" for kind in evidence],
        template=template,
        moderator=name,
    )
    await _decide(client, request)


@moderator.command()
@click.argument("visitor")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option(
    "--dismissal",
    type=click.Choice(_DISMISSALS),
    default=_DISMISSALS[0],
    show_default=True,
    help="What the reports were. Only unfounded ones count against their reporters.",
)
@name_option
@with_client
async def lift(client: ModerationClient, visitor: str, reason: str, dismissal: str, name: str) -> None:
    """Let VISITOR in again, and dismiss the open case about them.

    If nothing restricts them, the command says so and changes nothing.
    """
    request = pb.DecideRequest(
        visitor=visitor,
        level=pb.LEVEL_GOOD,
        reason=reason,
        dismissal=f"DISMISSAL_{dismissal.upper()}",
        moderator=name,
    )
    await _decide(client, request)


@moderator.command()
@click.argument("visitor")
@with_client
async def show(client: ModerationClient, visitor: str) -> None:
    """Show how VISITOR stands, who stands like others with the same device key at least."""
    request = pb.StandingRequest(visitor=visitor)
    standing = await client.reports.Standing(request, timeout=CALL_TIMEOUT)
    if standing.visitor != visitor:
        click.echo(f"{visitor} has the same device key as this visitor:")
    click.echo(describe(standing))


async def _decide(client: ModerationClient, request: pb.DecideRequest) -> None:
    decided = await client.moderation.Decide(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    click.echo(describe(decided))


for _command in (appeals, answer, invite, audit, alarms):
    moderator.add_command(_command)
