"""Defines `zufall moderator alarms`."""

from typing import TYPE_CHECKING

import click

from protos import reports_pb2 as pb
from services.runtime.terminal import CommandFailed, json_option, moment, print_json, table

from .terminal import CALL_TIMEOUT, name_option, with_client

if TYPE_CHECKING:
    from .moderation_client import ModerationClient  # gRPC would slow down a help text

_TEST_TIMEOUT = CALL_TIMEOUT + 30
"""Seconds. A slow mail server gets half a minute."""


@click.command()
@click.option("--test", is_flag=True, help="Send a test message over each channel first.")
@name_option
@json_option
@with_client
async def alarms(client: "ModerationClient", test: bool, as_json: bool, name: str) -> None:
    """Show how an operator is told of alarms, and whether messages arrive."""
    request = pb.AlarmsRequest(test=test, moderator=name)
    timeout = _TEST_TIMEOUT if test else CALL_TIMEOUT
    answer = await client.moderation.Alarms(request, metadata=client.metadata, timeout=timeout)
    channels = answer.channels
    if as_json:
        print_json([_plain(one) for one in channels])
    elif not channels:
        click.echo("nobody is told of alarms: set ZUFALL_ALARM_WEBHOOK or ZUFALL_ALARM_MAIL")
    elif test:
        click.echo("\n".join(f"{one.name}: {one.problem or 'delivered'} ({one.target})" for one in channels))
    else:
        head = ("CHANNEL", "TO", "DELIVERED", "WAITING", "GIVEN UP", "LAST PROBLEM")
        click.echo(table([head, *map(_row, channels)]))
    if test and not channels:
        raise CommandFailed("no test message was sent")
    if test and (failed := [one.name for one in channels if one.problem]):
        raise CommandFailed(f"the test message did not arrive by {' and '.join(failed)}")


def _row(one: pb.AlarmChannel) -> tuple[str, ...]:
    delivered = moment(one.delivered_ms) if one.delivered_ms else "never"
    return (one.name, one.target, delivered, str(one.waiting), str(one.given_up), one.problem)


def _plain(one: pb.AlarmChannel) -> dict[str, str | int | None]:
    return {
        "channel": one.name,
        "target": one.target,
        "delivered": moment(one.delivered_ms) if one.delivered_ms else None,
        "waiting": one.waiting,
        "given_up": one.given_up,
        "problem": one.problem,
    }
