"""Defines the commands of `zufall moderator` that decide about a visitor, and that show one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import json_option, print_json

from ...core.records import Dismissal, Evidence, Reason
from .terminal import (
    CALL_TIMEOUT,
    describe,
    name_option,
    plain_standing,
    show_standing,
    visitor_argument,
    with_client,
)

if TYPE_CHECKING:
    from .moderation_client import ModerationClient  # gRPC would slow down a help text

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_LONGEST = 100 * 365 * 24 * 3600
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
        seconds = int(number) * _UNITS[unit]
        if seconds > _LONGEST:
            self.fail(f"{value!r} is more than 100 years: write permanent", param, ctx)
        return seconds


def _brought_by_template(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Refuse a missing option, unless a template brings it."""
    if value is None and not context.params.get("template"):
        raise click.MissingParameter(ctx=context, param=option)
    return value


def _decision_options(act: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every decision against a visitor has."""
    options = (
        visitor_argument,
        click.option(
            "--template",
            default="",
            metavar="NAME",
            is_eager=True,
            help="The template of what is told, such as spam.",
        ),
        click.option(
            "--for",
            "seconds",
            type=Duration(),
            callback=_brought_by_template,
            help="30m, 1h, 7d … or permanent.  [default: that of the template]",
        ),
        click.option(
            "--rule",
            type=click.Choice(_RULES),
            callback=_brought_by_template,
            help="The rule that was broken.  [default: that of the template]",
        ),
        click.option("--reason", default="", metavar="TEXT", help="Why, for those who read it later."),
        click.option(
            "--statement", default="", metavar="TEXT", help="Why, for the visitor to read as you type it."
        ),
        click.option(
            "--evidence",
            type=click.Choice(_EVIDENCE),
            multiple=True,
            help="What you looked at, which the visitor is told. You may repeat this option.",
        ),
        name_option,
        json_option,
    )
    for option in reversed(options):
        act = option(act)
    return act


@click.command()
@_decision_options
@with_client
async def ban(client: "ModerationClient", /, **chosen: Any) -> None:
    """Ban VISITOR, an id of 22 characters that `zufall reports list` shows.

    The visitor's socket is closed, and gateways refuse the next ones. `zufall statements show` prints the
    templates, unless the service has its own.
    """
    await _decide_against(client, pb.LEVEL_BANNED, **chosen)


@click.command()
@_decision_options
@with_client
async def restrict(client: "ModerationClient", /, **chosen: Any) -> None:
    """Let VISITOR, an id that `zufall reports list` shows, meet only others who are restricted, too."""
    await _decide_against(client, pb.LEVEL_RESTRICTED, **chosen)


@click.command()
@_decision_options
@with_client
async def watch(client: "ModerationClient", /, **chosen: Any) -> None:
    """Let later reports about VISITOR, an id that `zufall reports list` shows, count more."""
    await _decide_against(client, pb.LEVEL_WATCHED, **chosen)


async def _decide_against(
    client: "ModerationClient",
    level: pb.Level,
    visitor: str,
    template: str,
    seconds: int | None,
    rule: str | None,
    reason: str,
    statement: str,
    evidence: Sequence[str],
    name: str,
    as_json: bool,
) -> None:
    request = pb.DecideRequest(
        visitor=visitor,
        level=level,
        seconds=seconds,
        rule=rule,
        reason=reason,
        statement=statement,
        evidence=[f"EVIDENCE_{kind.upper()}" for kind in evidence],
        template=template,
        moderator=name,
    )
    await _decide(client, request, as_json)


@click.command()
@visitor_argument
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option(
    "--dismissal",
    type=click.Choice(_DISMISSALS),
    default=_DISMISSALS[0],
    show_default=True,
    help="What the reports were. Only unfounded ones count against their reporters.",
)
@name_option
@json_option
@with_client
async def lift(
    client: "ModerationClient", visitor: str, reason: str, dismissal: str, name: str, as_json: bool
) -> None:
    """Let VISITOR, an id that `zufall reports list` shows, meet everybody again, and dismiss the open case.

    If nothing restricts them, the command says so and changes nothing.
    """
    request = pb.DecideRequest(
        visitor=visitor,
        level=pb.LEVEL_GOOD,
        reason=reason,
        dismissal=f"DISMISSAL_{dismissal.upper()}",
        moderator=name,
    )
    await _decide(client, request, as_json)


@click.command()
@visitor_argument
@json_option
@with_client
async def show(client: "ModerationClient", visitor: str, as_json: bool) -> None:
    """Show how VISITOR stands, an id that `zufall reports list` shows.

    A stricter decision about another visitor with the same device key holds for them, too.
    """
    request = pb.ShowVisitorRequest(visitor=visitor)
    record = await client.moderation.ShowVisitor(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        counts = {name: getattr(record, name) for name in ("reported", "filed", "decisions")}
        print_json({"asked": visitor, **plain_standing(record.standing), **counts})
        return
    if record.standing.visitor != visitor:
        click.echo(f"{visitor} has the same device key as this visitor:")
    click.echo(describe(record.standing))
    click.echo(_traces(record))


def _traces(record: pb.VisitorRecord) -> str:
    if not (record.reported or record.filed or record.decisions):
        return "nothing is known of this visitor: no report and no decision is kept"
    return (
        f"reports about this visitor: {record.reported}, filed by them: {record.filed}, "
        f"decisions: {record.decisions}"
    )


async def _decide(client: "ModerationClient", request: pb.DecideRequest, as_json: bool) -> None:
    decided = await client.moderation.Decide(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    show_standing(decided, as_json)
